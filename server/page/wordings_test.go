package page

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/language"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// Every wording of the pages for customers stands in one part of the list, once, with what is filled in.
func TestEveryWordingCanBeTranslated(t *testing.T) {
	set := all(t)
	seen := map[string]bool{}
	for _, m := range set.Messages() {
		if seen[m.Key] {
			t.Errorf("%s is listed twice", m.Key)
		}
		seen[m.Key] = true
		if m.Part == "" {
			t.Errorf("%s stands in no part: say in partsByPrefix where customers meet it", m.Key)
		}
		if m.English.plain() == "" || strings.Contains(m.English.plain(), "%s") {
			t.Errorf("%s is %q in English", m.Key, m.English.plain())
		}
		word := m.English
		if m.English.Forms == nil && !m.Complete("cy", word) {
			t.Errorf("the English itself does not do for %s: %s", m.Key, word.Text)
		}
	}
	for key := range set.words["en"].list {
		if !seen[key] && !slices.Contains(forStaff, key) {
			t.Errorf("%s is not listed", key)
		}
	}
	for _, key := range append(slices.Clone(withReceipts), "month.12", "question.usual_yes", "about.pns", "about.sex.female",
		"about.ethnic_group-group.white", "date.day_month_year") {
		if !seen[key] {
			t.Errorf("%s is not listed", key)
		}
	}
	needed := func(equality ...string) (n int) {
		for _, m := range set.Messages() {
			if m.Needed(equality) {
				n++
			}
		}
		return n
	}
	without, sex, everything := needed(), needed("sex"), needed(bank.IDs()...)
	t.Logf("%d wordings: %d for a questionnaire, %d with the question on sex, %d with all", len(set.Messages()), without, sex, everything)
	if without < 150 || sex != without+4 || everything < without+80 {
		t.Errorf("needed are %d, %d and %d", without, sex, everything)
	}
}

// The forms asked for are those that any number will ever need: of every language, checked for thousands of numbers.
func TestPluralFormsDoForEveryNumber(t *testing.T) {
	for lang, want := range map[string]string{"ur": "one other", "pl": "one few many", "ar": "zero one two few many other",
		"cy": "zero one two few many other", "zh": "other", "fr": "one other", "ru": "one few many",
		"ga": "one two few many other", "so": "one other", "pa-Arab": "one other", "xx": "other", "sl": "one two few other",
		"lt": "one few other", "lv": "zero one other"} {
		var names []string
		for _, f := range PluralForms(lang) {
			names = append(names, f.Name)
			if len(f.Examples) == 0 {
				t.Errorf("%s: no example for %s", lang, f.Name)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s has the forms %s, want %s", lang, got, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, lang := range append(KnownLanguages(nil), "ga", "mt", "sl", "br", "hr", "is", "kw", "gv", "he", "shi", "lv", "mk", "si", "pt-PT") {
		forms := map[string]bool{}
		for _, f := range PluralForms(lang) {
			forms[f.Name] = true
		}
		for range 5000 {
			n := int(random.ExpFloat64() * 30_000)
			if name := form(language.Make(lang), n); !forms[name] && !forms["other"] {
				t.Errorf("%s: %d needs the form %s, which is not asked for", lang, n, name)
				break
			}
		}
	}
	for _, f := range PluralForms("ar") {
		if f.Single != slices.Contains([]string{"zero", "one", "two"}, f.Name) {
			t.Errorf("ar %s: single %v", f.Name, f.Single)
		}
	}
}

func TestWhatATranslationMayNotBe(t *testing.T) {
	set := all(t)
	find := func(key string) Message {
		for _, m := range set.Messages() {
			if m.Key == key {
				return m
			}
		}
		t.Fatalf("there is no %s", key)
		return Message{}
	}
	for _, c := range []struct {
		key, text string
		single    bool
		says      string // "" for nothing
	}{
		{"thanks.title", "آپ کی رائے کا شکریہ", false, ""},
		{"thanks.title", "<b>شکریہ</b> & “so on” %", false, ""},
		{"thanks.title", "", false, ""},
		{"thanks.title", "a\x00b", false, "no page can show"},
		{"thanks.title", "a\nb", false, "no page can show"},
		{"thanks.title", "a\xffb", false, "no page can show"},
		{"thanks.title", "a\u202eb", false, "no page can show"},
		{"thanks.title", "a\u2066b", false, "no page can show"},
		{"thanks.title", "a\ufdd0en\ufdd1b", false, "no page can show"},
		{"thanks.title", "\u200eشکریہ\u200f", false, ""}, // marks of direction that close themselves are used by writers
		{"thanks.title", strings.Repeat("ش", 5000), false, "characters at the most. It has 5000"},
		{"thanks.title", "شکریہ {1}", false, "Take {1} out: nothing is filled in"},
		{"thanks.title", "شکریہ %s", false, "Take { and } out"},
		{"thanks.title", "شکریہ {", false, "Take { and } out"},
		{"questions.page", "صفحہ {1} از {2}", false, ""},
		{"questions.page", "{2} میں سے {1}", false, ""},
		{"questions.page", "صفحہ {1}", false, "Write {2} where it belongs"},
		{"questions.page", "صفحہ", false, "Write {1} and {2} where"},
		{"questions.page", "{1} {2} {3}", false, "Take {3} out: only {1} and {2}"},
		{"questions.page", "{1} {1} {2}", false, "Write {1} once"},
		{"questions.minutes", "ایک منٹ", true, ""},
		{"questions.minutes", "ایک منٹ", false, "Write {1}"},
		{"answer.too_long", "{limit} سے {length}", false, ""},
		{"answer.too_long", "{limit} سے {lenght}", false, "Take {lenght} out: only {length} and {limit}"},
	} {
		why, faulty := find(c.key).Fault(c.text, c.single)
		if got := why.String(); faulty != (c.says != "") || !strings.Contains(got, c.says) {
			t.Errorf("%s %.30q: %q, want %q", c.key, c.text, got, c.says)
		}
	}
}

// made is a translation of everything into signs that nobody mistakes for English.
func made(set *Set, lang string) map[string]Word {
	list := map[string]Word{}
	for _, m := range set.Messages() {
		word := Word{}
		if m.English.Forms == nil {
			word.Text = "⟦" + m.Key + " " + strings.Join(m.Gaps(), " ") + "⟧"
		} else {
			word.Forms = map[string]string{}
			for _, f := range m.FormsOf(lang) {
				word.Forms[f.Name] = "⟦" + m.Key + " " + f.Name + " " + strings.Join(m.Gaps(), " ") + "⟧"
			}
		}
		list[m.Key] = word
	}
	return list
}

// With its words a language has no English on any page; without some of them, those alone are English and say so. Hostile words stay words.
func TestACouncilsOwnWordsAreOnEveryPage(t *testing.T) {
	set := all(t)
	list := made(set, "ar")
	for name, of := range samples(set, "ar") {
		if !strings.HasPrefix(name, "public/") {
			continue
		}
		for i, data := range of {
			data = speaking(t, data, set.Council("ar", list))
			body, err := set.RenderBytes(name, data)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range strings.Split(string(body), `lang="en" dir="ltr">`)[1:] {
				text, _, _ := strings.Cut(part, "<")
				if !slices.Contains(contents, strings.TrimSpace(text)) && !strings.Contains(text, "script") && !strings.HasPrefix(text,
					"Overall, how") {
					t.Errorf("%s %d is English: %q", name, i, text)
				}
			}
		}
	}
	hostile := map[string]Word{"thanks.title": {Text: `<script>alert(1)</script>"' onload=x`},
		"page.language": {Text: `"><img src=x onerror=alert(1)>`}, "thanks.receipt": {Text: "\ufdd0x"},
		"questions.page": {Text: "{1}"}, "thanks.next": {Text: "%s %d %!"}, "no.such": {Text: "x"},
		"questions.minutes": {Forms: map[string]string{"other": "{1}"}}, "thanks.keep": {Text: "100% %% &amp;"}}
	words := set.Council("ar", hostile)
	if len(words.list) != 3 {
		t.Errorf("of the hostile words %v are taken", words.list)
	}
	body, err := set.RenderBytes("public/thanks", speaking(t, samples(set, "ar")["public/thanks"][0], words))
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, want := range []string{"&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39; onload=x",
		`aria-label="&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"`, "100% %% &amp;amp;", `<span lang="en" dir="ltr">Your receipt code</span>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	check(t, "hostile", "ar", page)
}

// contents are the texts of the samples, which are English whatever the language of the page.
var contents = func() (list []string) {
	for _, s := range words5("ar") {
		list = append(list, s.Text.Text)
	}
	return append(list, "Overall, how satisfied or dissatisfied are you with the service you received?", "How did we do?", "Bins",
		"Hello.", "4, Fairly satisfied", "More", "Annual survey", "x", "What is the main reason?", "Delay",
		"It took too long", "Other", "Which?", "Choose any", "A", "B", "Really B", "Group", "None", "Again?", "Yes", "No",
		"How many visits?", "Where?", "Anything else?", "What is your ethnic group?", "If you like", "Irish", "White", "Other White",
		"Indian", "Asian", "Prefer not to say", "https://www.example.org/complaints", "English", "Exampleshire Council", "Sign out", "")
}()

// speaking is a sample with the words.
func speaking(t *testing.T, data any, w *Words) any {
	t.Helper()
	switch d := data.(type) {
	case QuestionnairePage:
		d.Page = d.Page.Speaking(w)
		return d
	case EqualityPage:
		d.Page = d.Page.Speaking(w)
		return d
	case ThanksPage:
		d.Page = d.Page.Speaking(w)
		return d
	case SpentPage:
		d.Page = d.Page.Speaking(w)
		return d
	case ClosedPage:
		d.Page = d.Page.Speaking(w)
		return d
	case NoticePage:
		d.Page = d.Page.Speaking(w)
		return d
	case YouSaidPage:
		d.Page = d.Page.Speaking(w)
		return d
	case ItemPage:
		d.Page = d.Page.Speaking(w)
		return d
	case GonePage:
		d.Page = d.Page.Speaking(w)
		return d
	case PosterPage:
		d.Page = d.Page.Speaking(w)
		return d
	case EmbedPage:
		d.Page = d.Page.Speaking(w)
		return d
	case PerformancePage:
		d.Page = d.Page.Speaking(w)
		return d
	case CouncilPage:
		d.Page = d.Page.Speaking(w)
		return d
	case PublishedPage:
		d.Page = d.Page.Speaking(w)
		return d
	case ErrorPage:
		d.Page = d.Page.Speaking(w)
		return d
	}
	t.Fatalf("no words are given to a %T", data)
	return nil
}

// Questions of ours, and the usual answers, are asked in a council's own words.
func TestQuestionsOfOursInACouncilsWords(t *testing.T) {
	set := all(t)
	p := set.In("ar").Speaking(set.Council("ar", made(set, "ar")))
	c, _ := bank.Find("ethnic_group")
	q := p.AboutYou(c, c.Questions[0], "ar", nil)
	if q.Text.Text != "⟦about.ethnic_group_single.question ⟧" || q.Text.Lang != "" || !strings.Contains(q.Options[0].Group.Text,
		"about.ethnic_group-group") {
		t.Errorf("asked is %+v", q)
	}
	for _, o := range q.Options {
		if o.Text.Lang != "" || o.Hint.Lang != "" || !strings.HasPrefix(o.Text.Text, "⟦about.") {
			t.Errorf("an answer is %+v", o)
		}
	}
	usual := p.Asked(question.Question{Code: "again", Kind: question.YesNo, Text: question.Text{"ar": "؟"}}, "ar", nil)
	if usual.Options[0].Text.Text != "⟦question.usual_yes ⟧" || usual.Options[0].Text.Lang != "" {
		t.Errorf("yes is %+v", usual.Options[0].Text)
	}
	own := p.Asked(question.Question{Code: "again", Kind: question.YesNo,
		Options: []question.Option{{Code: "yes", Text: question.Text{"en": "Sure"}}, {Code: "no", Text: question.Text{"en": "Never"}}}},
		"ar", nil)
	if own.Options[0].Text.Text != "Sure" || own.Options[0].Text.Lang != "en" {
		t.Errorf("the questionnaire's own yes is %+v", own.Options[0].Text)
	}
	read := set.In("en").ReadOut(set.Council("ar", made(set, "ar"))).AboutYou(c, c.Questions[0], "ar", nil)
	if read.Text.Text != "⟦about.ethnic_group_single.question ⟧" || read.Text.Lang != "ar" {
		t.Errorf("read out is %+v", read.Text)
	}
}

// Drawings take words of any length, in any language, marked or not: nothing is cut inside a mark, and nobody meets an error.
func TestDrawingsTakeWordsOfACouncil(t *testing.T) {
	set := all(t)
	long := made(set, "ur")
	for key, word := range long {
		if strings.HasPrefix(key, "chart.") || strings.HasPrefix(key, "month.") {
			word.Text += strings.Repeat("ش", 40)
			if word.Forms != nil {
				word.Text = ""
			}
			long[key] = word
		}
	}
	half, low, high := 0.5, 0.4, 0.6
	for name, p := range map[string]Page{"long": set.In("ur").Speaking(set.Council("ur", long)), "none": set.In("ur"),
		"short": set.In("ur").Speaking(set.Council("ur", map[string]Word{"chart.base": {Text: "{1}"}}))} {
		row := func(label string) Row {
			return Row{Label: label, N: 1234, Value: &half, Low: &low, High: &high, Parts: []float64{0.5, 0.5}}
		}
		c := Chart{ID: "c", Title: p.T("figure.share_satisfied|Share satisfied"), Parts: []string{"مطمئن", "Poor"},
			Rows: []Row{row("گھر"), row(p.Word(question.Text{"en": "Household waste and recycling in the whole of the borough"})),
				{Label: p.T("performance.not_known|Not known"), Hidden: true},
				row(p.Month(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))), {Label: "x"}}}
		for what, drawing := range map[string]string{"bars": string(Bars(p, c)), "parts": string(StackedBars(p, c)),
			"line": string(Line(p, c))} {
			body := string(settle([]byte(`<!DOCTYPE html><p dir="rtl">`+drawing+`</p>`), "ur"))
			if strings.ContainsAny(body, "\ufdd0\ufdd1\ufdd2") || strings.Contains(body, "<span") && strings.Contains(body, "<text><span") {
				t.Errorf("%s %s: %s", name, what, body)
			}
			for _, part := range strings.Split(body, "<text")[1:] {
				tag, text, _ := strings.Cut(part, ">")
				text, _, _ = strings.Cut(text, "<")
				if english := strings.Contains(text, "waste") || strings.Contains(text, "answers") && name == "none" || strings.Contains(text,
					"shown"); english != strings.Contains(tag, `lang="en"`) && english {
					t.Errorf("%s %s: %q does not say that it is English", name, what, text)
				}
			}
		}
	}
}
