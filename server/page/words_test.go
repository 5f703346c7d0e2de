package page

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yousaid/analytics/figures"
	"yousaid/static"
)

var update = flag.Bool("update", false, "write static/locales/en.json anew from the templates")

// message is a word in a template, sentence one in Go, where a key has a dot.
var (
	message  = regexp.MustCompile(`\b(t|tt|plural) +"([a-z0-9_.]+)\|([^"]*)"`)
	sentence = regexp.MustCompile(`()"([a-z0-9_]+(?:\.[a-z0-9_]+)+)\|([^"]*)"`)
)

type found struct {
	word   Word
	public bool
	where  string
}

// errorsOfCustomers are the sentences of server/errors.go that customers meet; all others there are for staff.
var errorsOfCustomers = []string{"error.job", "error.not_started", "error.cross_origin"}

// staffPrefixes begin the keys of sentences that only staff meet, wherever they stand: on translations and on files that they send.
var staffPrefixes = []string{"translations", "csv"}

// said lists every word of the interface, in templates and in Go, and complains of a key with two Englishes.
func said(t *testing.T) map[string]found {
	t.Helper()
	all := map[string]found{}
	add := func(where string, body []byte, public bool, pattern *regexp.Regexp) {
		for _, m := range pattern.FindAllSubmatch(body, -1) {
			key, english := string(m[2]), string(m[3])
			f := found{word: Word{Text: english, Reviewed: true}, public: public, where: where}
			one, other, forms := strings.Cut(english, "|")
			if forms {
				f.word = Word{Forms: map[string]string{"one": one, "other": other}, Reviewed: true}
			}
			if pattern == message && forms != (string(m[1]) == "plural") || strings.Contains(other, "|") {
				t.Errorf("%s: %s has the wrong number of wordings: t key|English, plural key|one|other", where, key)
			}
			if english == "" {
				t.Errorf("%s: %s has no English", where, key)
			}
			if before, ok := all[key]; ok {
				if before.word.plain() != f.word.plain() {
					t.Errorf("%s has two Englishes: %q in %s and %q in %s", key, before.word.plain(), before.where, f.word.plain(), where)
				}
				f.public = f.public || before.public
			}
			f.public = f.public || slices.Contains(errorsOfCustomers, key)
			all[key] = f
		}
	}
	err := fs.WalkDir(static.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".html" {
			return err
		}
		body, err := static.Files.ReadFile(name)
		add(name, body, !strings.HasPrefix(name, "pages/staff/") && !strings.HasPrefix(name, "pages/partials/staff_"), message)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		body, err := os.ReadFile(name)
		add(name, literals(t, name, body),
			readByCustomers(filepath.ToSlash(name)),
			sentence)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"../../surveys/question", "../../surveys/tablefile"} { // kinds and their sentences, formats
		names, err := filepath.Glob(folder + "/*.go")
		if err != nil || len(names) == 0 {
			t.Fatal(folder, err)
		}
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, "_test.go") {
				add(name, literals(t, name, body), strings.HasSuffix(folder, "tablefile"), sentence)
			}
		}
	}
	for key, f := range all {
		prefix, _, _ := strings.Cut(key, ".")
		f.public = (f.public || prefix == "answer") && !slices.Contains(staffPrefixes, prefix)
		all[key] = f
	}
	return all
}

// readByCustomers reports whether customers read the texts of a Go file: pages for them, files of tables, and the labels in these.
func readByCustomers(file string) bool {
	folder := path.Base(path.Dir(file))
	return slices.Contains([]string{"public", "page", "wording", "workbook", "figures"}, folder) ||
		strings.HasSuffix(file, "tablefile/words.go") || strings.HasSuffix(file, "codebook/labels.go")
}

// literals gives the texts of a Go file, each in quotation marks on a line of its own. Parts that are joined by + are one text;
// comments are none.
func literals(t *testing.T, name string, body []byte) []byte {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, body, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if text, whole := constant(e); whole {
			out.WriteString(`"` + text + "\"\n")
			return false
		}
		return true
	})
	return out.Bytes()
}

// constant gives a text that is written as one literal or as several joined by +.
func constant(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok1 := constant(e.X)
		right, ok2 := constant(e.Y)
		return left + right, ok1 && ok2 && e.Op == token.ADD
	}
	return "", false
}

func TestEveryWordHasOneEnglishAndPublicOnesHaveWelsh(t *testing.T) {
	public, staff := map[string]Word{}, map[string]Word{}
	for key, f := range said(t) {
		if f.public {
			public[key] = f.word
		} else {
			staff[key] = f.word
		}
	}
	if len(public) < 50 {
		t.Fatalf("only %d public words were found: the search is broken", len(public))
	}
	if *update {
		write(t, "en", public)
		write(t, "staff/en", staff)
	}
	listed := catalogue(t, "staff/en")
	for key, word := range staff {
		if listed[key].plain() != word.plain() {
			t.Errorf("locales/staff/en.json: %s is %q, the pages say %q: run 'go test ./server/page -run EveryWord -update'", key,
				listed[key].plain(), word.plain())
		}
	}
	for key := range listed {
		if _, ok := staff[key]; !ok {
			t.Errorf("locales/staff/en.json: nothing says %s any more: run 'go test ./server/page -run EveryWord -update'", key)
		}
	}
	english, welsh := catalogue(t, "en"), catalogue(t, "cy")
	for key, word := range public {
		if english[key].plain() != word.plain() {
			t.Errorf("locales/en.json: %s is %q, the templates say %q: run 'go test ./server/page -run EveryWord -update', then look at the Welsh",
				key, english[key].plain(), word.plain())
		}
		if welsh[key].plain() == "" {
			t.Errorf("locales/cy.json has no Welsh for %s, %q", key, word.plain())
			continue
		}
		if (welsh[key].Forms == nil) != (word.Forms == nil) {
			t.Errorf("locales/cy.json: %s must be a plural where the English is one", key)
		}
		for _, text := range append([]string{welsh[key].Text}, values(welsh[key].Forms)...) {
			if text != "" && gaps(text) != gaps(word.Text+word.Forms["other"]) {
				t.Errorf("locales/cy.json: %s has gaps %s, the English %s", key, gaps(text), gaps(word.Text+word.Forms["other"]))
			}
		}
	}
	for key := range english {
		if _, ok := public[key]; !ok {
			t.Errorf("locales/en.json: no customer page says %s any more", key)
		}
	}
	for key, word := range welsh {
		if word.Reviewed && word.Source == "" {
			t.Errorf("locales/cy.json: %s is marked reviewed: say in source where the wording is from, or who read it", key)
		}
	}
}

// write writes a list of words anew.
func write(t *testing.T, name string, list map[string]Word) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("..", "..", "static", "locales", filepath.FromSlash(name)+".json"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// counting is a number that is filled in and what it counts, several of them.
var counting = regexp.MustCompile(`%s (?:[a-z]+ )?(?:people|[a-z]+[^su]s)\b`)

// verbs end as what is counted does: "%s has no answer" names something and counts nothing.
var verbs = regexp.MustCompile(`%s (?:has|was|does|counts|asks|lets|shows|follows|reads|scores|leaves|stands)\b|%s in this\b|` +
	`%s in the scale|the scale %s, %s|%s on the scale`)

// counts tells whether a wording counts something.
func counts(text string) bool { return counting.MatchString(verbs.ReplaceAllString(text, "")) }

var several = regexp.MustCompile(`%s (?:people|[a-z]+[^su]s)\b`)

// neverOne are wordings that count several and are never said of one.
var neverOne = map[string]string{
	"questions.seconds": "ten at least",
	"link.sure":         "asked for several links only",
	"performance.later": "about ten at least: fewer are not counted out",
	"release.later":     "likewise",
	"figure.answers":    "released figures have five people at least",
	"figure.share":      "shares of one answer have thirty people at least",
	"action.too_long":   "the longest quote has hundreds of characters",
	"people.link_what":  "a person chooses",

	"lint.first_page_long":        "the fourth question at least",
	"lint.hard_to_read":           "an age of twelve at least",
	"action_advice.hard_to_read":  "an age of fourteen at least",
	"action_advice.long_sentence": "26 words at least",
	"lint.too_long":               "26 words at least",
	"lint.too_many_options":       "eight answers at least",

	"question.too_many_options": "the limit is two hundred",
	"survey.too_many_pages":     "the limit is fifty",
	"survey.page_long":          "the limit is twenty",

	"translations.file_long":                "the limit is some thousand",
	"translations.many_languages":           "the limit is two dozen",
	"accounts.choose_a_password_of":         "a password has twelve characters at least",
	"accounts.choose_a_password_of_at":      "likewise",
	"accounts.has_no_password_here":         "likewise",
	"accounts.choose_no_more_than":          "the limit is a dozen",
	"accounts.choose_a_picture_of_at":       "a picture has more dots",
	"accounts.write_this_in_one":            "the limit is a hundred and more",
	"catalogue.write_the_name_in_one":       "likewise",
	"catalogue.there_are_more_than":         "the limit is several levels",
	"link.that_would_be_links":              "several links are too many",
	"link.secret_stays_good_until":          "it names a secret by its number",
	"link.secret_ends_at_once":              "likewise",
	"question.wording_long":                 "the limit is some thousand",
	"catalogue.parents_deep":                "the limit is ten",
	"catalogue.file_long":                   "the limit is some thousand",
	"catalogue.name_long":                   "the limit is a hundred and more",
	"translations.long":                     "likewise",
	"settings.complaints_why":               "the law says thirty",
	"result.f_points_likely_range":          "the points have a decimal",
	"result.whether_it_changed_since":       "likewise",
	"survey.answers_with_scores_in":         "a scale has two answers at least",
	"survey.write_the_reason_in":            "the limit is a hundred and more",
	"survey.a_question_can_have":            "likewise",
	"comment.keep_the_text_to":              "likewise",
	"action.this_comment_has_more":          "likewise",
	"equality.satisfied_points_than_likely": "the points have a decimal",
}

// "1 answers" is said nowhere: whatever counts has a wording for one. (Stories look at the pages with one of everything; this finds
// what they do not reach.)
func TestWordingsThatCountKnowOne(t *testing.T) {
	all := said(t)
	for key, f := range all {
		quoted := slices.ContainsFunc(figures.List, func(f figures.Figure) bool { return strings.HasPrefix(f.Quote, key+"|") })
		if counts(f.word.Text) && neverOne[key] == "" && !quoted { // as figure.answers
			t.Errorf("%s: %s says %q of one as well: use plural, or say in neverOne why it is never one", f.where, key, f.word.Text)
		}
		if one := f.word.Forms["one"]; several.MatchString(one) && !strings.Contains(one, "%s was ") {
			t.Errorf("%s: %s says %q of one", f.where, key, one)
		}
	}
	for key := range neverOne {
		if f, ok := all[key]; !ok || !counts(f.word.Text) {
			t.Errorf("neverOne has %s, which counts nothing", key)
		}
	}
}

// gaps lists what is filled in: %s and {name}, in any order.
func gaps(text string) string {
	list := regexp.MustCompile(`%[a-z]|\{[a-z]+\}`).FindAllString(text, -1)
	sort.Strings(list)
	return strings.Join(list, " ")
}

func values(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	sort.Strings(list)
	return list
}

func catalogue(t *testing.T, lang string) map[string]Word {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "static", "locales", filepath.FromSlash(lang)+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var list map[string]Word
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatalf("%s.json: %v", lang, err)
	}
	return list
}

func TestWordsFallBackToEnglishAndSaySo(t *testing.T) {
	files := tiny(`{{define "title"}}{{t "a|Hello %s" .Who}}{{end}}{{define "main"}}<p title="{{t "a|Hello %s" .Who}}">` +
		`{{t "a|Hello %s" .Who}} {{plural "n|%s day|%s days" .N .N}}</p>{{end}}`)
	files["locales/en.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	files["locales/cy.json"] = &fstest.MapFile{Data: []byte(`{"n":{"forms":{"two":"%s ddiwrnod","other":"%s diwrnod"}}}`)}
	set, err := loadAll(files, assets(t))
	if err != nil {
		t.Fatal(err)
	}
	type hello struct {
		Page
		Who string
		N   int
	}
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, `<title>Hello &lt;b&gt;</title><p title="Hello &lt;b&gt;">Hello &lt;b&gt; 1 day</p>`},
		{"en-GB", 2, `<title>Hello &lt;b&gt;</title><p title="Hello &lt;b&gt;">Hello &lt;b&gt; 2 days</p>`},
		{"cy", 2, `<title lang="en">Hello &lt;b&gt;</title>` +
			`<p title="Hello &lt;b&gt;" lang="en"><span lang="en" dir="ltr">Hello &lt;b&gt;</span> 2 ddiwrnod</p>`},
		{"cy", 7, `<title lang="en">Hello &lt;b&gt;</title>` +
			`<p title="Hello &lt;b&gt;" lang="en"><span lang="en" dir="ltr">Hello &lt;b&gt;</span> 7 diwrnod</p>`},
		{"ar", 1, `<title lang="en" dir="ltr">Hello &lt;b&gt;</title>` +
			`<p title="Hello &lt;b&gt;" lang="en"><span lang="en" dir="ltr">Hello &lt;b&gt; 1 day</span></p>`},
	} {
		body, err := set.RenderBytes("public/hello", hello{set.In(c.lang), "<b>", c.n})
		if err != nil {
			t.Fatal(err)
		}
		if string(body) != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.lang, body, c.want)
		}
	}
}

// tiny is a site of one page.
func tiny(page string) fstest.MapFS {
	return fstest.MapFS{
		"locales/en.json":          {Data: []byte(`{}`)},
		"pages/public/layout.html": {Data: []byte(`{{define "layout"}}<title>{{template "title" .}}</title>{{template "main" .}}{{end}}`)},
		"pages/public/hello.html":  {Data: []byte(page)},
	}
}

func TestUnreviewedWelshIsListed(t *testing.T) {
	set := all(t)
	list := set.UnreviewedWelsh()
	if len(list) == 0 {
		t.Fatal("no Welsh is unreviewed: did a speaker read it all?")
	}
	byKey := map[string]Unreviewed{}
	for _, u := range list {
		byKey[u.Key] = u
		if u.English == "" || u.Text == "" {
			t.Errorf("%+v lacks a wording", u)
		}
	}
	if _, ok := byKey["thanks.title"]; !ok {
		t.Error("thanks.title is our own Welsh and not listed")
	}
	if _, ok := byKey["page.back"]; ok {
		t.Error("page.back was taken from a reviewed source and is listed")
	}
}

func TestDatesAndNumbersInWords(t *testing.T) {
	day := time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)
	in := func(lang string) Page { return all(t).In(lang).Plain() }
	for got, want := range map[string]string{
		in("en").Date(day):    "1 February 2026",
		in("cy").Date(day):    "1 Chwefror 2026",
		in("cy-GB").Date(day): "1 Chwefror 2026",
		in("ur").Date(day):    "1 February 2026",
		in("cy").Month(day):   "Chwefror 2026",
		Number(0):             "0",
		Number(999):           "999",
		Number(1000):          "1,000",
		Number(-1234567):      "-1,234,567",
		Percent(0.625):        "62%",
		LanguageName("cy"):    "Cymraeg",
		LanguageName("zzz"):   "zzz",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for lang, want := range map[string]string{"en": "ltr", "cy": "ltr", "ar": "rtl", "ur": "rtl", "he": "rtl", "fa": "rtl",
		"yi": "rtl", "ckb": "rtl", "ku": "ltr", "pa": "ltr", "pa-Arab": "rtl", "": "ltr", "nonsense!": "ltr"} {
		if got := Direction(lang); got != want {
			t.Errorf("Direction(%q) = %q, want %q", lang, got, want)
		}
	}
}

func TestBestLanguage(t *testing.T) {
	for _, c := range []struct {
		asked, accept string
		offered       []string
		want          string
	}{
		{"", "", []string{"en", "cy"}, "en"},
		{"", "cy-GB,cy;q=0.9,en;q=0.8", []string{"en", "cy"}, "cy"},
		{"", "fr,de;q=0.5", []string{"cy", "en"}, "cy"},
		{"cy", "en", []string{"en", "cy"}, "cy"},
		{"xx", "en-GB", []string{"cy", "en"}, "en"},
		{"", "ur-PK", []string{"en", "ur"}, "ur"},
		{"", ";;;,,q=9\x00", []string{"en", "cy"}, "en"},
		{"", "cy", nil, "en"},
	} {
		if got := BestLanguage(c.asked, c.accept, c.offered); got != c.want {
			t.Errorf("BestLanguage(%q, %q, %v) = %q, want %q", c.asked, c.accept, c.offered, got, c.want)
		}
	}
}
