package site_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yousaid/cmd/yousaid/site/sitetest"
	webpage "yousaid/server/page"
	"yousaid/server/page/pagetest"
	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/wording"
)

// speakMadeUp gives the sites of a council the made-up language, and every name in it, and says what people wrote.
func speakMadeUp(t *testing.T, c *council) written {
	t.Helper()
	set := pagetest.Load(t)
	c.fair.open(c).site.Set = set
	for _, s := range []*sitetest.Site{c.full, c.first} {
		s.Set = set
		db := s.Database.Owner()
		for _, column := range columnsOf(t, s, "jsonb") {
			db.MustExec(fmt.Sprintf(`
				UPDATE %[1]s
				SET    %[2]s = regexp_replace(%[2]s::text, '"en": ("([^"\\]|\\.)*")', '"en": \1, "%[3]s": \1', 'g')::jsonb
				WHERE  %[2]s::text LIKE '%%"en": "%%'`, column[0], column[1], pagetest.MadeUp))
		}
	}
	var own written
	own.everything(c.full)
	own.everything(c.first)
	own.everything(c.fair.site.Copy(t), "responses")
	for _, lang := range webpage.KnownLanguages(nil) { // names of languages are not ours
		english, _ := wording.LanguageName(lang).In(pagetest.MadeUp)
		own.texts = append(own.texts, webpage.LanguageName(lang), english)
	}
	own.texts = append(own.texts, notOurs...)
	for _, name := range bank.Templates() {
		yaml, _ := bank.Template(name)
		d, err := surveys.ParseYAML(yaml)
		if err != nil {
			t.Fatal(err)
		}
		own.gather(asJSON(t, d))
		own.gather(webpage.Capital(strings.ReplaceAll(name, "-", " "))) // the survey that it starts with
	}
	return own.sorted()
}

func asJSON(t *testing.T, v any) (out any) {
	t.Helper()
	body, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(body, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// columnsOf lists the columns of a type, each behind its table.
func columnsOf(t *testing.T, s *sitetest.Site, kind string) (list [][2]string) {
	t.Helper()
	rows, err := s.Database.Owner().Query(`
		SELECT c.relname, a.attname
		FROM   pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE  c.relkind = 'r' AND n.nspname = 'public' AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = $1::regtype`, kind)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var one [2]string
		if err := rows.Scan(&one[0], &one[1]); err != nil {
			t.Fatal(err)
		}
		list = append(list, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// written is what people wrote and what the database has, whatever the language of the page: names, answers, addresses. The longest stand
// first.
type written struct {
	texts []string
	all   string
}

// gather adds the texts of a value that was JSON, without the mark that ends a sentence, and with small letters too: they stand in
// sentences.
func (w *written) gather(v any) {
	switch v := v.(type) {
	case string:
		for _, line := range strings.Split(v, "\n") {
			line = strings.TrimRight(strings.Join(strings.Fields(line), " "), "?.!…")
			if hasWord.MatchString(line) {
				w.texts = append(w.texts, line, strings.ToLower(line), strings.ReplaceAll(line, "'", "’"))
			}
		}
	case []any:
		for _, one := range v {
			w.gather(one)
		}
	case map[string]any:
		for key, one := range v {
			w.gather(key)
			w.gather(one)
		}
	}
}

// with adds what was written on a copy of a site, and what is typed into a form.
func (w written) with(t *testing.T, s *sitetest.Site, form url.Values) written {
	w.texts = slices.Clone(w.texts)
	w.everything(s, "responses", "versions", "equality_answers", "audit")
	w.gather(asJSON(t, form))
	return w.sorted()
}

// everything adds what is in a database, but in some tables.
func (w *written) everything(s *sitetest.Site, but ...string) {
	var tables []string
	owner := s.Database.Owner()
	if err := owner.Select(&tables, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`); err != nil {
		s.T.Fatal(err)
	}
	for _, table := range tables {
		if slices.Contains(but, table) {
			continue
		}
		var rows []string
		if err := owner.Select(&rows, fmt.Sprintf(`SELECT row_to_json(t)::text FROM %s t`, table)); err != nil {
			s.T.Fatal(err)
		}
		for _, row := range rows {
			var v any
			if json.Unmarshal([]byte(row), &v) == nil {
				w.gather(v)
			}
		}
	}
}

// sorted has every text once, and all of them in one.
func (w written) sorted() written {
	slices.Sort(w.texts)
	w.texts = slices.Compact(w.texts)
	slices.SortStableFunc(w.texts, func(a, b string) int { return len(b) - len(a) })
	w.all = strings.ToLower(strings.Join(w.texts, "\n"))
	return w
}

var (
	hasWord = regexp.MustCompile(`[A-Za-z]{3}`)
	// inEnglish are two words in letters without accents, one after the other, or a word with a capital.
	inEnglish = regexp.MustCompile(`\b[A-Za-z]{2,} [a-z]{2,}\b|\b[A-Z][a-z]{3,}\b`)
	kept      = regexp.MustCompile(`The audit found: .*`) // the register keeps the sentence
	quotation = regexp.MustCompile(`“[^”]*”`)
	spaces    = regexp.MustCompile(`\s+`)
	// inItself are pages that nobody chose a language for, or that show words of other languages, as a figure that keeps those of the
	// day when it was chosen.
	inItself = regexp.MustCompile(`^/(\?|staff/(translations|sign-in|choose-password|nowhere|releases/\d+/table|actions/\d+/figure|` +
		`keying/.*\blang=)|.*/(preview|poster)\b)|\.json`)
)

// notOurs are names of things and people that are called so in every language.
var notOurs = []string{"Ann Jones", "Yousaid", "Python", "PowerShell", "Shell", "OpenDocument", "Word (DOCX)", "no answer", "Windows",
	"GOV.UK"}

// translated complains of texts that nobody wrote and that are English.
func (w written) translated(t *testing.T, address, body string) {
	t.Helper()
	if inItself.MatchString(address) {
		return
	}
	for _, text := range textsOf(body) {
		rest := kept.ReplaceAllString(spaces.ReplaceAllString(text, " "), "")
		if strings.Contains(w.all, strings.ToLower(strings.TrimSpace(strings.TrimRight(rest, "…?")))) { // or a part of one, as in drawings
			continue
		}
		rest = quotation.ReplaceAllStringFunc(rest, func(part string) string { // what somebody wrote, and why it cannot stay
			if strings.Contains(w.all, strings.ToLower(strings.Trim(part, "“”"))) {
				return "·"
			}
			return part
		})
		for _, own := range w.texts {
			if !inEnglish.MatchString(rest) {
				break
			}
			rest = strings.ReplaceAll(rest, own, "·")
		}
		if found := inEnglish.FindString(rest); found != "" {
			t.Errorf("%s: %q is English in %q", address, found, text)
		}
	}
}

// textsOf lists what a page says, in its text and in attributes that are read out or shown.
func textsOf(body string) (list []string) {
	if strings.HasPrefix(body, "PK") {
		return nil
	}
	if !strings.HasPrefix(strings.TrimSpace(body), "<") {
		return strings.Split(body, "\n")
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch {
		case n.Type == html.TextNode && strings.HasPrefix(strings.TrimSpace(n.Data), "{"): // what the audit trail keeps, as JSON
		case n.Type == html.TextNode:
			list = append(list, strings.TrimSpace(n.Data))
		case n.Type == html.ElementNode && slices.Contains([]string{"script", "style", "code", "pre", "textarea"}, n.Data):
			return
		}
		for _, a := range n.Attr {
			if slices.Contains([]string{"alt", "title", "aria-label", "placeholder"}, a.Key) {
				list = append(list, a.Val)
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(root)
	return list
}
