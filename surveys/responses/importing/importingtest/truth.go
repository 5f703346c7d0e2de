package importingtest

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yousaid/surveys/responses/importing"
)

// Survey is one real survey: its answers in shared/data, its questionnaire and mapping in testdata.
type Survey struct {
	Slug, Folder, File string
	Truth              func(t testing.TB, s Survey) []Figure
}

// The surveys with published figures.
var (
	Flying  = Survey{"flying-etiquette", "02_survey_flying_etiquette_2014", "flying-etiquette.csv", flying}
	Toronto = Survey{"toronto-engagement-2022", "03_consultation_toronto_2022", "survey_data.csv", toronto}
	RSE     = Survey{"rse-uk-2016", "05_survey_rse_uk_2016", "public_data.csv", rse}
)

// Figure is one figure somebody else counted: how many gave one of these answers, of how many.
type Figure struct {
	Says     string   // where it stands
	Question string   // "" counts all responses
	Codes    []string // options; nil for everybody who answered
	Count    int64
	Base     int64    // everybody who answered; -1 where the truth does not say
	Percent  *float64 // as published
	Text     bool     // the question takes words: Count is how many wrote something
	Missing  bool     // Count is how many gave no answer
}

// Data finds a file of shared/data beside the repository, or skips the test.
func Data(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{root(t), "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the real data are not here: put them into shared/data beside the repository (%s)", filepath.Join(parts...))
	}
	return path
}

// root walks up to the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
		dir = filepath.Dir(dir)
	}
}

func (s Survey) example(t testing.TB, suffix string) string {
	return filepath.Join(root(t), "surveys", "responses", "importing", "testdata", s.Slug+suffix)
}

func (s Survey) read(t testing.TB, suffix string) []byte {
	t.Helper()
	b, err := os.ReadFile(s.example(t, suffix))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mapping finds the questions of the columns, and the codes of the answers, as the mapping says.
func (s Survey) mapping(t testing.TB) importing.Map {
	t.Helper()
	m, err := importing.ParseMap(s.read(t, ".map.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func unmarshal(t testing.TB, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// flying gives the 11 figures that newspapers quoted.
func flying(t testing.TB, s Survey) (all []Figure) {
	var truth struct {
		Statements []struct {
			Statement              string
			Published, Count, Base int64
			Percent                *float64 `json:"published_pct"`
		}
	}
	unmarshal(t, Data(t, s.Folder, "truth.json"), &truth)
	// The statements are sentences: this is which answers each is about, in their order.
	about := []struct {
		question string
		codes    []string
	}{
		{"", nil}, {"travel", []string{"year", "month", "few_month", "few_week", "day"}}, {"recline", nil},
		{"recline", []string{"always"}}, {"recline", []string{"usually"}},
		{"recline", []string{"half"}}, {"recline", []string{"once"}}, {"recline", []string{"never"}},
		{"recline_rude", []string{"very", "somewhat"}},
		{"eliminate", []string{"no"}}, {"obligation", []string{"yes"}},
	}
	if len(truth.Statements) != len(about) {
		t.Fatalf("truth.json has %d statements, want %d", len(truth.Statements), len(about))
	}
	for i, a := range about {
		f := truth.Statements[i]
		one := Figure{Says: f.Statement, Question: a.question, Codes: a.codes, Count: f.Count, Base: f.Base, Percent: f.Percent}
		if f.Percent == nil {
			one.Count, one.Base = f.Published, -1
		}
		all = append(all, one)
	}
	return all
}

// rse gives every published count that the public file can reproduce.
func rse(t testing.TB, s Survey) (all []Figure) {
	file, err := os.Open(Data(t, s.Folder, "truth_published_counts.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := s.mapping(t)
	for _, r := range rows[1:] {
		published, column, answer, match := r[0], r[1], r[2], r[5]
		if match != "1" {
			continue
		}
		var count int64
		if err := json.Unmarshal([]byte(r[3]), &count); err != nil {
			t.Fatal(err)
		}
		one := Figure{Says: published + ": " + column + ": " + answer, Count: count, Base: -1}
		for _, a := range m.Questions {
			if a.Column != nil && a.Column.Name == column {
				one.Question, one.Missing = a.Question, answer == "(missing)"
				one.Codes = []string{code(a, answer)}
			}
		}
		if one.Question == "" || one.Codes[0] == "" && !one.Missing {
			t.Fatalf("the mapping has no place for %s", one.Says)
		}
		all = append(all, one)
	}
	return all
}

// code finds the code of a text in the mapping's values: as it is, or with small letters.
func code(a importing.Answer, text string) string {
	for _, v := range a.Reading.Values {
		if v.Text == text {
			return v.Code
		}
	}
	for _, v := range a.Reading.Values {
		if a.Reading.Fold && strings.EqualFold(v.Text, text) {
			return v.Code
		}
	}
	return ""
}

// toronto gives the counts that R made of every column.
func toronto(t testing.TB, s Survey) (all []Figure) {
	var truth []struct {
		Column   int `json:"col"`
		Name     string
		Kind     string
		Answered int64
		Counts   map[string]int64
	}
	unmarshal(t, Data(t, s.Folder, "truth_r_marginals.json"), &truth)
	m := s.mapping(t)
	tidy := func(name string) string {
		return strings.Join(strings.Fields(strings.ReplaceAll(html.UnescapeString(name), "\u00a0", " ")), " ")
	}
	for _, c := range truth {
		found := false
		is := func(col importing.Column) bool {
			return col.Number == c.Column || col.Number == 0 && tidy(col.Name) == tidy(c.Name)
		}
		for _, a := range m.Questions {
			for _, tick := range a.Ticks {
				if is(tick.Column) {
					found = true
					all = append(all, Figure{Says: c.Name, Question: a.Question, Codes: []string{tick.Option}, Count: c.Answered, Base: -1})
				}
			}
			if a.Column == nil || !is(*a.Column) {
				continue
			}
			found = true
			if len(a.Reading.Values) == 0 { // words: R took short lists of them for codes
				all = append(all, Figure{Says: c.Name, Question: a.Question, Count: c.Answered, Base: -1, Text: true})
				continue
			}
			all = append(all, Figure{Says: c.Name, Question: a.Question, Count: c.Answered, Base: c.Answered})
			for text, n := range c.Counts {
				one := code(a, text)
				if one == "" {
					t.Fatalf("the mapping has no place for %q of column %d", text, c.Column)
				}
				all = append(all, Figure{Says: c.Name + ": " + text, Question: a.Question, Codes: []string{one}, Count: n, Base: c.Answered})
			}
		}
		if !found {
			t.Fatalf("the mapping leaves out column %d", c.Column)
		}
	}
	return all
}

// Rude is how many of a group find it rude to recline, with the Wilson interval of the share.
type Rude struct {
	Base, Rude int64
	Wilson     [2]float64 `json:"wilson95"`
}

// RudeBySex gives the groups of the flying survey by the code of their sex.
func RudeBySex(t testing.TB) map[string]Rude {
	t.Helper()
	var truth struct {
		Groups map[string]map[string]Rude `json:"rude_to_recline_by_group_recomputed"`
	}
	unmarshal(t, Data(t, Flying.Folder, "truth.json"), &truth)
	all := map[string]Rude{}
	for name, r := range truth.Groups["Gender"] {
		all[strings.ToLower(name)] = r
	}
	if len(all) != 2 {
		t.Fatal("truth.json has no groups by gender")
	}
	return all
}
