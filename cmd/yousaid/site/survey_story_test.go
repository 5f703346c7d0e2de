package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// form is what the first form of a page would send: its hidden and text fields as they stand, its first textareas, its ticked boxes.
func form(a *sitetest.Answer) url.Values {
	v := url.Values{}
	main := a.Text[strings.Index(a.Text, "<main"):]
	for _, m := range regexp.MustCompile(`<input[^>]*>`).FindAllString(main, -1) {
		if strings.Contains(m, `type="checkbox"`) && !strings.Contains(m, " checked") || strings.Contains(m, `type="radio"`) &&
			!strings.Contains(m, " checked") {
			continue
		}
		name, value := regexp.MustCompile(`name="([^"]*)"`).FindStringSubmatch(m), regexp.MustCompile(`value="([^"]*)"`).FindStringSubmatch(m)
		if name != nil && value != nil {
			v.Add(name[1], unescape(value[1]))
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>`).FindAllStringSubmatch(main, -1) {
		v.Set(m[1], unescape(m[2]))
	}
	return v
}

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'").Replace(s)
}

// The consultation team makes a questionnaire from a template, changes it, publishes it, changes it again and reads what became of it.
func TestAQuestionnaireIsMadeInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sitetest.Empty(t)
	_, err := s.Catalogue.Import(t.Context(), s.By(), strings.NewReader(sitetest.Catalogue))
	if err != nil {
		t.Fatal(err)
	}
	me := s.SignIn(s.Person("consultation"))
	get := func(path string) *sitetest.Answer { return s.Get(path, "Cookie", me) }
	post := func(path string, v url.Values) *sitetest.Answer { return s.Post(path, v, "Cookie", me) }

	survey := post("/staff/surveys/new",
		url.Values{"template": {"good-average-poor"}, "title-en": {"Your library visit"}, "title-cy": {"Eich ymweliad"}}).To()
	get(survey).Is(200).Shows("Your library visit", "Draft", "How would you rate the service you received today?",
		"Publish").Hides("Put this right")
	one, err := s.Surveys.BySlug(t.Context(), s.Org.ID, "your-library-visit")
	if err != nil || survey != fmt.Sprintf("/staff/surveys/%d", one.ID) {
		t.Fatalf("%s is not the survey %+v: %v", survey, one, err)
	}
	// A question is added; without Welsh it cannot be published, and that is said at the question.
	added := post(survey+"/question", url.Values{"text-en": {"What did you come for?"}, "kind": {"choice"}, "page": {"1"}}).To()
	if added != survey+"/questions/what_did_you_come" {
		t.Fatalf("the question was added as %s", added)
	}
	page := get(added).Is(200)
	fill := form(page)
	fill.Set("o0-text-en", "Books")
	fill.Set("o1-text-en", "A computer")
	fill.Set("do", "add")
	page = post(added, fill).Is(200).Shows("changed in this form only", "Books")
	fill = form(page)
	fill.Set("o2-text-en", "Something else")
	fill.Set("do", "up 2")
	fill = form(post(added, fill).Is(200))
	fill.Set("do", "save")
	post(added, fill).Is(http.StatusSeeOther)
	get(survey).Is(200).Shows("Books · Something else · A computer",
		"Write the question, the answer “Books”, the answer “Something else” and the answer “A computer” in Welsh too.", "1 thing to put right")
	revision := regexp.MustCompile(`name="revision" value="(\d+)"`).FindStringSubmatch(get(survey).Text)[1]
	post(survey, url.Values{"do": {"publish"}, "revision": {revision}}).Is(422).Shows("The survey was not published", "in Welsh too")
	page = get(added)
	fill = form(page)
	for name, word := range map[string]string{"text-cy": "Beth oedd eich rheswm?", "o0-text-cy": "Llyfrau",
		"o1-text-cy": "Rhywbeth arall", "o2-text-cy": "Cyfrifiadur"} {
		fill.Set(name, word)
	}
	fill.Set("do", "save")
	post(added, fill).Is(http.StatusSeeOther)
	// Moved by a button to the page of the rating and up; duplicated; deleted; put back.
	post(survey, url.Values{"do": {"question-up what_did_you_come"}}).Is(http.StatusSeeOther)
	post(survey, url.Values{"do": {"question-copy what_did_you_come"}}).Is(http.StatusSeeOther)
	gone := post(survey, url.Values{"do": {"question-delete comment"}, "sure": {"yes"}}).To()
	notice := get(strings.Split(gone, "#")[0]).Is(200).Shows("The question “comment” was deleted.", "Undo")
	post(survey, url.Values{"do": {"undo comment"}, "deleted": {"question"}, "from": {form(notice).Get("from")}}).Is(http.StatusSeeOther)
	post(survey, url.Values{"do": {"question-delete what_did_you_come_2"}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	d, _, err := s.Surveys.Draft(t.Context(), s.Org.ID, one.ID)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, q := range d.Questions() {
		order = append(order, q.Code)
	}
	if got := strings.Join(order, " "); got != "rating reason what_did_you_come comment" {
		t.Errorf("the questions stand as %s", got)
	}
	get(survey + "/preview").Is(200).Shows("iframe")
	framed := get(survey + "/preview/2?lang=cy").Is(200).Shows("Beth oedd eich rheswm?")
	if framed.Header.Get("X-Frame-Options") != "SAMEORIGIN" || !strings.Contains(framed.Header.Get("Content-Security-Policy"),
		"frame-ancestors 'self'") {
		t.Errorf("the preview cannot stand in its frame: %v", framed.Header)
	}
	post(survey+"/preview/1?lang=en", url.Values{"rating": {"good"}}).Is(http.StatusSeeOther).Stored(0)
	// Published, and what customers see does not change with the draft.
	publish := func() *sitetest.Answer {
		return post(survey, url.Values{"do": {"publish"}, "revision": {form(get(survey)).Get("revision")}})
	}
	publish().Is(http.StatusSeeOther)
	link := s.LinkTo("your-library-visit", "waste", "face_to_face")
	s.Get(link).Is(200).Shows("How would you rate the service you received today?")
	fill = form(get(survey + "/questions/rating"))
	fill.Set("text-en", "How was your visit today?")
	fill.Set("do", "save")
	post(survey+"/questions/rating", fill).Is(http.StatusSeeOther)
	post(survey, url.Values{"do": {"question-delete reason"}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	get(survey+"/versions").Is(200).Shows("From version 1 to the draft",
		"The question reads “How was your visit today?” in English instead of “How would you rate the service you received today?”.",
		"The question “What is the main reason for your answer?” was taken out.")
	s.Get(link).Shows("How would you rate the service you received today?")
	publish().Is(http.StatusSeeOther)
	get(survey+"/versions?from=1&to=2").Is(200).Shows("From version 1 to version 2", "was taken out")
	// A code that was taken out is never given again, and that is said at once.
	post(survey+"/question", url.Values{"text-en": {"Why?"}, "kind": {"text"},
		"code": {"reason"}}).Is(422).Shows("was used in an earlier version and taken out")
	// Closed, reopened as a draft.
	post(survey, url.Values{"do": {"close"}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	post(survey, url.Values{"do": {"question-up comment"}}).Is(409).Shows("Reopen it as a draft first")
	post(survey, url.Values{"do": {"reopen"}}).Is(http.StatusSeeOther)
	get(survey).Is(200).Shows("Draft")
}

// Two editors: different questions both stay; the same question is shown, not overwritten; and nothing that was written is lost.
func TestTwoEditorsOverwriteNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	survey := draft("customer-satisfaction", "")(nil, s)
	one := s.SignIn(s.Person("consultation"))
	two := s.SignIn(s.Person("administrator"))
	mine := form(s.Get(survey+"/questions/reason", "Cookie", one).Is(200))
	theirs := form(s.Get(survey+"/questions/reason", "Cookie", two).Is(200))
	other := form(s.Get(survey+"/questions/comment", "Cookie", two).Is(200))
	theirs.Set("text-en", "Why did you choose that?")
	s.Post(survey+"/questions/reason", theirs, "Cookie", two).Is(http.StatusSeeOther)
	other.Set("text-en", "Anything else?")
	s.Post(survey+"/questions/comment", other, "Cookie", two).Is(http.StatusSeeOther)

	mine.Set("hint-en", "The first thing that comes to mind")
	shown := s.Post(survey+"/questions/reason", mine, "Cookie", one).Is(422).Shows("Somebody else changed this question",
		"administrator@testham.example", "The question reads “Why did you choose that?” in English",
		"The first thing that comes to mind", "Save mine on top of theirs")
	s.Post(survey+"/questions/reason", form(shown), "Cookie", one).Is(http.StatusSeeOther)
	id, _ := strconv.ParseInt(survey[strings.LastIndex(survey, "/")+1:], 10, 64)
	d, _, err := s.Surveys.Draft(t.Context(), s.Org.ID, id)
	if err != nil {
		t.Fatal(err)
	}
	reason, _ := d.Question("reason")
	comment, _ := d.Question("comment")
	if reason.Hint["en"] != "The first thing that comes to mind" || reason.Text["en"] != "Why did you choose that?" ||
		comment.Text["en"] != "Anything else?" {
		t.Errorf("the draft has %v, %v, %v", reason.Hint, reason.Text, comment.Text)
	}
	// Publishing what one has not read is refused, and shows what changed.
	s.Post(survey, url.Values{"do": {"publish"}, "revision": {"1"}}, "Cookie",
		one).Is(422).Shows("Somebody else changed the survey after you opened this page", "Anything else?")
	// A council sees nothing of another's survey.
	s.Get("/staff/surveys/999999999", "Cookie", one).Is(404)
	// Many at once, each another order: all are done, none twice.
	var wait sync.WaitGroup
	for range 12 {
		wait.Go(func() {
			s.Post(survey, url.Values{"do": {"page-add"}}, "Cookie", one).Is(http.StatusSeeOther)
		})
	}
	wait.Wait()
	after, _, err := s.Surveys.Draft(t.Context(), s.Org.ID, id)
	if err != nil || len(after.Pages) != len(d.Pages)+12 {
		t.Errorf("%d pages, want %d: %v", len(after.Pages), len(d.Pages)+12, err)
	}
	// Deleted by one, edited by another at the same time: said, nothing changed, nothing that was written lost.
	open := form(s.Get(survey+"/questions/comment", "Cookie", one).Is(200))
	s.Post(survey, url.Values{"do": {"question-delete comment"}, "sure": {"yes"}}, "Cookie", two).Is(http.StatusSeeOther)
	open.Set("text-en", "What should we know?")
	kept := s.Post(survey+"/questions/comment", open, "Cookie", one).Is(422).Shows("Somebody else deleted this question",
		"What should we know?", "Put it back with my changes")
	s.Post(survey, url.Values{"do": {"question-up comment"}}, "Cookie", one).Is(http.StatusSeeOther)
	s.Post(survey+"/questions/comment", form(kept), "Cookie", one).Is(http.StatusSeeOther)
	if back, _ := now(t, s, id).Question("comment"); back.Text["en"] != "What should we know?" {
		t.Errorf("the question that was put back is %+v", back)
	}
}

func now(t *testing.T, s *sitetest.Site, survey int64) surveys.Definition {
	t.Helper()
	d, _, err := s.Surveys.Draft(t.Context(), s.Org.ID, survey)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An old form is never taken for a new one: not after a mistake in it, not by its page's number, not where an answer is gone.
func TestOldFormsOverwriteNothing(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	one, two := s.SignIn(s.Person("consultation")), s.SignIn(s.Person("administrator"))
	survey := s.Post("/staff/surveys/new", url.Values{"template": {"access-channels"}}, "Cookie", one).Is(http.StatusSeeOther).To()
	id, _ := strconv.ParseInt(survey[strings.LastIndex(survey, "/")+1:], 10, 64)
	get := func(who, path string) *sitetest.Answer { return s.Get(survey+path, "Cookie", who).Is(200) }
	post := func(who, path string, v url.Values) *sitetest.Answer { return s.Post(survey+path, v, "Cookie", who) }
	save := func(who, path string, change map[string]string) *sitetest.Answer {
		v := form(get(who, path))
		for name, value := range change {
			v.Set(name, value)
		}
		return post(who, path, v)
	}
	revision := func() string { return form(get(one, "")).Get("revision") }

	// A mistake in an old form: put right, it still meets what the other one did.
	old := form(get(one, "/questions/ease"))
	save(two, "/questions/ease", map[string]string{"text-cy": "Pa mor hawdd?"}).Is(http.StatusSeeOther)
	save(two, "/questions/satisfaction", map[string]string{"hint-en": "Today only"}).Is(http.StatusSeeOther)
	old.Set("text-en", strings.Repeat("long ", 300))
	mistaken := form(post(one, "/questions/ease", old).Is(422).Shows("Write this again"))
	mistaken.Set("text-en", "How easy or hard was it?")
	shown := post(one, "/questions/ease", mistaken).Is(422).Shows("What administrator@testham.example changed:", "Pa mor hawdd?")
	post(one, "/questions/ease", form(shown)).Is(http.StatusSeeOther)
	if q, _ := now(t, s, id).Question("ease"); q.Text["en"] != "How easy or hard was it?" || q.Text["cy"] != "Pa mor hawdd?" {
		t.Errorf("one wrote English and the other Welsh, and the question is %v", q.Text)
	}

	// An answer that the other took out, and one that the other added, in a list that I changed.
	old = form(get(one, "/questions/channel_preferred"))
	theirs := form(get(two, "/questions/channel_preferred"))
	first, second := theirs.Get("o0-code"), theirs.Get("o1-code")
	theirs.Set("o0-gone", "yes")
	post(two, "/questions/channel_preferred", theirs).Is(http.StatusSeeOther)
	old.Set("o1-text-en", "By hand")
	shown = post(one, "/questions/channel_preferred", old).Is(422).Shows("was taken out", "By hand")
	post(one, "/questions/channel_preferred", form(shown)).Is(http.StatusSeeOther)
	q, _ := now(t, s, id).Question("channel_preferred")
	if o, _ := q.Option(second); o.Text["en"] != "By hand" {
		t.Errorf("my answer is lost: %+v", q.Options)
	}
	if _, there := q.Option(first); there {
		t.Error("the answer that was taken out is back")
	}
	// Taken out, said, and put back from the next page, whatever happened since.
	v := form(get(one, "/questions/channel_preferred"))
	v.Set("o0-gone", "yes")
	to := post(one, "/questions/channel_preferred", v).Is(http.StatusSeeOther).To()
	undo := form(s.Get(to, "Cookie", one).Is(200).Shows("saved without the answers that you took out", "Undo"))
	save(two, "/questions/channel_preferred", map[string]string{"hint-en": "One only"}).Is(http.StatusSeeOther)
	post(one, "", url.Values{"do": {"undo channel_preferred"}, "deleted": undo["deleted"], "from": undo["from"]}).Is(http.StatusSeeOther)
	if q, _ = now(t, s, id).Question("channel_preferred"); q.Options[0].Code != second || q.Hint["en"] != "One only" {
		t.Errorf("undone: %s, %v", q.Options[0].Code, q.Hint)
	}

	// Pages are known by what is on them, not by the number that they had when the page was opened.
	before, was := now(t, s, id), revision()
	post(two, "", url.Values{"do": {"page-down 0"}, "revision": {was}}).Is(http.StatusSeeOther)
	to = post(one, "", url.Values{"do": {"page-delete 0"}, "sure": {"yes"}, "revision": {was}}).Is(http.StatusSeeOther).To()
	d := now(t, s, id)
	if _, there := d.Question(before.Pages[0].Questions[0].Code); there || len(d.Pages) != len(before.Pages)-1 {
		t.Fatal("another page was deleted than the one that was meant")
	}
	undo = form(s.Get(to, "Cookie", one).Is(200).Shows("The page was deleted"))
	for range 2 { // pressed twice
		post(one, "", url.Values{"do": {"undo " + undoOf(t, to)}, "deleted": undo["deleted"], "from": undo["from"]}).Is(http.StatusSeeOther)
	}
	if d = now(t, s, id); len(d.Pages) != len(before.Pages) || len(d.Questions()) != len(before.Questions()) {
		t.Errorf("%d pages and %d questions are back", len(d.Pages), len(d.Questions()))
	}
	// What was changed since is not deleted unread; a page that is gone is said to be gone.
	was = revision()
	save(two, "/questions/ease", map[string]string{"hint-en": "The last time"}).Is(http.StatusSeeOther)
	to = post(one, "", url.Values{"do": {"question-delete ease"}, "sure": {"yes"}, "revision": {was}}).Is(http.StatusSeeOther).To()
	if _, there := now(t, s, id).Question("ease"); !there || strings.Contains(to, "deleted") {
		t.Error("a question was deleted that somebody had changed meanwhile")
	}
	post(two, "", url.Values{"do": {"page-delete 2"}, "sure": {"yes"}, "revision": {revision()}}).Is(http.StatusSeeOther)
	post(one, "", url.Values{"do": {"question-to ease"}, "to-ease": {"2"}, "revision": {was}}).Is(http.StatusSeeOther)
	post(one, "/question", url.Values{"text-en": {"Why?"}, "kind": {"text"}, "page": {"2"},
		"revision": {was}}).Is(422).Shows("deleted this page meanwhile")

	// The texts around the questions: what is not the same merges, what is the same is shown.
	texts, mine := form(get(one, "/texts")), form(get(two, "/texts"))
	texts.Set("intro-en", "It is short.")
	post(one, "/texts", texts).Is(http.StatusSeeOther)
	mine.Set("title-en", "Reaching us")
	post(two, "/texts", mine).Is(http.StatusSeeOther)
	if d = now(t, s, id); d.Intro["en"] != "It is short." || d.Title["en"] != "Reaching us" {
		t.Errorf("%v, %v", d.Intro, d.Title)
	}
	texts.Set("title-en", "Getting to us")
	shown = post(one, "/texts", texts).Is(422).Shows("Somebody else changed these texts", "Reaching us", "Getting to us")
	post(one, "/texts", form(shown)).Is(http.StatusSeeOther)
	// Closed while somebody writes: the form stays.
	store := s.Surveys
	store.Reviewer = surveystest.Unreviewed{} // hints were written in English alone
	if _, err := store.Publish(t.Context(), tenant.CommandLine(s.Org.ID), id, surveys.Publishing{}); err != nil {
		t.Fatal(err)
	}
	late, words := form(get(one, "/questions/ease")), form(get(one, "/texts"))
	post(two, "", url.Values{"do": {"close"}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	late.Set("text-en", "Was it easy or hard?")
	post(one, "/questions/ease", late).Is(422).Shows("The survey was closed while you were writing", "Was it easy or hard?")
	words.Set("title-en", "Too late")
	post(one, "/texts", words).Is(422).Shows("The survey was closed while you were writing", "Too late")
}

// undoOf is what the notice of an address would put back.
func undoOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("what")
}

// Whatever is sent, a draft stays one that can be read, and nothing of it runs on the page.
func TestHostileQuestionnaires(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("consultation"))
	survey := draft("customer-satisfaction", "")(nil, s)
	evil := `<script>alert("1")</script>` + "\u202e" + ` =1+1 ' OR 1=1 --`
	fill := form(s.Get(survey+"/questions/comment", "Cookie", me))
	fill.Set("text-en", evil)
	fill.Set("text-cy", "a\x00b")
	fill.Set("do", "save")
	s.Post(survey+"/questions/comment", fill, "Cookie", me).Is(http.StatusSeeOther)
	s.Get(survey, "Cookie", me).Is(200).Hides(`<script>alert`).Shows("&lt;script&gt;")
	for _, do := range []string{"", "publish ", "question-up ", "question-up '", "page-up x", "page-delete 99", "page-delete -1",
		"undo comment", "nonsense 1", strings.Repeat("a", 5000)} {
		a := s.Post(survey, url.Values{"do": {do}, "from": {"7x"}}, "Cookie", me)
		if a.StatusCode >= 500 {
			t.Errorf("%q answers %d", do, a.StatusCode)
		}
	}
	many := form(s.Get(survey+"/questions/reason", "Cookie", me))
	many.Set("rows", "200")
	for i := range 200 {
		many.Set(fmt.Sprintf("o%d-text-en", i), fmt.Sprintf("Answer number %d with some words to make it long", i))
		many.Set(fmt.Sprintf("o%d-text-cy", i), fmt.Sprintf("Ateb rhif %d gyda geiriau i'w wneud yn hir iawn", i))
	}
	many.Set("do", "save")
	s.Post(survey+"/questions/reason", many, "Cookie", me).Is(http.StatusSeeOther)
	d, err := s.Surveys.Export(t.Context(), s.Org.ID, "customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	if reason, _ := d.Question("reason"); len(reason.Options) != 200 {
		t.Errorf("%d answers were saved", len(reason.Options))
	}
	if _, err := surveys.ParseYAML(surveys.WriteYAML(d)); err == nil {
		t.Log("the draft reads back as YAML")
	} else if !strings.Contains(err.Error(), "comment") && !strings.Contains(err.Error(), "character") {
		t.Errorf("the draft does not read back: %v", err)
	}
}
