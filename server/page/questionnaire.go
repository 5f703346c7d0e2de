package page

import (
	"bytes"
	"fmt"

	"yousaid/surveys/question"
)

// Names of form fields that no question may have as its code.
const (
	FieldToken  = "token"
	FieldAction = "action"
	ActionSkip  = "skip" // value of FieldAction when the equality questions are skipped
	ActionBack  = "back" // … when the page before is asked for: what was written is stored first
	ActionIn    = "in-"  // … with a language behind it when the page is asked for in that language, with what was written on it
)

// TokenMarker stands for the form token in a page that is rendered once and sent to many: see Around.
const TokenMarker = "yousaid-token-of-this-form"

// Around splits a rendered page at its one TokenMarker: what is written before the token and after it.
func Around(body []byte) (before, after []byte, err error) {
	if n := bytes.Count(body, []byte(TokenMarker)); n != 1 {
		return nil, nil, fmt.Errorf("the page has %d places for the form token, not one", n)
	}
	before, after, _ = bytes.Cut(body, []byte(TokenMarker))
	return before, after, nil
}

// QuestionnairePage is public/questions: one page of a questionnaire.
type QuestionnairePage struct {
	Page
	Survey    Text   // title of the survey
	Heading   Text   // title of this page, or empty
	Intro     Text   // the survey's own words before its first question, or empty
	Service   Text   // what the feedback is about, or empty
	Number    int    // of this page, from 1
	Of        int    // pages there are, the equality page not counted; 0 or 1 shows no count
	Seconds   int    // time the whole takes, shown on the first page; 0 shows none
	Action    string // where the form posts
	Token     string // the signed form token, or TokenMarker
	Chosen    Text   // what ?r= chose, such as "4, Fairly satisfied"; empty where nothing was chosen for the customer
	Saved     bool   // the rating is stored already: shown on the page after it
	Last      bool   // nothing comes after this page but thanks
	Unsaved   bool   // the answers could not be stored just now and are on this page again (503)
	TryIn     int    // minutes: …because too many came from the same network (429): so long until they may be sent again
	Questions []QuestionView
}

// First tells that this is the page a link leads to.
func (p QuestionnairePage) First() bool { return p.Number <= 1 }

// Single tells that the page asks one thing, which is then its heading.
func (p QuestionnairePage) Single() bool { return len(p.Questions) == 1 }

// Ready gives the questions as their templates take them: with problems, ids and heading.
func (p QuestionnairePage) Ready() []QuestionView { return ready(p.Page, p.Questions, p.Single()) }

// QuestionView is one question, in the language of the page or the nearest there is. Code is its form
// field and the id of its (first) field.
type QuestionView struct {
	Code     string
	Kind     string // a file of static/questions: rating, choice, several, yesno, number, short, text
	Text     Text
	Hint     Text
	When     Text // when to answer, where it depends on another answer: "If you said yes"
	Required bool // others say "(optional)"
	Options  []OptionView
	Value    string // what was typed: number, short, text

	// its attributes as the questionnaire has them, and those that are wordings in the language of the page; none for questions about
	// the person
	Question question.Question
	Words    map[string]Text

	Problem string // set by Ready from the page's Problems
	IsTitle bool   // set by Ready: the legend or label is the h1
	NoMark  bool   // set by Ready: "(optional)" is not said, because the page says it for all
}

// OptionView is one answer that can be picked.
type OptionView struct {
	Code    string
	Text    Text
	Hint    Text
	Group   Text // sub-heading over this option and the next ones of the same group; or empty
	Chosen  bool
	Divider bool // "or" before it: for "prefer not to say" and "none of these"

	ID string // set by Groups
}

// OptionGroup is options under one sub-heading, or under none.
type OptionGroup struct {
	ID      string // of the sub-heading
	Text    Text
	Options []OptionView
}

func ready(p Page, questions []QuestionView, single bool) []QuestionView {
	list := make([]QuestionView, len(questions))
	for i, q := range questions {
		q.IsTitle = single
		if q.Problem == "" {
			q.Problem = p.Problems.For(q.Code)
		}
		list[i] = q
	}
	return list
}

// Groups gives the options by their sub-headings, with ids: the first option of the question has the
// question's own, the next ones -2, -3 and so on.
func (q QuestionView) Groups() []OptionGroup {
	var groups []OptionGroup
	for i, o := range q.Options {
		o.ID = optionID(q.Code, i)
		if i == 0 || o.Group.Text != q.Options[i-1].Group.Text {
			groups = append(groups, OptionGroup{ID: fmt.Sprintf("%s-group-%d", q.Code, len(groups)+1), Text: o.Group})
		}
		last := &groups[len(groups)-1]
		last.Options = append(last.Options, o)
	}
	return groups
}

// Max is how many characters text or short may have; 0 says nothing.
func (q QuestionView) Max() int { return q.Question.Limit() }

// Private tells whether people are told to name nobody.
func (q QuestionView) Private() bool { return question.Kind(q.Kind).Private() }

// Hints gives the ids for aria-describedby.
func (q QuestionView) Hints() string {
	return describedBy(q.Code, q.Hint.Text != "" || q.When.Text != "" || q.Max() > 0 || q.Private(), q.Problem != "")
}

// EqualityPage is public/equality: the optional questions about the person, after the feedback is saved.
type EqualityPage struct {
	Page
	Survey    Text
	Action    string
	Token     string
	Questions []QuestionView
	Unsaved   bool // as in QuestionnairePage
}

// Ready gives the questions as their templates take them. The page says once that all are optional.
func (p EqualityPage) Ready() []QuestionView {
	list := ready(p.Page, p.Questions, false)
	for i := range list {
		list[i].NoMark = true
	}
	return list
}

// ThanksPage is public/thanks.
type ThanksPage struct {
	Page
	Survey  Text
	Service Text
	Receipt string // the code by which the feedback can be found again; shown in groups as given. "" some minutes after it was sent
	Again   string // address at which feedback can be given again; "" where it cannot
	Moves   bool   // the page goes back to the start after two minutes
	Results string // address of "you said, we did"; "" where there is none yet
}

// SpentPage is public/spent: the form was sent to its end already, and reloading or going back sends nothing more.
type SpentPage struct {
	Page
	Survey Text
	Again  string
	Job    bool // somebody has told us about this job already

	Left    bool     // the form was left too long: its answers are stored and are not shown (410)
	Written []string // words that were sent now and are not stored
	Kept    []Kept   // what was sent now, for the page in another language; none where nothing was
	Action  string   // where it is sent
}

// ClosedPage is public/closed (410): the survey is closed or the link has expired.
type ClosedPage struct {
	Page
	Survey  Text
	Expired bool // the link, not the survey
}

// NoticePage is public/privacy, public/cookies and public/accessibility.
type NoticePage struct {
	Page
	Contact string // email address or telephone number for questions; "" says "the council"
	Mail    string // the address of a link to the contact, "mailto:…"; "" makes no link
	// the address of the page on the complaints procedure, and its language where it is another than this page's; none makes no link
	Procedure     Text
	ComplaintDays int    // within how many days a complaint about personal data is acknowledged
	CommentMonths int    // how long comments are kept; 0 says nothing
	AnswerMonths  int    // how long answers are kept one by one; 0 says nothing
	Prepared      string // date of the accessibility statement in words; "" says nothing
}

// ErrorPage is public/error and staff/error: how a failure looks.
type ErrorPage struct {
	Page
	Status int    // 400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503
	Detail string // a sentence in the page's language that says more, or ""
	Return string // address to go back to, or ""
	Kept   []Kept // what a form held that could not be taken, to be sent again; none where there is nothing to send
	Action string // the address to send it to
}

// Kept is one field of such a form.
type Kept struct{ Name, Value string }

// NewError is the page for a failed request. Statuses without words of their own show as 500.
func NewError(p Page, status int, detail, back string) ErrorPage {
	switch status {
	case 400, 403, 404, 409, 410, 413, 422, 429, 500, 503:
	case 401:
		status = 403
	case 405:
		status = 404
	default:
		status = 500
	}
	return ErrorPage{Page: p, Status: status, Detail: detail, Return: back}
}

// Minutes is Seconds in whole minutes, rounded up.
func (p QuestionnairePage) Minutes() int { return (p.Seconds + 59) / 60 }
