package question

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func en(s string) Text         { return Text{"en": s} }
func score(f float64) *float64 { return &f }

func option(code string) Option { return Option{Code: code, Text: en("Answer " + code)} }

func scored(code string, s float64) Option {
	return Option{Code: code, Score: &s, Text: en("Answer " + code)}
}

// sample is one well made question of each kind.
var sample = map[Kind]Question{
	Rating: {Code: "rating", Kind: Rating, Required: true, Scale: "lga-satisfaction-5", Text: en("How satisfied?"),
		Options: []Option{scored("5", 5), scored("1", 1), {Code: "dont_know", DontKnow: true, Text: en("Don’t know")}}},
	Choice: {Code: "reason", Kind: Choice, Text: en("Why?"), Options: []Option{option("delay"), option("staff")}},
	Several: {Code: "topics", Kind: Several, Text: en("Which?"), Options: []Option{option("a"), option("b"), option("c"),
		{Code: "none", Exclusive: true, Text: en("None of these")}}},
	YesNo:   {Code: "contact", Kind: YesNo, Text: en("Did you call?")},
	Number:  {Code: "visits", Kind: Number, Text: en("How many visits?"), Min: score(0), Max: score(365)},
	Short:   {Code: "place", Kind: Short, Text: en("Where?")},
	LongTxt: {Code: "comment", Kind: LongTxt, Text: en("Anything else?")},
}

// smallest is the least that a question of a kind needs.
func smallest(k Kind) Question {
	q := Question{Code: "least", Kind: k, Text: en("What?")}
	if q.Listed() {
		q.Options = []Option{{Code: "a", Text: en("A")}, {Code: "b", Text: en("B")}}
		for i := range q.Options {
			if k.Has("score") {
				q.Options[i].Score = score(float64(i))
			}
		}
	}
	return q
}

// TestEveryKind notices a kind that is declared and not registered, registered without a file, or not tried here.
func TestEveryKind(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || spec.Type == nil {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
				declared++
				value, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if _, ok := find(Kind(value)); !ok {
					t.Errorf("kind %q is declared in %s and missing in kinds", value, name)
				}
			}
			return true
		})
	}
	if declared != len(kinds) {
		t.Errorf("%d kinds are declared, %d registered", declared, len(kinds))
	}
	for _, k := range kinds {
		t.Run(string(k.name), func(t *testing.T) {
			if _, err := os.Stat(string(k.name) + ".go"); err != nil {
				t.Errorf("the kind has no file of its own: %v", err)
			}
			for what, words := range map[string]string{"label": k.label, "hint": k.hint} {
				if _, english, keyed := strings.Cut(words, "|"); (words != "" || what == "label") && (!keyed || english == "") {
					t.Errorf("its %s is not key|English: %q", what, words)
				}
			}
			if k.coded && k.free || k.coded != k.name.Has("options") || k.free != (k.limit > 0) || k.free != k.name.Has("max_length") {
				t.Error("coded kinds have options, and only those; words have a limit and max_length, and only those")
			}
			if k.coded && (k.chart == NoChart) != k.many {
				t.Error("answers of which a person gives one are drawn as parts of a whole (chart), and several of many are not")
			}
			if k.coded && k.rates != (k.name.Has("score") || len(k.own) > 0 && k.own[0].Score != nil) {
				t.Error("answers with scores are points of a scale (rates), and those without are not")
			}
			for _, o := range k.own {
				if len(o.Text) < 2 || o.Text["en"] == "" {
					t.Errorf("its answer %q has no words in English and another language", o.Code)
				}
			}
			listed := slices.Clone(k.own)
			for i := range listed {
				listed[i].Score = nil // those of the kind
			}
			for what, options := range map[string][]Option{"one more": append(slices.Clone(listed), option("stray")),
				"one less": listed[:max(0, len(listed)-1)]} {
				if stray := (Question{Code: "own", Kind: k.name, Text: en("What?"), Options: options}); k.own != nil && len(Check(stray)) == 0 {
					t.Errorf("a question that lists its answers with %s is accepted", what)
				}
			}
			q := smallest(k.name)
			if problems := Check(q); len(problems) > 0 {
				t.Errorf("the sample is refused: %v", problems)
			}
			q.Required = true
			if answer, p := Parse(q, []string{"", "  \r\n"}); p == nil || answer != nil || p.Question != q.Code {
				t.Errorf("a required answer left out: got %v, %v", answer, p)
			} else if p.Error() == "" || p.Key() == "" {
				t.Errorf("no sentence when a required answer is left out: %q", p.Text)
			}
			q.Required = false
			if answer, p := Parse(q, nil); p != nil || answer != nil {
				t.Errorf("an optional answer left out: got %v, %v", answer, p)
			}
			for _, bad := range []string{"a\x00b", "\xff\xfe"} {
				if answer, p := Parse(q, []string{bad}); p == nil || answer != nil {
					t.Errorf("%q: got %v, %v", bad, answer, p)
				}
			}
		})
	}
}

func TestParse(t *testing.T) {
	required := sample[Several]
	required.Required = true
	limited := sample[LongTxt]
	limited.MaxLength = 5
	atLeast := sample[Number]
	atLeast.Max = nil
	atMost := sample[Number]
	atMost.Min = nil
	free := sample[Number]
	free.Min, free.Max = nil, nil
	for _, c := range []struct {
		name   string
		q      Question
		values []string
		want   any
		says   string
	}{
		{"rating", sample[Rating], []string{"5"}, "5", ""},
		{"spaces around a code", sample[Rating], []string{" 5 "}, "5", ""},
		{"the same code twice", sample[Rating], []string{"5", "5"}, "5", ""},
		{"don't know", sample[Rating], []string{"dont_know"}, "dont_know", ""},
		{"rating left out", sample[Rating], nil, nil, "Choose one of the answers"},
		{"rating not offered", sample[Rating], []string{"6"}, nil, "Choose an answer from the list"},
		{"two ratings", sample[Rating], []string{"5", "1"}, nil, "Choose only one answer"},
		{"choice", sample[Choice], []string{"delay"}, "delay", ""},
		{"several in the order of the questionnaire", sample[Several], []string{"c", "a", "c"}, []string{"a", "c"}, ""},
		{"several with an unknown one", sample[Several], []string{"a", "z"}, nil, "Choose an answer from the list"},
		{"none of these and another", sample[Several], []string{"none", "a"}, nil, "Choose either “None of these” or other answers, not both"},
		{"none of these", sample[Several], []string{"none"}, []string{"none"}, ""},
		{"several left out", required, nil, nil, "Choose at least one answer"},
		{"yes", sample[YesNo], []string{"yes"}, "yes", ""},
		{"neither yes nor no", sample[YesNo], []string{"maybe"}, nil, "Choose an answer from the list"},
		{"number", sample[Number], []string{"3"}, 3.0, ""},
		{"decimals", sample[Number], []string{"2.5"}, 2.5, ""},
		{"minus nought", sample[Number], []string{"-0"}, 0.0, ""},
		{"a comma", sample[Number], []string{"1,200"}, nil, "Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces"},
		{"a word", sample[Number], []string{"three"}, nil, "Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces"},
		{"not a number", sample[Number], []string{"NaN"}, nil, "Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces"},
		{"an exponent", sample[Number], []string{"1e3"}, nil, "Enter a number in figures only, like 12 or 2.5, with no commas, words or spaces"},
		{"too large", sample[Number], []string{"366"}, nil, "Enter a number from 0 to 365"},
		{"too small", atLeast, []string{"-1"}, nil, "Enter a number that is 0 or more"},
		{"over the most", atMost, []string{"400"}, nil, "Enter a number that is 365 or less"},
		{"out of all reason", free, []string{"999999999999999"}, nil, "Enter a number from -1,000,000,000,000 to 1,000,000,000,000"},
		{"short", sample[Short], []string{" High \n Street "}, "High Street", ""},
		{"short at its limit", sample[Short], []string{strings.Repeat("ŵ", 200)}, strings.Repeat("ŵ", 200), ""},
		{"short over its limit", sample[Short], []string{strings.Repeat("ŵ", 201)}, nil,
			"Your answer must be 200 characters or fewer. It has 201."},
		{"text", sample[LongTxt], []string{"One\r\ntwo\x07"}, "One\ntwo", ""},
		{"text at its limit", sample[LongTxt], []string{strings.Repeat("😀", 1200)}, strings.Repeat("😀", 1200), ""},
		{"text over its limit", sample[LongTxt], []string{strings.Repeat("a", 1304)}, nil,
			"Your comment must be 1,200 characters or fewer. It has 1,304."},
		{"a line end is one character", limited, []string{"ab\r\ncd"}, "ab\ncd", ""},
		{"two boxes", sample[LongTxt], []string{"a", "b"}, nil, "Write one answer only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, p := Parse(c.q, c.values)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if said := problemText(p); said != c.says {
				t.Errorf("said %q, want %q", said, c.says)
			}
		})
	}
}

func problemText(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.Error()
}

func TestCheck(t *testing.T) {
	with := func(k Kind, change func(*Question)) Question {
		q := sample[k]
		q.Options = append([]Option(nil), q.Options...)
		change(&q)
		return q
	}
	for _, c := range []struct {
		name string
		q    Question
		key  string
	}{
		{"capital letters", with(Choice, func(q *Question) { q.Code = "Reason" }), "question.code"},
		{"no code", with(Choice, func(q *Question) { q.Code = "" }), "question.code"},
		{"42 letters", with(Choice, func(q *Question) { q.Code = strings.Repeat("a", 42) }), "question.code"},
		{"a form field", with(Choice, func(q *Question) { q.Code = "token" }), "question.code_reserved"},
		{"a button of the form", with(Choice, func(q *Question) { q.Code = "action" }), "question.code_reserved"},
		{"a dimension", with(Choice, func(q *Question) { q.Code = "month" }), "question.code_reserved"},
		{"a dimension", with(Choice, func(q *Question) { q.Code = "channel" }), "question.code_reserved"},
		{"a figure of a cell", with(Choice, func(q *Question) { q.Code = "satisfied" }), ""},
		{"an equality question", with(Choice, func(q *Question) { q.Code = "llti_limit" }), "question.code_reserved"},
		{"a characteristic's group", with(Choice, func(q *Question) { q.Code = "age_group" }), "question.code_reserved"},
		{"a kind nobody knows", with(Choice, func(q *Question) { q.Kind = "slider" }), "question.kind"},
		{"no wording", with(Choice, func(q *Question) { q.Text = Text{"en": " "} }), "question.text_missing"},
		{"a language nobody knows", with(Choice, func(q *Question) { q.Text = Text{"English!": "Why?"} }), "question.wording"},
		{"NUL in the wording", with(Choice, func(q *Question) { q.Text = en("Why\x00?") }), "question.wording"},
		{"one option", with(Choice, func(q *Question) { q.Options = q.Options[:1] }), "question.too_few_options"},
		{"an option twice", with(Choice, func(q *Question) { q.Options[1].Code = "delay" }), "question.option_twice"},
		{"an option without a code", with(Choice, func(q *Question) { q.Options[1].Code = "" }), "question.option_code"},
		{"an option without wording", with(Choice, func(q *Question) { q.Options[1].Text = nil }), "question.option_text_missing"},
		{"a rating without a score", with(Rating, func(q *Question) { q.Options[1].Score = nil }), "question.score_missing"},
		{"a score that is no number", with(Rating, func(q *Question) { q.Options[1].Score = score(math.NaN()) }), "question.of_answer"},
		{"a score on don't know", with(Rating, func(q *Question) { q.Options[2].Score = score(1) }), "question.score_not_counted"},
		{"one score", with(Rating, func(q *Question) { q.Options = q.Options[1:] }), "question.scores_too_few"},
		{"a bad scale", with(Rating, func(q *Question) { q.Scale = "My scale" }), "question.name"},
		{"a score on a choice", with(Choice, func(q *Question) { q.Options[0].Score = score(1) }), "question.of_answer"},
		{"a bad bank name", with(Choice, func(q *Question) { q.Bank = "My bank" }), "question.name"},
		{"a scale on a choice", with(Choice, func(q *Question) { q.Scale = "x" }), "question.only"},
		{"exclusive on a choice", with(Choice, func(q *Question) { q.Options[0].Exclusive = true }), "question.of_answer"},
		{"max_length on a choice", with(Choice, func(q *Question) { q.MaxLength = 5 }), "question.only"},
		{"min on a choice", with(Choice, func(q *Question) { q.Min = score(1) }), "question.only"},
		{"options on a text", with(LongTxt, func(q *Question) { q.Options = []Option{option("a")} }), "question.no_options"},
		{"yes, no and perhaps", with(YesNo, func(q *Question) { q.Options = []Option{option("yes"), option("no"), option("perhaps")} }),
			"question.yes_no"},
		{"yes and no", with(YesNo, func(q *Question) { q.Options = []Option{option("yes"), option("no")} }), ""},
		{"max under min", with(Number, func(q *Question) { q.Max = score(-1) }), "question.min_max"},
		{"an endless max", with(Number, func(q *Question) { q.Max = score(math.Inf(1)) }), "question.number"},
		{"longer than any text", with(LongTxt, func(q *Question) { q.MaxLength = 5001 }), "question.whole_number"},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys := []string{}
			for _, p := range Check(c.q) {
				keys = append(keys, p.Key())
				if p.Key() == "" || p.Error() == "" || strings.Contains(p.Error(), "%s") {
					t.Errorf("not a sentence with a key: %q", p.Text)
				}
			}
			want := []string{c.key}
			if c.key == "" {
				want = []string{}
			}
			if diff := cmp.Diff(want, keys); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("5", "1")
	f.Add("1,200", "")
	f.Add("a\x00", "\xff")
	f.Add("none", "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, q := range sample {
			answer, p := Parse(q, []string{a, b})
			if p != nil && answer != nil {
				t.Errorf("%s: both an answer %v and a problem %v", q.Code, answer, p)
			}
			if s, ok := answer.(string); ok && (strings.ContainsRune(s, 0) || runes(s) > MostText) {
				t.Errorf("%s: stored %q", q.Code, s)
			}
		}
	})
}

// TestReservedCodesAreDocumented: people who write questionnaires read which codes are taken.
func TestReservedCodesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/questionnaire-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range reserved {
		if !slices.Contains(equality, code) && !strings.Contains(string(page), "`"+code+"`") {
			t.Errorf("docs/questionnaire-yaml.md does not say that no question can be called %q", code)
		}
	}
}
