package attack

import (
	"fmt"
	"strings"
	"testing"
)

// survey is the questionnaire of the files below: a rating on the scale "two" in two surveys, a question of their own, two
// characteristics and three languages.
func survey() Questionnaire {
	one, two, yes, no := 1.0, 2.0, true, false
	return Questionnaire{
		Questions: []Question{
			{
				Code:      "rating",
				Scale:     "two",
				Surveys:   []string{"s", "other"},
				Answers:   []Answer{{Code: "good", Score: &two, Satisfied: &yes}, {Code: "poor", Score: &one, Satisfied: &no}},
				Uncounted: []string{"dk"},
			},
			{Code: "own", Surveys: []string{"s"}, Answers: []Answer{{Code: "yes"}, {Code: "no"}}},
			{Code: "topics", Surveys: []string{"s"}, Several: true, Answers: []Answer{{Code: "a"}, {Code: "b"}}},
		},
		Characteristics: []Characteristic{
			{ID: "sex", Codes: []string{"female", "male", "pns"}, Groups: map[string]string{"female": "female", "male": "male", "pns": "pns"}},
			{ID: "age", Codes: []string{"young", "middle", "old"}, Groups: map[string]string{"young": "adult", "middle": "adult", "old": "old"}},
		},
		Services: []Service{
			{Slug: ""},
			{Slug: "bins", Home: func(string) string { return "streets" }},
			{Slug: "trees", Home: func(month string) string {
				if month < "2026-03" {
					return "streets"
				}
				return "parks"
			}},
			{Slug: "ponds", Home: func(string) string { return "parks" }},
		},
		Lists: map[string][]string{"channel": {"web", "post", "sms"}, "language": {"en", "cy", "ur"}},
	}
}

// publication reads a table as it would be published: rows of codes, number, answers and mean. A row without answers holds them back.
func publication(t *testing.T, measure, months, by, rows string) Publication {
	t.Helper()
	var file strings.Builder
	dims := strings.Fields(by)
	for _, id := range dims {
		fmt.Fprintf(&file, "%s,Code of %s,", id, id)
	}
	file.WriteString("Number of answers,First (number),Second (number)\n")
	for _, line := range strings.Split(strings.TrimSpace(rows), "\n") {
		fields := strings.Fields(line)
		for _, code := range fields[:len(dims)] {
			fmt.Fprintf(&file, "%s,%s,", code, strings.ReplaceAll(strings.ReplaceAll(code, "all", "(all)"), "none", "(no answer)"))
		}
		rest := append(fields[len(dims):], "[c]", "[c]")
		file.WriteString(strings.Join(rest[:3], ",") + "\n")
	}
	tables, err := Read("table.csv", []byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	from, to, _ := strings.Cut(months, " ")
	return Publication{Table: tables[0], Measure: measure, Surveys: []string{"s"}, From: "2026-" + from, To: "2026-" + to}
}

// found attacks and wants the leaks of these kinds, each at least once, and no others.
func (p PeopleReport) wants(t *testing.T, leaks ...Leak) {
	t.Helper()
	for leak := Disclosed; leak <= NotJudged; leak++ {
		wanted := false
		for _, l := range leaks {
			wanted = wanted || l == leak
		}
		if (p.Count(leak) > 0) != wanted {
			t.Errorf("%s: %d found, wanted: %v\n%s\n%v", leak, p.Count(leak), wanted, p, p.Findings)
		}
	}
	if (p.Err() == nil) != (len(leaks) == 0) {
		t.Errorf("leaks %v, and the error %v", leaks, p.Err())
	}
}

// finds wants one finding, whatever else there is.
func (p PeopleReport) finds(t *testing.T, leak Leak, words string) {
	t.Helper()
	for _, f := range p.Findings {
		if f.Leak == leak && strings.Contains(f.String(), words) {
			return
		}
	}
	t.Errorf("%s with %q was not found: %s\n%v", leak, words, p, p.Findings)
}

// patient counts work instead of seconds, so that a slow machine finds the same.
var patient = PeopleOptions{}

// One question under two names: a hidden 3 is what is left of four months when two halves of them, under the name of the
// scale, show its neighbour.
func TestPeopleOneQuestionUnderTwoNames(t *testing.T) {
	t.Parallel()
	whole := publication(t, "rating", "01 04", "channel", "web 60 40 20\npost [c]\nsms [c]\nall 93 61 32")
	half := func(name, months string) Publication {
		return publication(t, name, months, "channel", "web [c]\npost 15 10 5\nsms [c]\nall 46 31 15")
	}
	first, second := half("scale:two", "01 02"), half("scale:two", "03 04")
	second.Table.Rows[3].N, second.Table.Rows[3].Distribution = &Interval{47, 47}, []Interval{{30, 30}, {17, 17}}
	r := People(survey(), []Publication{whole, first, second}, patient)
	r.finds(t, Disclosed, "publication 1, sms: disclosed, 3:")
	r.finds(t, Disclosed, "publication 1, post: disclosed, 30:")
	// The same under one name; and each by itself is safe.
	first.Measure, second.Measure = "rating", "rating"
	People(survey(), []Publication{whole, first, second}, patient).finds(t, Disclosed, "publication 1, sms: disclosed, 3:")
	for _, one := range []Publication{whole, first, second} {
		People(survey(), []Publication{one}, patient).wants(t)
	}
	// Tables of other people give nothing away.
	first.Surveys, second.Surveys = []string{"other"}, []string{"other"}
	People(survey(), []Publication{whole, first, second}, patient).wants(t)
}

// Answers of a distribution that is held back follow by subtraction: 61 are the sum of two aggregates that are shown, and
// 20 are what is left then.
func TestPeopleHeldBackDistributions(t *testing.T) {
	t.Parallel()
	const rows = `
female web 60 40 20
female post 60 35 25
female sms [c]
female all 126 79 47
male web 31 11 20
male post 30 17 13
male all 61
pns web 10
pns post 10
pns sms [c]
pns all 20
none web [c]
none post [c]
none sms [c]
none all [c]
male sms [c]
all web 101 60 41
all post 100 60 40
all all 207 124 83`
	table := publication(t, "rating", "01 01", "sex channel", rows)
	r := People(survey(), []Publication{table}, patient)
	if r.Count(DistributionDisclosed) == 0 && r.Count(RemainderDisclosed) == 0 {
		t.Errorf("%s\n%v", r, r.Findings)
	}
	r = People(
		survey(),
		[]Publication{publication(t, "rating", "01 01", "sex", "female 100 60 40\nmale 61\npns [c]\nnone [c]\nall 171 100 71")},
		patient,
	)
	r.wants(t)
	r = People(
		survey(),
		[]Publication{publication(t, "rating", "01 01", "sex", "female 100 60 40\nmale 61 30 31\npns 10\nnone 14\nall 185 110 75")},
		patient,
	)
	r.wants(t, RemainderDisclosed)
	r.finds(t, RemainderDisclosed, "pns and (no answer) together): remainder disclosed, 24:")
	r = People(
		survey(),
		[]Publication{publication(t, "rating", "01 01", "sex", "female 100 60 40\nmale 61 30 31\npns 20\nnone 0 0 0\nall 181 110 71")},
		patient,
	)
	r.finds(t, DistributionDisclosed, "pns (good): held-back answer disclosed, 20:")
}

// Two questions crossed both ways are one lattice: what one table hides, the distributions of the other print.
func TestPeopleTwoQuestionsBothWays(t *testing.T) {
	t.Parallel()
	rating := publication(t, "rating", "01 01", "channel own", `
web yes 20 18 2
web no 15 14 1
web none 8 8 0
web all 43 40 3
post yes 20 10 10
post no 20 10 10
post none 7 4 3
post all 47 24 23
sms yes [c]
sms no [c]
sms none [c]
sms all [c]
all yes [c]
all no [c]
all none [c]
all all 93 66 27`)
	own := publication(t, "own", "01 01", "channel rating", `
web good 32 18 14
web poor [c]
web dk [c]
web none [c]
web all [c]
post good 20 10 10
post poor 20 10 10
post dk [c]
post none [c]
post all [c]
sms good [c]
sms poor [c]
sms dk [c]
sms none [c]
sms all [c]
all good [c]
all poor [c]
all dk [c]
all none [c]
all all [c]`)
	People(survey(), []Publication{rating, own}, patient).finds(t, Disclosed, "publication 2, web, poor: disclosed, 3:")
	People(survey(), []Publication{own}, patient).wants(t)
}

// A table of what people have lists a hidden row only where somebody is.
func TestPeopleRowsThatAreThereForSomebody(t *testing.T) {
	t.Parallel()
	r := People(survey(), []Publication{publication(t, "rating", "01 01", "language", "en [c]\ncy [c]\nall 93 66 27")}, patient)
	r.finds(t, RowDisclosed, "cy (language): row tells of somebody, 1 or more")
	People(
		survey(),
		[]Publication{publication(t, "rating", "01 01", "language", "en 90 64 26\ncy [c]\nur [c]\nall 93 66 27")},
		patient,
	).wants(
		t,
		TooNarrow,
	) // up to 3 of two languages, and nobody says that there is one of each
	whole := publication(t, "rating", "01 01", "language", "en [c]\ncy [c]\nur [c]\nall 93 66 27")
	People(survey(), []Publication{whole}, patient).wants(t)
	// Answers that are not about one service are a row like any other.
	People(
		survey(),
		[]Publication{publication(t, "rating", "01 01", "service", "bins 80 60 20\ntrees [c]\nponds [c]\nall 93 66 27")},
		patient,
	).wants(
		t,
		RowDisclosed,
	)
}

// Who left between two files is the difference; and a service that moves is in both directorates.
func TestPeopleChangesAndMoves(t *testing.T) {
	t.Parallel()
	before := publication(t, "rating", "01 01", "channel", "web 60 40 20\npost [c]\nsms [c]\nall 93 61 32")
	after := publication(t, "scale:two", "01 01", "channel", "web 59 39 20\npost [c]\nsms [c]\nall 92 60 32")
	after.Epoch = 1
	o := patient
	o.Changes = []Change{Left}
	People(survey(), []Publication{before, after}, o).wants(t, DifferenceDisclosed)
	o.Changes = []Change{Left | Came} // whoever takes both to be possible knows less
	People(survey(), []Publication{before, after}, o).wants(t)
	if r := People(
		survey(),
		[]Publication{before, after},
		patient,
	); !strings.Contains(r.Trouble, "changes that nobody explains") ||
		r.Err() == nil {
		t.Errorf("%s", r)
	}

	services := publication(t, "rating", "01 04", "service", "bins 40 20 20\ntrees 40 20 20\nponds [c]\nnone [c]\nall 90 50 40")
	places := publication(t, "rating", "01 02", "directorate", "streets 60 30 30\nparks [c]\nnone [c]\nall 70 40 30")
	later := publication(t, "rating", "03 04", "directorate", "streets [c]\nparks [c]\nnone [c]\nall 20 10 10")
	r := People(survey(), []Publication{services, places, later}, patient)
	r.finds(t, Disclosed, "publication 3, (no answer): disclosed, 0:") // 80 less 60 are all of the 20 after the move
	if r := People(survey(), []Publication{places, later}, patient); r.Count(Disclosed) > 0 {
		t.Errorf("%s\n%v", r, r.Findings)
	}
}

// Months, surveys and groups that overlap: what is printed once less what is printed elsewhere.
func TestPeopleOverlaps(t *testing.T) {
	t.Parallel()
	quarter := publication(t, "rating", "01 03", "channel", "web 60 40 20\npost [c]\nsms [c]\nall 93 61 32")
	months := publication(t, "rating", "01 02", "channel", "web 57 38 19\npost [c]\nsms [c]\nall 80 51 29")
	r := People(survey(), []Publication{quarter, months}, patient)
	r.wants(t, DifferenceDisclosed)
	r.finds(t, DifferenceDisclosed, "publication 1, web (less publication 2, web): difference disclosed, 3:")
	both := quarter
	both.Surveys = []string{"s", "other"}
	People(
		survey(),
		[]Publication{both, months},
		patient,
	).finds(
		t,
		DifferenceDisclosed,
		"web (less publication 2, web): difference disclosed, 3:",
	)
	// The parts of three files that no two of them tell apart.
	first := publication(t, "rating", "01 01", "channel", "web 30 20 10\npost [c]\nsms [c]\nall 40 26 14")
	third := publication(t, "rating", "03 03", "channel", "web 28 19 9\npost [c]\nsms [c]\nall 40 26 14")
	People(survey(), []Publication{quarter, first, third}, patient).finds(t, DifferenceDisclosed, "web (2026-02): difference disclosed, 2:")
	// Groups of a characteristic, and one answer of several.
	ages := publication(t, "rating", "01 01", "age", "young 40\nmiddle [c]\nold [c]\nnone [c]\nall 100 60 40")
	groups := publication(t, "rating", "01 01", "age_group", "adult 43\nold 57 30 27\nnone 0\nall 100 60 40")
	groups.Rows[2].Distribution = []Interval{{}, {}}
	People(survey(), []Publication{ages, groups}, patient).finds(t, Disclosed, "publication 1, middle: disclosed, 3:")
	ticked := publication(t, "rating", "01 01", "topics:a", "yes 40 20 20\nno [c]\nnone [c]\nall 50 25 25")
	other := publication(t, "rating", "01 01", "topics:b", "yes 40 20 20\nno 8 4 4\nnone 2 1 1\nall 50 25 25")
	People(survey(), []Publication{ticked, other}, patient).finds(t, Disclosed, "publication 1, no: disclosed, 8:")
}

// An attack that judged nothing says so, and what it cannot read is never safe.
func TestPeopleNothingJudged(t *testing.T) {
	t.Parallel()
	open := publication(t, "rating", "01 01", "channel", "web 60 40 20\npost 20 10 10\nsms 13 11 2\nall 93 61 32")
	r := People(survey(), []Publication{open}, patient)
	if r.Judged() != 0 || r.Err() == nil || !strings.Contains(r.Err().Error(), "nothing was judged") {
		t.Errorf("%s, %v", r, r.Err())
	}
	for name, list := range map[string][]Publication{
		"there are no files": nil,
		"is not asked": {publication(t, "own", "01 01", "channel", "web [c]\nall 93 61 32"),
			func() Publication { p := open; p.Surveys = []string{"other"}; p.Measure = "own"; return p }()},
		"the questionnaire has no shoes": {publication(t, "rating", "01 01", "shoes", "big [c]\nall 93 61 32")},
		"agree with no people":           {publication(t, "rating", "01 01", "channel", "web 60 40 20\npost [c]\nsms [c]\nall 50 30 20")},
		"without surveys or months":      {func() Publication { p := open; p.From = "soon"; return p }()},
		"has no one answer":              {publication(t, "topics", "01 01", "channel", "web [c]\npost [c]\nsms [c]\nall 93 61 32")},
	} {
		r := People(survey(), list, patient)
		if !strings.Contains(r.Trouble, name) || r.Unknown == 0 || r.Err() == nil {
			t.Errorf("%s: %s, %v", name, r, r.Err())
		}
	}
	// The truth shows that a file does not say what the model takes it to say.
	o := patient
	o.Truth = []Person{{Survey: "s", Month: "2026-01", Codes: map[string]string{"rating": "good", "channel": "web"}}}
	hidden := publication(t, "rating", "01 01", "channel", "web [c]\npost [c]\nsms [c]\nall 93 61 32")
	if r := People(survey(), []Publication{hidden}, o); !strings.Contains(r.Trouble, "do not say what is true") {
		t.Errorf("%s", r)
	}
}
