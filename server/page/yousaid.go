package page

import (
	"html/template"
)

// YouSaidPage is public/yousaid: what people said and what the council did, newest first.
type YouSaidPage struct {
	Page
	Action      string // where the search form leads
	Words       string
	Services    []Option
	Themes      []Option
	Items       []ItemView
	Count       int  // of items that were found, on all parts of the list
	Filtered    bool // something was searched for
	All         string
	Pager       Pager
	Files       []Link
	Atom, JSON  string
	Poster      string
	Performance string // the page of published figures; "" where there is none
}

// ItemPage is public/yousaid_item: one item, in each language it is written in.
type ItemPage struct {
	Page
	Item         ItemView
	EachLanguage []ItemView // the item in each language of the council
	List         string
	Poster       string
	Performance  string
}

// GonePage is public/yousaid_gone: an item or a table that was taken back.
type GonePage struct {
	Page
	Heading string
	On      string
	Reason  Text
	List    string
	Listed  string // what the list is called
}

// PosterPage is public/yousaid_poster: items in large letters for a wall.
type PosterPage struct {
	Page
	Items   []ItemView
	Code    template.HTML // a QR code of the list
	Address string
	List    string
	Letters int // their size on paper
}

// EmbedPage is public/yousaid_embed: the newest items, to stand in a page of another site.
type EmbedPage struct {
	Page
	Items []ItemView
	List  string
}

// ItemView is an item in the words of a language.
type ItemView struct {
	Lang, Dir   string
	Said, Did   Text   // "You said", and "We did", "We are doing" or "We cannot, because", in the item's language
	State       Text   // what became of the promise, in words: "Overdue", "Done"
	StateMore   Text   // by or since when
	Colour      string // of the state: a colour of govuk-tag
	Number      int64
	Href        string
	YouSaid     Text
	WeDid       Text
	Deliverable Text
	Service     Text
	ServiceHref string
	Theme       Text
	ThemeHref   string
	Figure      FigureView // from before
	After       FigureView // from after
	Quote       Text       // what somebody wrote, as it was reviewed
	QuoteHead   Text
	Published   string
	Corrections []CorrectionView
	Missing     bool // it is not written in this language
}

// FigureView is a released figure in the words of the item's language. Without Text there is none.
type FigureView struct {
	Head     Text
	Text     Text   // with its base, range and dates; or that it is no longer published
	Gone     bool   // it is no longer published: Text has no number
	Question Text   // a sentence
	Source   Text   // its release
	Href     string // where its table is published, or why it is not any more; "" where neither is said
	Mark     Text   // that its table was corrected since
}

// CorrectionView is what was put right, and when.
type CorrectionView struct {
	On   string
	Note Text
}

// PerformancePage is public/performance: the calendar of published figures, and the latest tables.
type PerformancePage struct {
	Page
	Overall  []OverallView   // one for each question that has published figures
	Tables   []PublishedView // the latest of each kind
	Calendar Table
	Late     int // publications that are late today
	Said     string
}

// OverallView is how everybody answered a question, in the newest published period and before it.
type OverallView struct {
	Question Text
	Survey   Text
	Share    string // satisfied, "68.2%"; "" where the leading figure is no share
	Sentence string // what stands behind the share, or the whole with another figure; "" where there is no figure
	Range    string // the likely range of the figure
	N        int
	Period   string
	Later    string // that answers were excluded as unusual since, or ""
	Href     string // of the table whose total it is
	Chart    template.HTML
	Table    Table // the periods, the newest first
	Symbols  []string
}

// CouncilPage is public/council: what a council publishes here.
type CouncilPage struct {
	Page
	Overall     []OverallView
	Said        string // addresses; "" where there is nothing to read
	Items       int
	Performance string
	Receipt     string
	Privacy     string
	SignIn      string
}

// PublishedPage is public/performance_table: one published table with its history.
type PublishedPage struct {
	Page
	Table    PublishedView
	Editions []EditionView
	List     string
}

// PublishedView is a published table.
type PublishedView struct {
	Title     Text
	Question  Text
	Period    string
	Published string
	Due       string
	Late      int
	Href      string
	Earlier   []Link // the same table for earlier periods
	Chart     template.HTML
	Table     Table
	Symbols   []string // what the signs in the table mean
	Files     []Link
	Corrected []CorrectionView
	Later     string // that answers were excluded as unusual since, or ""
}

// EditionView is a table as it was published once.
type EditionView struct {
	On    string
	Note  Text
	Files []Link
	Last  bool
}
