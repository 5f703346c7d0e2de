package page

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yousaid/static"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// missing lists what a shipped language lacks that every page for customers needs: words of the pages, months, usual answers and
// questions about the person. Those last
// may also stand in the bank itself.
func missing(c *Catalogue, lang string) (list []string) {
	words := c.builtIn(lang)
	if words == nil {
		return []string{"no file"}
	}
	own := ownWords()
	for _, m := range c.Messages() {
		if names := own[m.Key]; names != nil {
			if _, in := names.In(lang); in == lang {
				continue
			}
		}
		if !c.complete(m, lang, words.list[m.Key]) {
			list = append(list, m.Key)
		}
	}
	return list
}

// complete is Complete for a catalogue of the program, whose gaps are written %s.
func (c *Catalogue) complete(m Message, lang string, word Word) bool {
	return m.Complete(lang, asGaps(word))
}

// ownWords are the wordings that stand beside their questions in the program, in the languages they have there.
func ownWords() map[string]wording.Names {
	own := map[string]wording.Names{}
	for _, word := range question.UsualWords() {
		own[word.Key] = word.Names
	}
	for _, ch := range bank.Characteristics() {
		asked, tables := ch.Words()
		for _, word := range slices.Concat(asked, tables) {
			own[word.Key] = word.Names
		}
	}
	return own
}

// Every language that comes with the program is whole: months, yes and no, and the questions about the person too.
func TestEveryShippedLanguageIsWhole(t *testing.T) {
	files, err := fs.Glob(static.Files, "locales/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		lang := strings.TrimSuffix(path.Base(file), ".json")
		if lang == "en" {
			continue
		}
		if list := missing(all(t).Catalogue, lang); len(list) > 0 {
			t.Errorf("static/locales/%s.json lacks %d wordings, the first of them %s", lang, len(list), strings.Join(list[:min(8, len(list))], ", "))
		}
	}
}

// A language is added by its file alone, and the test above says what the file lacks.
func TestALanguageIsAFile(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"locales/en.json", "locales/cy.json"} {
		body, err := fs.ReadFile(static.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: body}
	}
	files["locales/pl.json"] = &fstest.MapFile{
		Data: []byte(`{"month.2":{"text":"lutego"},"date.day_month_year":{"text":"%s %s %s"},"question.usual_yes":{"text":"Tak"},
			"month.3":{"text":"marzec"},"month.in_date.3":{"text":"marca"},"date.month_year":{"text":"%s %s"},"about.sex.name":{"text":"Płeć"},
			"about.disability-group.disabled":{"text":"Z niepełnosprawnością"},"sheet.web":{"text":"Strona internetowa"}}`),
	}
	c, err := loadCatalogue(files)
	if err != nil {
		t.Fatal(err)
	}
	list := missing(c, "pl")
	for _, key := range []string{"month.1", "question.usual_no", "about.pns", "questions.seconds", "about.sex.female"} {
		if !slices.Contains(list, key) {
			t.Errorf("%s is not said to be missing", key)
		}
	}
	for _, key := range []string{"month.2", "question.usual_yes"} {
		if slices.Contains(list, key) {
			t.Errorf("%s is there and said to be missing", key)
		}
	}
	p := Page{Lang: "pl", words: c.wordsOf("pl")}
	yes := p.Asked(question.Question{Code: "done", Kind: question.YesNo}, "pl", nil).Options
	if got := yes[0].Text; got.Text != "Tak" || got.Lang != "" {
		t.Errorf("yes is %+v", got)
	}
	if got := yes[1].Text; got.Text != "No" || got.Lang != "en" {
		t.Errorf("no is %+v: it must be marked as English", got)
	}
	march := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	sex, _ := bank.Find("sex")
	disability, _ := bank.Find("disability")
	channel := wording.Ours{Key: "sheet.web", Names: question.Text{"en": "Website", "cy": "Gwefan"}}
	for got, want := range map[string]string{
		p.Date(march):                        "1 marca 2026",
		p.Month(march):                       "marzec 2026",
		p.Date(march.AddDate(0, -1, 0)):      "1 lutego 2026", // the one form there is
		p.Word(sex.Called()):                 "Płeć",
		p.Word(disability.Value("disabled")): "Z niepełnosprawnością",
		p.Word(channel):                      "Strona internetowa",
		p.Word(sex.Value("male")):            inLanguage("en", "Male"),
		p.LanguageWord("cy"):                 "walijski",
		p.Word(wording.Ours{Key: "sheet.web", Names: question.Text{"pl": "Portal"}}): "Portal", // as the council has it
	} {
		if got != want {
			t.Errorf("said is %q, want %q", got, want)
		}
	}
	if got := LanguageName("pl"); got != "polski" && got != "Polski" {
		t.Errorf("the language calls itself %q", got)
	}
	if keys := slices.Sorted(maps.Keys(c.words)); !slices.Equal(keys, []string{"cy", "en", "pl"}) {
		t.Errorf("languages %v", keys)
	}
}
