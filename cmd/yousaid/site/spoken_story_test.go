package site_test

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys"
	"yousaid/surveys/surveystest"
)

// inUrdu is a questionnaire in English and Urdu.
const inUrdu = `
survey: visit
title: {en: Your visit, ur: آپ کا دورہ}
pages:
- questions:
  - code: rating
    kind: rating
    required: true
    text: {en: How satisfied or dissatisfied were you, ur: آپ کتنے مطمئن تھے}
    options:
    - {code: "5", score: 5, satisfied: true, text: {en: Satisfied, ur: مطمئن}}
    - {code: "3", score: 3, text: {en: Neither, ur: درمیانہ}}
    - {code: "1", score: 1, text: {en: Dissatisfied, ur: غیر مطمئن}}
- questions:
  - {code: again, kind: yesno, text: {en: Would you come again?, ur: کیا آپ دوبارہ آئیں گے؟}}
  - {code: comment, kind: text, text: {en: What else?, ur: اور کیا؟}}
equality: [sex]
`

// urduCouncil is a council with the languages English and Urdu, and the words of the pages in Urdu but for those that are left out;
// without any where left is "all".
func urduCouncil(t *testing.T, left ...string) *sitetest.Site {
	t.Helper()
	s := sitetest.New(t)
	s.Speaks("en", "ur")
	if len(left) == 0 || left[0] != "all" {
		s.Translate("ur", left...)
	}
	return s
}

// A survey is not published in a language in which the pages around it have no words; where one is, each part says its language and
// runs its own way.
func TestALanguageWithoutWords(t *testing.T) {
	t.Parallel()
	s := urduCouncil(t, "all")
	d, err := surveys.ParseYAML([]byte(inUrdu))
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Surveys.Create(t.Context(), s.By(), "visit", d)
	if err != nil {
		t.Fatal(err)
	}
	me, at := s.SignIn(s.Person("consultation")), fmt.Sprintf("/staff/surveys/%d", id)
	publish := func() *sitetest.Answer {
		return s.Post(at, url.Values{"do": {"publish"}, "revision": {form(s.Get(at, "Cookie", me).Is(200)).Get("revision")}}, "Cookie", me)
	}
	publish().Is(422).Shows("cannot be published in Urdu", "take Urdu off", "Translate what is missing")
	var blocked surveys.Blocked
	if _, err := s.Surveys.Publish(t.Context(), s.By(), id, surveys.Publishing{Override: "It is meant so."}); !errors.As(err,
		&blocked) || blocked.Overridable {
		t.Errorf("published from the command line in a language without words: %v", err)
	}
	s.Get("/staff/translations", "Cookie", me).Is(200).Shows("Urdu", "اردو", "Not finished", "Start to translate into Urdu",
		"Surveys cannot be published in Urdu before")
	// One that is in use already keeps its language: what is English says so, and what is Urdu inside it too.
	before := s.Surveys
	before.Reviewer = surveystest.Unreviewed{}
	if _, err := before.Publish(t.Context(), s.By(), id, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	link := s.LinkTo("visit", "waste", "web")
	page := s.Get(link + "?lang=ur&r=5").Is(200)
	page.Shows(`<html lang="ur" dir="rtl"`, "آپ کتنے مطمئن تھے",
		`<span lang="en" dir="ltr">You chose <bdi lang="ur" dir="auto">5, مطمئن</bdi>. You can change it before you send it.</span>`,
		`<title>آپ کتنے مطمئن تھے - آپ کا دورہ`, `aria-label="Language" lang="en"`,
		`<span lang="en" dir="ltr">Testham Council</span>`).Hides("\ufdd0", "\ufdd2")
	wrong := s.Post(link+"?in=ur", url.Values{"token": {page.Token()}}).Is(422)
	wrong.Shows(`<a href="#rating"><span lang="en" dir="ltr">Choose one of the answers</span></a>`,
		`<span class="govuk-visually-hidden"><span lang="en" dir="ltr">Error:</span></span> <span lang="en" dir="ltr">Choose`)
	last := s.Send(link+"?lang=ur", sitetest.Feedback{Rating: "5", Reasons: url.Values{}, About: url.Values{}})
	s.Get(last + "?lang=ur").Is(200).Shows(`<title lang="en" dir="ltr">Thank you for your feedback - آپ کا دورہ`)
	s.Get(link+"?lang=en&r=5").Is(200).Hides("<bdi", `lang="en" dir="ltr"><`)
	s.Get("/testham/privacy?lang=ur").Is(200).Shows(`<html lang="en"`) // a page of nothing but our words is in English altogether
	// Without the language the survey can be published, and its Urdu is kept.
	s.Speaks("en")
	s.Later()
	s.Get(at, "Cookie", me).Is(200).Hides("cannot be published in Urdu")
	// It does not come back by way of the settings: what is published would be offered in it at once.
	boss := s.SignIn(s.Person("administrator"))
	settings := form(s.Get("/staff/brand", "Cookie", boss).Is(200))
	settings["languages"], settings["do"] = []string{"en", "ur"}, []string{"save"}
	s.Post("/staff/brand", settings, "Cookie", boss).Is(422).Shows("The published survey “Your visit” has wordings in Urdu")
	settings["languages"] = []string{"en", "pl"} // no survey is written in it
	s.Post("/staff/brand", settings, "Cookie", boss).Is(http.StatusSeeOther)
	s.Translate("ur")
	settings = form(s.Get("/staff/brand", "Cookie", boss).Is(200).Shows("Translations"))
	settings["languages"], settings["do"] = []string{"en", "ur"}, []string{"save"}
	s.Post("/staff/brand", settings, "Cookie", boss).Is(http.StatusSeeOther)
	s.Later()
	s.Get(link+"?lang=ur").Is(200).Shows(`<html lang="ur"`, "بھیجیں")
	s.Get("/testham/privacy?lang=ur").Is(200).Shows(`<html lang="ur"`)
}

var english = regexp.MustCompile(`lang="en" dir="ltr">([^<]*[A-Za-z][^<]*)<`)

// Somebody translates the words in the browser, part by part and by a file; then the survey is published, and customers meet no English.
func TestWordsAreTranslatedInTheBrowser(t *testing.T) {
	t.Parallel()
	s := urduCouncil(t, "all")
	me := s.SignIn(s.Person("consultation"))
	if err := s.Publishes(inUrdu); err == nil {
		t.Fatal("published without words")
	}
	base := "/staff/translations/ur"
	if to := s.Post("/staff/translations", url.Values{"language": {"ur"}}, "Cookie", me).To(); to != base {
		t.Fatalf("the language is at %s", to)
	}
	s.Get(base, "Cookie", me).Is(200).Shows("Words in Urdu", "0 of ", "Pages with questions", "Take Urdu off the list")
	part := s.Get(base+"/after", "Cookie", me).Is(200).Shows("Thank you for your feedback", `id="w-thanks-title"`, `lang="ur" dir="rtl"`)
	fields := form(s.Get(base+"/after", "Cookie", me).Is(200))
	if len(fields) < 10 {
		t.Fatalf("the page has %d fields: %v", len(fields), part.Text[:200])
	}
	// What is wrong is said at its field, and what is right is saved.
	for name := range fields {
		if !strings.HasPrefix(name, "was:") {
			fields.Set(name, "")
		}
	}
	fields.Set("thanks.title", "<b>شکریہ</b>")
	fields.Set("thanks.team", "جملہ")
	fields.Set("thanks.keep", "a\x00b")
	fields.Set("thanks.next", strings.Repeat("ش", 5000))
	bad := s.Post(base+"/after", fields, "Cookie", me).Is(422)
	bad.Shows("1 text is saved. The others are marked below.", "Write {1} where it belongs", "no page can show",
		"characters at the most. It has 5000", "جملہ", "&lt;b&gt;شکریہ&lt;/b&gt;").Hides("<b>شکریہ")
	// Somebody else saves meanwhile.
	other := form(s.Get(base+"/after", "Cookie", me).Is(200))
	s.Post(base+"/after", url.Values{"thanks.next": {"پہلا"}, "was:thanks.next": {""}}, "Cookie", me).Is(http.StatusSeeOther)
	other.Set("thanks.next", "دوسرا")
	s.Post(base+"/after", other, "Cookie", me).Is(422).Shows("Somebody else changed this after you opened the page", "دوسرا")
	if l, err := s.Translations.Language(t.Context(), s.Org.ID, "ur"); err != nil || l.Words["thanks.next"].Text != "پہلا" ||
		l.Words["thanks.title"].Text != "<b>شکریہ</b>" {
		t.Errorf("saved is %v, %v", l.Words, err)
	}
	// The file goes to a translator and comes back.
	file := s.Get(base+"/file", "Cookie", me).Is(200)
	if file.Header.Get("Content-Disposition") != `attachment; filename="words-ur.csv"` || !strings.HasPrefix(file.Text,
		"\ufeffname,part,english,form,numbers,translation") {
		t.Errorf("the file is %v, %.80q", file.Header, file.Text)
	}
	rows := file.CSV()
	var lines strings.Builder
	lines.WriteString("name,form,translation\n")
	for _, row := range rows[1:] {
		gaps := strings.Join(regexp.MustCompile(`\{[1-9a-z_]+\}`).FindAllString(row[2], -1), " ")
		fmt.Fprintf(&lines, "%s,%s,\"ترجمہ %s\"\n", row[0], row[3], gaps)
	}
	send := func(body string) *sitetest.Answer {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.WriteField("do", "upload")
		part, _ := w.CreateFormFile("file", "words.csv")
		_, _ = part.Write([]byte(body))
		_ = w.Close()
		return s.Upload(base, b.String(), "Content-Type", w.FormDataContentType(), "Cookie", me)
	}
	send("").Is(422).Shows("The first line must have the columns")
	send("PK\x03\x04").Is(422).Shows("CSV UTF-8")
	send("name,form,translation\nno.such,,x\nthanks.team,,x\nthanks.title,,<i>شکریہ</i>\n").Is(422).Shows(
		"1 text is saved from the file.", "2 lines of the file were not taken", "There is no wording with this name", "Write {1} where")
	if done := send(lines.String()); done.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d: %s", done.StatusCode, done.Text[strings.Index(done.Text, "<main"):][:2000])
	}
	s.Get(base, "Cookie", me).Is(200).Shows("Ready for surveys").Hides("is missing")
	if err := s.Publishes(inUrdu); err != nil {
		t.Fatal(err)
	}
	s.Later()
	if got := audited(s, "translation.saved", "language ur"); !strings.Contains(got, "ترجمہ") {
		t.Errorf("the audit keeps %.200s", got)
	}
	// Customers read Urdu everywhere, right to left, and staff of another council nothing.
	link := s.LinkTo("visit", "waste", "web")
	last := s.Send(link+"?lang=ur", sitetest.Feedback{Rating: "5", Reasons: url.Values{"comment": {"اچھا"}}, About: url.Values{}})
	for _, at := range []string{link + "?lang=ur", link + "?lang=ur&r=5", last + "?lang=ur",
		strings.TrimSuffix(last, "thanks") + "2?lang=ur", "/testham/privacy?lang=ur", "/testham/cookies?lang=ur",
		"/testham/accessibility?lang=ur",
		"/testham/receipt?lang=ur", "/testham?lang=ur", "/testham/you-said-we-did?lang=ur", "/testham/performance?lang=ur",
		"/testham/you-said-we-did/99999?lang=ur", "/f/" + strings.TrimPrefix(link, "/f/") + "/nonsense/2?lang=ur"} {
		a := s.Get(at).Shows(`<html lang="ur" dir="rtl"`, "ترجمہ").Hides("\ufdd0")
		for _, m := range english.FindAllStringSubmatch(a.Text, -1) {
			if text := m[1]; text != "English" && text != "Household waste" && text != "Testham Council" {
				t.Errorf("%s is English: %q", at, text)
			}
		}
	}
	s.Post(link+"?in=ur", url.Values{"token": {s.Get(link + "?lang=ur").Token()}}).Is(422).Shows("ترجمہ").Hides(
		"Choose one of the answers", "There is a problem")
	s.Get(link + "?lang=en").Is(200).Shows("How satisfied or dissatisfied were you").Hides("ترجمہ")
	s.Get("/nowhere/privacy?lang=ur").Is(404).Shows(`<html lang="en"`)
	// Hostile words are words.
	send("name,form,translation\nquestions.send,,</button><script>alert(1)</script>\npage.language,,\"\"\" " +
		"onfocus=\"\"alert(1)\"\nthanks.title,,%s %d %!\n").Is(422).Shows("Take { and } out")
	s.Later()
	s.Get(link+"?lang=ur").Is(200).Shows("&lt;/button&gt;&lt;script&gt;", `aria-label="&#34; onfocus=&#34;alert(1)"`).Hides("<script>alert")
}

// A wording that is missing is in English and says so, on pages that are otherwise in the language; it takes nothing else with it.
func TestOneWordingIsMissing(t *testing.T) {
	t.Parallel()
	s := urduCouncil(t)
	if err := s.Publishes(inUrdu); err != nil {
		t.Fatal(err)
	}
	// as if this version of the program had added them
	s.Database.Owner().MustExec(`DELETE FROM interface_words WHERE key IN ('thanks.title', 'month.12', 'questions.privacy')`)
	s.Later()
	link := s.LinkTo("visit", "waste", "web")
	s.Get(link+"?lang=ur").Is(200).Shows(`<span lang="en" dir="ltr">Your answers go to <span lang="en" dir="ltr">Testham Council</span>.`,
		"بھیجیں")
	last := s.Send(link+"?lang=ur", sitetest.Feedback{Rating: "5", Reasons: url.Values{}, About: url.Values{}})
	s.Get(last+"?lang=ur").Is(200).Shows(`<title lang="en" dir="ltr">Thank you for your feedback - آپ کا دورہ`, "آپ کا رسید کوڈ")
	s.Get("/testham/receipt?lang=ur").Is(200).Shows(`<html lang="ur"`)
	me := s.SignIn(s.Person("consultation"))
	s.Get("/staff/translations/ur", "Cookie", me).Is(200).Shows("3 wordings that surveys need are missing",
		"They are new in this version of Yousaid")
	if err := s.Publishes(strings.Replace(inUrdu, "survey: visit", "survey: again", 1)); err == nil || !strings.Contains(err.Error(),
		"3 wordings") {
		t.Errorf("published anew: %v", err)
	}
	s.Get("/staff/translations/ur/questions?show=missing", "Cookie", me).Is(200).Shows("December", "Your answers go to {1}").Hides("November")
}

// What the council publishes, drawings and files included, in words of its own.
func TestPublishedFiguresInACouncilsWords(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	s := c.full
	at := "/testham/performance/" + strings.TrimPrefix(outThere(c, s), "/staff/published/")
	number := promised(s, actions.Published, late)
	item := fmt.Sprintf("/testham/you-said-we-did/%d", number)
	addresses := []string{"/testham", "/testham/performance", at, "/testham/you-said-we-did", "/testham/you-said-we-did?q=zebra", item,
		"/testham/you-said-we-did/poster", "/testham/you-said-we-did/embed",
		"/testham/you-said-we-did/feed.atom", "/testham/you-said-we-did/feed.json", "/testham/you-said-we-did/list.csv",
		"/testham/you-said-we-did/list.html"}
	look := func(words bool) {
		for _, to := range addresses {
			sign := "?"
			if strings.Contains(to, "?") {
				sign = "&"
			}
			a := s.Get(to+sign+"lang=ar").Is(200).Hides("\ufdd0", "\ufdd1", "\ufdd2", `<title lang="en" dir="ltr"><`)
			if page := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") && !strings.Contains(to, "list."); page && words {
				a.Shows(`<html lang="ar" dir="rtl"`, "یہ ایک جملہ ہے").Hides("People who answered", "Satisfied", "likely range", "newest first",
					"Share satisfied", "Dates of publication")
			}
		}
	}
	look(false) // an item is written in Arabic, and the words around it are not
	s.Get("/testham/you-said-we-did?lang=ar").Is(200).Shows(`<span lang="en" dir="ltr">You said, we did</span>`, `<html lang="ar"`)
	s.Translate("ar")
	look(true)
}
