package site_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
)

// wordy is a text of so many letters, of words as people use them.
func wordy(letters int, words string) string {
	s := []rune(strings.Repeat(words+" ", letters/len([]rune(words))+1))
	return strings.TrimSpace(string(s[:letters]))
}

// aPoster is a page that must be one sheet, and words that must be on it.
type aPoster struct {
	name, at, cookie string
	margin           int
	words            []string
	code             string // what its QR code reads
}

// A poster is one whole sheet of A4 in both browsers: nothing of the site round it, all of its words, and a code that can be read.
// So it is in two languages, with names as long as they may be, and whatever an item says.
func TestPostersAreOneSheet(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	cookie := s.SignIn(s.Person("consultation"))
	boss := s.SignIn(s.Person("administrator"))
	s.Database.Owner().MustExec(`UPDATE organisations SET languages = '{en,cy}'`)
	const english, welsh = "Tell us how you found the repair of your home and what we should do better",
		"Dywedwch wrthym sut oedd y gwaith atgyweirio yn eich cartref a beth ddylem ei wneud yn well"
	name := func(letters int) question.Text {
		return question.Text{"en": wordy(letters, "Repairs and maintenance of council homes"),
			"cy": wordy(letters, "Atgyweirio a chynnal cartrefi’r cyngor")}
	}
	service := func(slug string, names question.Text) {
		if _, err := s.Catalogue.AddService(t.Context(), s.By(), slug, catalogue.ServiceChange{Names: names}, 0); err != nil {
			t.Fatal(err)
		}
	}
	service("long", name(200))
	service("usual", question.Text{"en": "Repairs of council homes", "cy": "Atgyweirio cartrefi’r cyngor"})
	ask := func(slug string, letters int) {
		s.Ask(fmt.Sprintf("survey: %s\ntitle: {en: %q, cy: %q}\npages:\n  - questions:\n      - {code: again, kind: yesno, required: "+
			"true, text: {en: Again?, cy: Eto?}}\n", slug, wordy(letters, english), wordy(letters, welsh)))
	}
	ask("usual", len(english))
	ask("longest", question.MaxWording)
	first := s.LinkTo("customer-satisfaction", "waste", "web")
	both := s.LinkTo("usual", "usual", "web")
	longest := s.LinkTo("longest", "long", "web")
	code := func(link string) string { return strings.ToUpper(s.URL + link) }
	poster := func(link string) string { return "/staff/links/" + strings.TrimPrefix(link, "/f/") + "/poster" }
	posters := []aPoster{
		{"a link", poster(first), cookie, 28,
			[]string{"Testham Council", "How did we do?", "Sut wnaethom ni?", "Household waste", "Sganiwch y cod",
				strings.ToLower(code(first)[len("HTTP://"):])}, code(first)},
		{"a link, two languages", poster(both), boss, 28,
			[]string{english, wordy(len(english), welsh), "Cyngor Testham", "Atgyweirio cartrefi’r cyngor",
				strings.ToLower(code(both)[len("HTTP://"):])}, code(both)},
		{"a link, the longest names", poster(longest), cookie, 28,
			[]string{wordy(question.MaxWording, english), wordy(question.MaxWording, welsh), name(200)["en"], name(200)["cy"]}, code(longest)},
	}
	if _, one := s.Get(poster(first), "Cookie", cookie).Is(http.StatusOK),
		s.Get(poster(longest), "Cookie", cookie).Is(http.StatusOK); strings.Contains(one.Text, "Not about one service") {
		t.Error("the poster names a service that there is not")
	}
	said := func(letters int) func(*actions.Content) {
		return func(c *actions.Content) {
			c.Texts.YouSaid, c.Texts.WeDid = question.Text{"en": wordy(letters, "Repairs take too long."),
				"cy": wordy(letters, "Mae’n rhy hir.")},
				question.Text{"en": wordy(letters, "We hired more fitters."), "cy": wordy(letters, "Mwy o osodwyr.")}
		}
	}
	var numbers []int64
	for _, letters := range []int{60, 400, 1500} {
		numbers = append(numbers, promised(s, actions.Published, late, said(letters)))
	}
	s.Later()
	list := s.URL + "/testham/you-said-we-did"
	item := func(n int64) string { return fmt.Sprintf("/testham/you-said-we-did/poster?item=%d", n) }
	posters = append(posters,
		// as many as can be read from afar, and at least one
		aPoster{"the newest items", "/testham/you-said-we-did/poster", "", 43,
			[]string{"You said, we did", wordy(1500, "We hired more fitters.")}, fmt.Sprintf("%s/%d", list, numbers[2])},
		aPoster{"one short item, in Welsh", item(numbers[0]) + "&lang=cy", "", 43,
			[]string{"Cyngor Testham", wordy(60, "Mwy o osodwyr.")}, fmt.Sprintf("%s/%d", list, numbers[0])},
		aPoster{"three items that were asked for", item(numbers[0]) + fmt.Sprintf("&item=%d&item=%d", numbers[1], numbers[2]), "", 43,
			[]string{wordy(60, "We hired more fitters."), wordy(400, "Repairs take too long."), wordy(1500, "Repairs take too long.")}, list},
	)
	for _, printer := range sitetest.Printers() {
		t.Run(printer.Name, func(t *testing.T) {
			for _, p := range posters {
				paper, _ := printer.Print(s.In(t), sitetest.Printing{Path: p.at, Cookie: p.cookie})
				keep(t, paper, "poster "+p.name+" "+printer.Name)
				for _, fault := range badPoster(t, paper, p) {
					t.Errorf("%s: %s", p.name, fault)
				}
			}
		})
	}
}

func badPoster(t *testing.T, paper sitetest.Paper, p aPoster) (list []string) {
	list = sheets(paper, p.margin)
	if len(paper.Sheets) != 1 {
		return append(list, fmt.Sprintf("it takes %d sheets", len(paper.Sheets)))
	}
	sheet := paper.Sheets[0]
	if ends := float64(sheet.Ends()); ends < 0.8*sheet.Height {
		list = append(list, fmt.Sprintf("it ends %.0f points down, the sheet is %.0f long", ends, sheet.Height))
	}
	letters := func(s string) string { // lines may end anywhere, and letters may be joined
		return strings.NewReplacer(" ", "", "\u00ad", "", "ﬁ", "fi", "ﬂ", "fl", "ﬀ", "ff", "ﬃ", "ffi", "ﬄ", "ffl").Replace(s)
	}
	all := letters(text(sheet.Words))
	for _, w := range p.words {
		if !strings.Contains(all, letters(w)) {
			list = append(list, fmt.Sprintf("%.60q is not on it", w))
		}
	}
	for _, w := range []string{"Print this page", "Sign out", "Settings", "Results", "Yousaid", "Accessibility", "Privacy", "Skip to",
		"All of", "Back"} {
		if strings.Contains(text(sheet.Words), w) {
			list = append(list, fmt.Sprintf("the %q of the site is on it", w))
		}
	}
	if read := scanned(t, paper.Picture(t, 1, 150)); !strings.EqualFold(read, p.code) {
		list = append(list, fmt.Sprintf("its code reads %q, not %q", read, p.code))
	}
	return list
}
