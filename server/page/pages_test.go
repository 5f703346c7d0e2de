package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"golang.org/x/net/html"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

const nasty = `<script>alert("x")</script>' onload=x "`

func words5(pageLang string) []OptionView {
	var list []OptionView
	for i, text := range []string{"Very satisfied", "Fairly satisfied", "Neither satisfied nor dissatisfied", "Fairly dissatisfied",
		"Very dissatisfied"} {
		list = append(list, OptionView{Code: fmt.Sprint(5 - i), Text: Wording(text, "en", pageLang)})
	}
	return list
}

func rating(lang string) QuestionView {
	return QuestionView{Code: "rating", Kind: "rating", Required: true, Options: words5(lang),
		Text: Wording("Overall, how satisfied or dissatisfied are you with the service you received?", "en", lang)}
}

// frame is a page with everything a frame can have.
func frame(s *Set, lang string) Page {
	p := s.In(lang)
	p.Organisation, p.Home, p.Base = "Exampleshire Council", "/demo", "/demo"
	p.Brand = NewBrand("#6b1f4e", "/demo/logo.svg")
	p.Languages = Languages([]string{"en", "cy", "ar"}, lang, func(l string) string { return "?lang=" + l })
	p.Back, p.RequestID = "/back", "abc123"
	return p
}

// samples gives each page of ours with everything filled in, with nothing, and with hostile words.
func samples(s *Set, lang string) map[string][]any {
	full, empty := frame(s, lang), s.In(lang)
	bad := frame(s, lang)
	bad.Organisation, bad.Person, bad.Back = nasty, nasty, `javascript:alert(1)`
	bad.Flash = &FlashMessage{Text: nasty}
	bad.Problems.Add("rating", nasty)
	staff := full
	staff.Person = "Ann Officer"
	staff.Nav = []Link{{Text: "Surveys", Href: "/staff/surveys", Current: true}, {Text: "Results", Href: "/staff/results"}}
	staff.Flash = &FlashMessage{Text: "Saved", Good: true}
	wrong := full
	wrong.Problems.Add("rating", "Choose one of the answers")
	en := func(text string) Text { return Wording(text, "en", lang) }
	hostile := QuestionView{
		Code:    "rating",
		Kind:    "rating",
		Text:    en(nasty),
		Hint:    en(nasty),
		When:    en(nasty),
		Options: []OptionView{{Code: nasty, Text: en(nasty), Hint: en(nasty), Group: en(nasty), Divider: true}},
	}
	all := []QuestionView{rating(lang),
		{
			Code: "reason",
			Kind: "choice",
			Text: en("What is the main reason?"),
			Options: []OptionView{
				{Code: "delay", Text: en("Delay"), Hint: en("It took too long"), Chosen: true},
				{Code: "other", Text: en("Other"), Divider: true},
			},
		},
		{
			Code: "topics",
			Kind: "several",
			Text: en("Which?"),
			Hint: en("Choose any"),
			Options: []OptionView{
				{Code: "a", Text: en("A"), Chosen: true},
				{Code: "b", Text: en("B"), Hint: en("Really B"), Group: en("Group")},
				{Code: "none", Text: en("None"), Divider: true},
			},
		},
		{Code: "again", Kind: "yesno", Text: en("Again?"), Options: []OptionView{{Code: "yes", Text: en("Yes")}, {Code: "no", Text: en("No")}}},
		{Code: "visits", Kind: "number", Text: en("How many visits?"), Value: "3", Question: question.Question{Kind: question.Number}},
		{Code: "who", Kind: "short", Text: en("Where?"), Value: nasty, Question: question.Question{Kind: question.Short, MaxLength: 80}},
		{
			Code:     "comment",
			Kind:     "text",
			Text:     en("Anything else?"),
			Value:    "\nline\n" + nasty,
			Question: question.Question{Kind: question.LongTxt},
			Problem:  "Your comment must be 1,200 characters or fewer",
		},
	}
	grouped := QuestionView{
		Code: "ethnic_group_single",
		Kind: "choice",
		Text: en("What is your ethnic group?"),
		When: en("If you like"),
		Options: []OptionView{
			{Code: "white_irish", Text: en("Irish"), Group: en("White")}, {Code: "white_other", Text: en("Other White"), Group: en("White")},
			{Code: "asian_indian", Text: en("Indian"), Group: en("Asian")}, {Code: "pns", Text: en("Prefer not to say"), Divider: true}},
	}
	return map[string][]any{
		"public/questions": {
			QuestionnairePage{
				Page:      full,
				Survey:    en("How did we do?"),
				Service:   en("Bins"),
				Intro:     en("Hello."),
				Number:    1,
				Of:        2,
				Seconds:   30,
				Action:    "/f/ABC23456",
				Token:     TokenMarker,
				Chosen:    en("4, Fairly satisfied"),
				Questions: []QuestionView{rating(lang)},
			},
			QuestionnairePage{
				Page:      wrong,
				Survey:    en("How did we do?"),
				Heading:   en("More"),
				Number:    2,
				Of:        2,
				Action:    "/f/ABC23456",
				Token:     TokenMarker,
				Saved:     true,
				Last:      true,
				Unsaved:   true,
				Questions: all,
			},
			QuestionnairePage{
				Page:      full,
				Survey:    en("Annual survey"),
				Number:    1,
				Seconds:   300,
				Action:    "/f/ABC23456",
				Token:     TokenMarker,
				Questions: all,
			},
			QuestionnairePage{Page: empty, Survey: en("x"), Token: TokenMarker},
			QuestionnairePage{
				Page:      bad,
				Survey:    en(nasty),
				Service:   en(nasty),
				Intro:     en(nasty),
				Chosen:    en(nasty),
				Action:    nasty,
				Token:     TokenMarker,
				Questions: []QuestionView{hostile},
			},
		},
		"public/equality": {
			EqualityPage{Page: full, Survey: en("How did we do?"), Action: "/f/ABC23456", Token: TokenMarker, Questions: []QuestionView{grouped}},
			EqualityPage{Page: empty, Token: TokenMarker},
			EqualityPage{Page: bad, Survey: en(nasty), Action: nasty, Token: TokenMarker, Questions: []QuestionView{hostile}, Unsaved: true},
		},
		"public/thanks": {
			ThanksPage{
				Page:    full,
				Survey:  en("How did we do?"),
				Service: en("Bins"),
				Receipt: "ABCD-EFGH-JKLM",
				Again:   "/f/ABC23456",
				Results: "/demo/you-said-we-did",
			},
			ThanksPage{Page: empty},
			ThanksPage{Page: full, Survey: en("How did we do?"), Receipt: "ABCD-EFGH-JKLM", Again: "/f/ABC23456", Moves: true},
			ThanksPage{Page: bad, Survey: en(nasty), Service: en(nasty), Receipt: nasty, Again: nasty, Results: nasty},
		},
		"public/spent": {
			SpentPage{Page: full, Survey: en("x"), Again: "/f/x"},
			SpentPage{Page: empty},
			SpentPage{Page: bad, Survey: en(nasty), Again: nasty, Left: true, Written: []string{nasty, nasty}},
			SpentPage{Page: full, Survey: en("x"), Left: true},
		},
		"public/closed": {
			ClosedPage{Page: full, Survey: en("x")},
			ClosedPage{Page: full, Survey: en("x"), Expired: true},
			ClosedPage{Page: empty},
			ClosedPage{Page: bad, Survey: en(nasty)},
		},
		"public/privacy": {
			NoticePage{
				Page:          full,
				Contact:       "dpo@example.org",
				Mail:          "mailto:dpo@example.org",
				Procedure:     en("https://www.example.org/complaints"),
				ComplaintDays: 30,
				CommentMonths: 12,
				AnswerMonths:  1,
			},
			NoticePage{Page: full, Contact: "01509 000000"},
			NoticePage{Page: empty},
			NoticePage{Page: bad, Contact: nasty, Mail: nasty, Procedure: en(nasty)},
		},
		"public/cookies": {NoticePage{Page: full}, NoticePage{Page: empty}, NoticePage{Page: bad}},
		"public/accessibility": {
			NoticePage{Page: full, Contact: "01509 000000", Prepared: "1 February 2026"},
			NoticePage{Page: empty},
			NoticePage{Page: bad, Contact: nasty, Prepared: nasty},
		},
		"public/yousaid": saidSamples(full, empty, bad),
		"public/yousaid_item": {
			ItemPage{
				Page:         full,
				Item:         itemSample(1, "x"),
				EachLanguage: []ItemView{itemSample(1, "x")},
				List:         "/demo/you-said-we-did",
				Poster:       "/p",
			},
			ItemPage{Page: empty},
			ItemPage{Page: bad, Item: itemSample(2, nasty), EachLanguage: []ItemView{itemSample(2, nasty)}, List: nasty, Poster: nasty},
		},
		"public/yousaid_gone": {
			GonePage{Page: full, Heading: "Gone", On: "1 May 2026", Reason: Text{Text: "Wrong."}, List: "/l", Listed: "All"},
			GonePage{Page: empty, Heading: "Gone", List: "/l", Listed: "All"},
			GonePage{Page: bad, Heading: nasty, On: nasty, Reason: Text{Text: nasty}, List: nasty, Listed: nasty},
		},
		"public/yousaid_poster": {
			PosterPage{Page: full, Items: []ItemView{itemSample(1, "x"), itemSample(2, "y")}, Address: "x.example/y", List: "/l"},
			PosterPage{Page: empty, List: "/l"},
			PosterPage{Page: bad, Items: []ItemView{itemSample(1, nasty)}, Address: nasty, List: nasty},
		},
		"public/yousaid_embed": {
			EmbedPage{Page: full, Items: []ItemView{itemSample(1, "x")}, List: "/l"},
			EmbedPage{Page: empty, List: "/l"},
			EmbedPage{Page: bad, Items: []ItemView{itemSample(1, nasty)}, List: nasty},
		},
		"public/performance": {
			PerformancePage{
				Page:    full,
				Overall: []OverallView{overallSample("x"), overallSample("y")},
				Tables:  []PublishedView{publishedSample("x")},
				Late:    1,
				Said:    "/said",
			},
			PerformancePage{Page: empty},
			PerformancePage{Page: bad, Overall: []OverallView{overallSample(nasty)}, Tables: []PublishedView{publishedSample(nasty)}, Said: nasty},
		},
		"public/council": {
			CouncilPage{
				Page:        full,
				Overall:     []OverallView{overallSample("x")},
				Said:        "/s",
				Items:       2,
				Performance: "/p",
				Receipt:     "/r",
				Privacy:     "/y",
				SignIn:      "/i",
			},
			CouncilPage{Page: empty, Said: "/s", Receipt: "/r", Privacy: "/y", SignIn: "/i"},
			CouncilPage{
				Page:        bad,
				Overall:     []OverallView{overallSample(nasty)},
				Said:        nasty,
				Performance: nasty,
				Receipt:     nasty,
				Privacy:     nasty,
				SignIn:      nasty,
			},
		},
		"public/performance_table": {
			PublishedPage{
				Page:     full,
				Table:    publishedSample("x"),
				List:     "/l",
				Editions: []EditionView{{On: "2", Last: true}, {On: "1", Files: []Link{{Text: "CSV", Href: "/c"}}}},
			},
			PublishedPage{Page: empty, Table: publishedSample("x"), List: "/l"},
			PublishedPage{Page: bad, Table: publishedSample(nasty), List: nasty},
		},
		"public/error": errorSamples(full, empty, bad),
		"staff/error":  errorSamples(staff, empty, bad),
	}
}

func overallSample(text string) OverallView {
	said := Text{Text: text, Lang: "cy", Dir: "ltr"}
	return OverallView{
		Question: said,
		Survey:   said,
		Share:    text,
		Range:    text,
		N:        2,
		Period:   text,
		Later:    text,
		Href:     text,
		Chart:    "<svg></svg>",
		Symbols:  []string{text},
		Table:    Table{Caption: text, Columns: []Column{{Text: text}}, Rows: [][]Cell{{{Text: text, Head: true}}}},
	}
}

func itemSample(n int64, text string) ItemView {
	said := Text{Text: text, Lang: "cy", Dir: "ltr"}
	return ItemView{
		Lang:        "en",
		Dir:         "ltr",
		Number:      n,
		Href:        text,
		Said:        Text{Text: "You said"},
		Did:         Text{Text: "We did"},
		YouSaid:     said,
		WeDid:       said,
		Deliverable: said,
		Service:     said,
		ServiceHref: text,
		Theme:       said,
		ThemeHref:   text,
		Figure: FigureView{
			Head:     said,
			Text:     said,
			Question: said,
			Source:   said,
			Href:     text,
			Mark:     said,
		},
		After:       FigureView{Text: said, Gone: true},
		Quote:       said,
		QuoteHead:   said,
		State:       said,
		StateMore:   said,
		Colour:      "red",
		Published:   text,
		Corrections: []CorrectionView{{On: text, Note: said}},
		Missing:     n == 2,
	}
}

func saidSamples(full, empty, bad Page) []any {
	full.Listed, full.Wide, full.Feeds = true, true, []Link{{Text: "application/atom+xml", Href: "/feed"}}
	services := []Option{{Text: "All"}, {Value: "a", Text: "A"}, {Value: "b", Text: nasty, Chosen: true}}
	return []any{
		YouSaidPage{
			Page:        full,
			Action:      "/demo/you-said-we-did",
			Services:    services,
			Themes:      services,
			Items:       []ItemView{itemSample(1, "x"), itemSample(2, "y")},
			Count:       2,
			All:         "/all",
			Pager:       Pager{Newer: "/n", Older: "/o"},
			Files:       []Link{{Text: "CSV", Href: "/c"}},
			Atom:        "/a",
			JSON:        "/j",
			Poster:      "/p",
			Performance: "/f",
		},
		YouSaidPage{Page: empty},
		YouSaidPage{
			Page:     bad,
			Action:   nasty,
			Words:    nasty,
			Services: services,
			Filtered: true,
			Count:    1,
			All:      nasty,
			Items:    []ItemView{itemSample(1, nasty)},
			Files:    []Link{{Text: nasty, Href: nasty}},
		},
	}
}

func publishedSample(text string) PublishedView {
	return PublishedView{
		Title:     Text{Text: text, Lang: "cy", Dir: "ltr"},
		Question:  Text{Text: text},
		Period:    text,
		Published: text,
		Due:       text,
		Late:      2,
		Href:      text,
		Earlier:   []Link{{Text: text, Href: text}},
		Table: Table{
			Caption: text,
			Columns: []Column{{Text: text}, {Text: text, Number: true}},
			Rows:    [][]Cell{{{Text: text, Head: true}, {Text: "[c]", Spoken: text, Muted: true, Number: true}}},
			Note:    text,
		},
		Symbols:   []string{text},
		Files:     []Link{{Text: text, Href: text}},
		Corrected: []CorrectionView{{On: text, Note: Text{Text: text}}},
	}
}

func errorSamples(pages ...Page) (list []any) {
	for _, p := range pages {
		for _, status := range []int{400, 401, 403, 404, 405, 409, 410, 413, 418, 422, 429, 500, 503} {
			list = append(list, NewError(p, status, "A detail.", "/back"))
		}
		list = append(list, NewError(p, 404, "", ""), NewError(p, 500, nasty, nasty))
		keeps := NewError(p, 503, "", "/back")
		keeps.Kept, keeps.Action = []Kept{{nasty, nasty}}, "/back"
		list = append(list, keeps)
	}
	return list
}

// ofPublic are pages whose structs are of server/public, which this package cannot see: the stories and visits of cmd/yousaid/site show
// them.
var ofPublic = []string{"public/receipt"}

func TestEveryPageOfOursIsShown(t *testing.T) {
	set := all(t)
	for _, lang := range []string{"en", "cy", "ar"} {
		shown := samples(set, lang)
		for name, list := range shown {
			for i, data := range list {
				body, err := set.RenderBytes(name, data)
				if err != nil {
					t.Errorf("%s %s %d: %v", lang, name, i, err)
					continue
				}
				check(t, fmt.Sprintf("%s %s %d", lang, name, i), lang, string(body))
			}
		}
		for _, name := range set.Names() {
			if strings.HasPrefix(name, "public/") && shown[name] == nil && !slices.Contains(ofPublic, name) {
				t.Errorf("page %s has no sample here", name)
			}
		}
	}
}

var void = []string{"meta", "link", "input", "img", "br", "hr"}

// check reads a page as a strict browser would: every tag closed where it was opened, ids once, labels and
// descriptions that lead somewhere, nothing that could run, no address elsewhere.
// elsewhere are the links to other sites that the samples show.
var elsewhere = []string{"https://ico.org.uk/make-a-complaint/", "https://www.example.org/complaints"}

func check(t *testing.T, name, lang, body string) {
	t.Helper()
	wantDir := Direction(lang)
	if !strings.HasPrefix(body, "<!DOCTYPE html>\n<html lang=\""+lang+"\" dir=\""+wantDir+"\"") {
		t.Errorf("%s: the page does not begin with its language and direction: %.80s", name, body)
	}
	var open []string
	ids, wanted := map[string]bool{}, map[string]bool{}
	headings := 0
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				t.Errorf("%s: %v", name, z.Err())
			}
			break
		}
		token := z.Token()
		switch kind {
		case html.StartTagToken:
			if token.Data == "script" {
				t.Errorf("%s: a script", name)
			}
			if token.Data == "h1" {
				headings++
			}
			for _, a := range token.Attr {
				switch {
				case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: attribute %s", name, a.Key)
				case a.Key == "required":
					t.Errorf("%s: the browser would check required fields in its own words", name)
				case a.Key == "id":
					if ids[a.Val] {
						t.Errorf("%s: id %q twice", name, a.Val)
					}
					ids[a.Val] = true
				case a.Key == "for" || a.Key == "aria-labelledby" || a.Key == "aria-describedby":
					for _, id := range strings.Fields(a.Val) {
						wanted[id] = true
					}
				case a.Key == "href" || a.Key == "src" || a.Key == "action":
					if strings.HasPrefix(strings.ToLower(a.Val), "javascript:") ||
						strings.Contains(a.Val, "//") && !(token.Data == "a" && slices.Contains(elsewhere, a.Val)) {
						t.Errorf("%s: %s=%q", name, a.Key, a.Val)
					}
					if id, ok := strings.CutPrefix(a.Val, "#"); ok && id != "ZgotmplZ" { // what html/template makes of javascript:
						wanted[id] = true
					}
				}
			}
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%s: </%s> closes %v", name, token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: never closed: %v", name, open)
	}
	for id := range wanted {
		if !ids[id] {
			t.Errorf("%s: something leads to id %q, which is not there", name, id)
		}
	}
	if headings != 1 {
		t.Errorf("%s: %d headings of the first level", name, headings)
	}
	if strings.Contains(body, "%!") || strings.Contains(body, "%s") || strings.Contains(body, "<no value>") {
		t.Errorf("%s: a gap was not filled", name)
	}
	if title := regexp.MustCompile(`<title(?: lang="[a-z]+")?(?: dir="[a-z]+")?>([^<]*)</title>`).FindStringSubmatch(body); title == nil ||
		strings.Contains(title[1], "&lt;span") ||
		strings.TrimSpace(title[1]) == "" {
		t.Errorf("%s: title %q", name, title)
	}
}

func TestFirstPageIsLight(t *testing.T) {
	set := all(t)
	body, err := set.RenderBytes("public/questions", samples(set, "en")["public/questions"][0])
	if err != nil {
		t.Fatal(err)
	}
	css := httptest.NewRecorder()
	address, err := set.Asset("public.css")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", address, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	assets(t).ServeHTTP(css, r)
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	w.Write(body)
	w.Close()
	t.Logf("html %d bytes (%d gzipped), css %d gzipped", len(body), compressed.Len(), css.Body.Len())
	if len(body) >= 14_000 || len(body)+css.Body.Len() > 30_000 {
		t.Errorf("html %d bytes, css %d gzipped: the limits are 14,000 and 30,000 together", len(body), css.Body.Len())
	}
	// What the browser fetches: the style sheet, and the logo where there is one. The icon is empty, in the page.
	if n := len(regexp.MustCompile(`(?:src|rel="stylesheet" href)="/`).FindAllString(string(body), -1)); n != 2 {
		t.Errorf("the page asks for %d further files, want the style sheet and the logo", n)
	}
}

func TestFirstPageFollowsThePattern(t *testing.T) {
	set := all(t)
	body, err := set.RenderBytes("public/questions", samples(set, "en")["public/questions"][0])
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, want := range []string{
		`<title>Overall, how satisfied or dissatisfied are you with the service you received? - ` +
			`How did we do? (page 1 of 2) - Exampleshire Council</title>`,
		`<legend class="govuk-fieldset__legend govuk-fieldset__legend--l"><h1 class="govuk-fieldset__heading">Overall`,
		`id="rating" name="rating" type="radio" value="5"`, `id="rating-2" name="rating" type="radio" value="4"`,
		`<label class="govuk-label govuk-radios__label" for="rating-5">Very dissatisfied`,
		`<form method="post" action="/f/ABC23456" novalidate`, `name="token" value="` + TokenMarker + `"`,
		"It takes about 30 seconds.", "You chose 4, Fairly satisfied.", "Your answers go to Exampleshire Council.", `href="/demo/privacy"`,
		"How did we do? – Bins",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	before, after, err := Around(body)
	if err != nil || !bytes.HasSuffix(before, []byte(`value="`)) || !bytes.HasPrefix(after, []byte(`">`)) {
		t.Errorf("the token's place: %v", err)
	}
	for _, wrong := range []string{"", TokenMarker + TokenMarker} {
		if _, _, err := Around([]byte(wrong)); err == nil {
			t.Errorf("%q has no single place for the token", wrong)
		}
	}
}

func TestErrorSummaryLeadsToTheField(t *testing.T) {
	set := all(t)
	p := set.In("cy")
	p.Organisation = "Cyngor Enghraifft"
	p.Problems = p.ProblemsOf([]question.Problem{{Question: "rating", Message: wording.Say("answer.choose_one|Choose one of the answers")},
		{Question: "comment", Message: wording.Say("answer.comment_too_long|x", wording.Arg{Name: "limit", Value: "1,200"},
			wording.Arg{Name: "length", Value: "1,300"})}})
	body, err := set.RenderBytes(
		"public/questions",
		QuestionnairePage{
			Page:   p,
			Survey: Text{Text: "Sut wnaethom ni?"},
			Number: 1,
			Action: "/f/x",
			Token:  "t",
			Questions: []QuestionView{rating("cy"),
				{Code: "comment", Kind: "text", Question: question.Question{Kind: question.LongTxt}, Value: "Da iawn"}},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, want := range []string{
		`<title>Gwall: Sut wnaethom ni?`, `Mae problem`, `tabindex="-1" autofocus`, `<div role="alert">`,
		`<a href="#rating">Dewiswch un o’r atebion</a>`, `<a href="#comment">Rhaid i’ch sylw fod yn 1,200 nod neu lai. Mae ganddo 1,300.</a>`,
		`<p id="rating-error" class="govuk-error-message"><span class="govuk-visually-hidden">Gwall:</span> Dewiswch un o’r atebion</p>`,
		`aria-describedby="comment-hint comment-error"`, `<span lang="en" dir="ltr">Very satisfied</span>`, ">\nDa iawn</textarea>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if strings.Index(page, `id="problems"`) > strings.Index(page, "<h1") {
		t.Error("the summary stands below the heading")
	}
}

func TestAnUnknownKindIsAnError(t *testing.T) {
	set := all(t)
	if _, err := set.RenderBytes("public/questions", QuestionnairePage{Page: set.In("en"),
		Questions: []QuestionView{{Code: "x", Kind: "slider"}}}); err == nil ||
		!strings.Contains(err.Error(), "questions/slider.html") {
		t.Errorf("%v", err)
	}
	for _, kind := range question.Kinds() {
		if !slices.Contains(set.Kinds(), string(kind)) {
			t.Errorf("static/questions has no template for %s", kind)
		}
	}
}

func TestRenderSendsAPageWithItsPolicy(t *testing.T) {
	e := echo.New()
	e.Renderer = all(t)
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			Keep(c, Page{Lang: "cy", Organisation: "Cyngor", Brand: NewBrand("#ffcc00", "")})
			return next(c)
		}
	})
	e.GET("/staff/x", func(c echo.Context) error {
		return Render(c, http.StatusNotFound, "staff/error", NewError(New(c), 404, "", ""))
	})
	e.POST("/staff/x", func(c echo.Context) error { Flash(c, "Wedi cadw"); return c.Redirect(http.StatusSeeOther, "/staff/x") })
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/staff/x", nil))
	style := regexp.MustCompile(`<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
	if w.Code != 404 || style == nil {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	sum := sha256.Sum256([]byte(style[1]))
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(
		policy,
		"'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'",
	) ||
		!strings.Contains(policy, "default-src 'none'") ||
		strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q does not allow the page's own style %q", policy, style[1])
	}
	if w.Header().Get("Content-Type") != "text/html; charset=UTF-8" {
		t.Errorf("type %q", w.Header().Get("Content-Type"))
	}

	// What is told before a redirect is shown once.
	w = httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("POST", "/staff/x", nil))
	r := httptest.NewRequest("GET", "/staff/x", nil)
	for _, c := range w.Result().Cookies() {
		if !c.HttpOnly || c.Path != "/staff" {
			t.Errorf("cookie %v", c)
		}
		r.AddCookie(c)
	}
	w = httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "Wedi cadw") {
		t.Error("what was told is not shown")
	}
	if cookies := w.Result().Cookies(); len(cookies) != 1 || cookies[0].MaxAge != -1 {
		t.Errorf("what was told would be shown again: %v", cookies)
	}

	bare := echo.New()
	if err := Render(bare.NewContext(r, httptest.NewRecorder()), 200, "staff/error", nil); !errors.Is(err, ErrNoRenderer) {
		t.Errorf("%v", err)
	}
}

func TestBrandColoursCanBeRead(t *testing.T) {
	for _, colour := range []string{"#000", "#fff", "#ffcc00", "#6b1f4e", "#777777", "#1d70b8", "#00ff00", "#757575", "nonsense", "", "#12345",
		"red;}body{display:none", "#gggggg"} {
		b := NewBrand(colour, "")
		parse := func(s string) rgb {
			c, ok := parseColour(s)
			if !ok {
				t.Fatalf("%q of %q is no colour", s, colour)
			}
			return c
		}
		for what, ratio := range map[string]float64{
			"letters of the header": contrast(parse(b.Ink), parse(b.Colour)),
			"links":                 contrast(parse(b.Link), white),
			"links pointed at":      contrast(parse(b.LinkHover), white),
			"letters of a button":   contrast(parse(b.ButtonInk), parse(b.Button)),
		} {
			if ratio < 4.5 {
				t.Errorf("%q: %s have a contrast of %.2f", colour, what, ratio)
			}
		}
		if contrast(parse(b.Button), white) < 3 {
			t.Errorf("%q: the button does not stand out from the page", colour)
		}
		if !regexp.MustCompile(`^:root\{(--[a-z-]+:#[0-9a-f]{6};?)+\}$`).MatchString(string(b.Style())) {
			t.Errorf("%q: style %q", colour, b.Style())
		}
	}
	if b := NewBrand("#ffcc00", ""); b.Ink != "#000000" {
		t.Errorf("letters on yellow are %s", b.Ink)
	}
	if b := NewBrand("#6b1f4e", ""); b.Ink != "#ffffff" || b.Colour != "#6b1f4e" {
		t.Errorf("%+v", b)
	}
	for logo, want := range map[string]string{"/demo/logo.svg": "/demo/logo.svg", "https://elsewhere.example/x.png": "",
		"//elsewhere.example/x.png": "", `/\elsewhere.example`: "", "javascript:x": ""} {
		if got := NewBrand("", logo).Logo; got != want {
			t.Errorf("logo %q became %q", logo, got)
		}
	}
}

func TestMenuShowsWhatMayBeOpened(t *testing.T) {
	items := []Item{{"Home", "/staff", ""}, {"Surveys", "/staff/surveys", "surveys"}, {"Equality", "/staff/equality", "equality"}}
	menu := Menu(items, func(p string) bool { return p == "surveys" }, "/staff/surveys/7")
	if fmt.Sprint(menu) != "[{Home /staff false} {Surveys /staff/surveys true}]" {
		t.Errorf("%v", menu)
	}
	if menu := Menu(items, func(string) bool { return true }, "/staff/surveysmore"); !menu[0].Current || menu[1].Current {
		t.Errorf("%v", menu)
	}
}
