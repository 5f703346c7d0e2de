// Package pagetest makes a language of which every word can be told from English, for tests that look for sentences that nobody can
// translate.
package pagetest

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"yousaid/server/page"
	"yousaid/static"
)

// MadeUp is the tag of the language, which Unicode has for English with accents. It has two plural forms, as English.
const MadeUp = "en-XA"

// accented are the letters of English, and what stands for each.
var accented = func() *strings.Replacer {
	var pairs []string
	to := []rune("áƀçđéƒĝĥíĵķĺɱñóþʠŕšţúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĹṀÑÓÞɊŔŠŢÚṼŴẊÝŽ")
	for i, from := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		pairs = append(pairs, string(from), string(to[i]))
	}
	return strings.NewReplacer(pairs...)
}()

// gaps are what is filled in, which stays as it is.
var gaps = regexp.MustCompile(`%s|\{[a-z0-9_]+\}`)

// Say writes a text in the language.
func Say(text string) string {
	var b strings.Builder
	for {
		at := gaps.FindStringIndex(text)
		if at == nil {
			b.WriteString(accented.Replace(text))
			return b.String()
		}
		b.WriteString(accented.Replace(text[:at[0]]) + text[at[0]:at[1]])
		text = text[at[1]:]
	}
}

// Load gives the pages of the program with the language beside the others: every wording that has a key is in it.
func Load(t testing.TB) *page.Set {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	files := fstest.MapFS{}
	check(fs.WalkDir(static.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "assets/") {
			return err
		}
		body, err := fs.ReadFile(static.Files, name)
		files[name] = &fstest.MapFile{Data: body}
		return err
	}))
	words := map[string]page.Word{}
	add := func(key string, word page.Word) {
		said := page.Word{Text: Say(word.Text)}
		for form, text := range word.Forms {
			if said.Forms == nil {
				said.Forms = map[string]string{}
			}
			said.Forms[form] = Say(text)
		}
		words[key] = said
	}
	for _, name := range []string{"locales/en.json", "locales/staff/en.json"} {
		var list map[string]page.Word
		check(json.Unmarshal(files[name].Data, &list))
		for key, word := range list {
			add(key, word)
		}
	}
	catalogue, err := page.LoadCatalogue()
	check(err)
	for _, m := range catalogue.Messages() { // and those that stand beside the questions they belong to
		if _, listed := words[m.Key]; !listed {
			add(m.Key, m.English)
		}
	}
	body, err := json.Marshal(words)
	check(err)
	files["locales/"+MadeUp+".json"] = &fstest.MapFile{Data: body}
	set, err := page.LoadFrom(files)
	check(err)
	return set
}
