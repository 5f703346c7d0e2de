package disclosure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spread gives n people answers from 1 to 5 that are neither one-sided nor alike.
func spread(n int64) []int64 {
	d := make([]int64, 5)
	for i := range n {
		d[(i*7+i/5)%5]++
	}
	return d
}

// outline writes a table as one word a cell and the total last: hidden, not-asked, or the base, with "u" when it is of low
// reliability and "+" when the distribution is there.
func outline(t Table) string {
	var words []string
	for _, c := range append(t.Cells(), t.Total()) {
		switch {
		case c.State == NotAsked:
			words = append(words, "not-asked")
		case c.State == Hidden:
			words = append(words, "hidden")
		default:
			w := fmt.Sprint(c.Figures.N)
			if c.Figures.LowReliability {
				w += "u"
			}
			if c.Figures.Distribution != nil {
				w += "+"
			}
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

func TestProtect(t *testing.T) {
	equality, public := Rules{Equality: true}, Rules{}
	same := func(n int64) []int64 { return []int64{0, 0, 0, 0, n} }
	for _, c := range []struct {
		name  string
		rules Rules
		bases []any // a base, or its distribution
		want  string
	}{
		{"nothing to hide", equality, []any{40, 50, 60}, "40+ 50+ 60+ 150+"},
		{"a lone small group takes the next smallest with it", equality, []any{40, 9, 60, 50}, "hidden hidden 60+ 50+ 159+"},
		{"a zero is hidden like a small number", equality, []any{0, 40, 60, 50}, "hidden hidden 60+ 50+ 150+"},
		{"two small groups together at the threshold suffice, but not for distributions", equality, []any{6, 5, 60, 50},
			"hidden hidden 60+ 50 121+"},
		{"two small groups together below the threshold do not", equality, []any{5, 4, 60, 50}, "hidden hidden 60+ hidden 119+"},
		{"zeros only", equality, []any{0, 0, 60, 50}, "hidden hidden 60+ hidden 110+"},
		{"small bases have no distribution, and one alone would be total minus the others", equality, []any{12, 40, 60}, "12u 40 60+ 112+"},
		{"two small bases are enough when they come to 30", equality, []any{12, 18, 60}, "12u 18u 60+ 90+"},
		{"two small bases below 30 are not", equality, []any{12, 13, 60, 70}, "12u 13u 60 70+ 155+"},
		{"everybody in one large group", equality, []any{0, 0, 200}, "hidden hidden hidden 200+"},
		{"total below the base of 30", equality, []any{12, 13}, "12u 13u 25u"},
		{"total below the threshold hides all", equality, []any{3, 6}, "hidden hidden hidden"},
		{"one group only, and large", equality, []any{31}, "31+ 31+"},
		{"one group only, and small", equality, []any{9}, "hidden hidden"},
		{"nobody at all", equality, []any{0, 0, 0}, "hidden hidden hidden hidden"},
		{"exactly the threshold", equality, []any{10, 20}, "10u 20u 30+"},
		{"the first of two equal groups goes", equality, []any{50, 9, 50, 60}, "hidden hidden 50+ 60+ 169+"},
		{"12 of one mind are hidden and take a companion", equality, []any{same(12), 40, 50}, "hidden hidden 50+ 102+"},
		{"all but one of one mind", equality, []any{[]int64{1, 0, 0, 0, 11}, 40, 50}, "hidden hidden 50+ 102+"},
		{"all but two of one mind are shown", equality, []any{[]int64{2, 0, 0, 0, 18}, 40, 50}, "20u 40 50+ 110+"},
		{"30 of one mind are shown", equality, []any{same(30), 40, 50}, "30+ 40+ 50+ 120+"},
		{"hidden groups that are of one mind together take a third", equality, []any{same(12), same(4), 50, 60}, "hidden hidden hidden 60+ 126+"},
		{"public, without equality: five suffice, distributions and all", public, []any{5, 6, 70}, "5u+ 6u+ 70+ 81+"},
		{"public, four are hidden", public, []any{4, 6, 70}, "hidden hidden 70+ 80+"},
		{"public, a higher threshold", Rules{Threshold: 8}, []any{4, 6, 70}, "hidden hidden 70+ 80+"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var counts [][]int64
			for _, b := range c.bases {
				switch b := b.(type) {
				case int:
					counts = append(counts, spread(int64(b)))
				case []int64:
					counts = append(counts, b)
				}
			}
			table, err := Protect(lattice(rating(5), counts...), c.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got := outline(table); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if table.Hidden() != strings.Count(c.want, "hidden") {
				t.Errorf("Hidden() = %d", table.Hidden())
			}
		})
	}
}

func TestGroupsNotAskedAreNeitherHiddenNorCompanions(t *testing.T) {
	l := lattice(rating(5), spread(0), spread(40), spread(50))
	l.NotAsked = []bool{true, false, false}
	table, err := Protect(l, Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := outline(table); got != "not-asked 40+ 50+ 90+" {
		t.Error(got)
	}
	l = lattice(rating(5), spread(0), spread(3), spread(40), spread(50))
	l.NotAsked = []bool{true, false, false, false}
	if table, _ = Protect(l, Rules{Equality: true}); outline(table) != "not-asked hidden hidden 50+ 93+" {
		t.Error(outline(table))
	}
}

func TestFiguresAreRight(t *testing.T) {
	table, err := Protect(lattice(rating(5), []int64{6, 9, 25, 90, 70}, []int64{10, 10, 10, 10, 10}), Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	f := table.Cells()[0].Figures
	near := func(got *float64, want float64) bool { return got != nil && math.Abs(*got-want) < 1e-12 }
	if f.N != 200 || !near(f.Mean, 4.045) || !near(f.Satisfied, 0.8) || !near(f.Low, 0.739144813434621) || !near(f.High, 0.849547990739019) ||
		f.LowReliability || !cmp.Equal(f.Distribution, []int64{6, 9, 25, 90, 70}) {
		t.Errorf("%+v", f)
	}
	total := table.Total().Figures
	if total.N != 250 || !near(total.Mean, (809.0+150)/250) || !cmp.Equal(total.Distribution, []int64{16, 19, 35, 100, 80}) {
		t.Errorf("total %+v", total)
	}
	words, err := Protect(lattice(nominal(3), []int64{20, 20, 20}, []int64{30, 1, 1}), Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	if f := words.Cells()[0].Figures; f.Mean != nil || f.Satisfied != nil || f.Low != nil || f.High != nil || f.N != 60 {
		t.Errorf("a measure without scores has figures of scores: %+v", f)
	}
}

// integers collects every integer that a value holds, also behind pointers and in fields that are not exported.
func integers(v reflect.Value, found map[int64]bool) {
	switch v.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		found[v.Int()] = true
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			integers(v.Elem(), found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			integers(v.Field(i), found)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			integers(v.Index(i), found)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			integers(v.MapIndex(k), found)
		}
	}
}

func TestATableHoldsOnlyWhatIsReleased(t *testing.T) {
	table, err := Protect(lattice(rating(5), spread(37), spread(7), spread(61), spread(53)), Rules{Equality: true})
	if err != nil {
		t.Fatal(err)
	}
	inside := map[int64]bool{}
	integers(reflect.ValueOf(table), inside)
	for _, c := range table.Cells() {
		if c.State == Hidden && c.Figures != nil {
			t.Error("a hidden cell has figures")
		}
	}
	if inside[37] || inside[7] || !inside[61] || !inside[53] {
		t.Errorf("the table carries a hidden figure, or not the shown ones: %v", inside)
	}
	if out, err := json.Marshal([]any{table}); err != nil || string(out) != "[{}]" {
		t.Errorf("a table writes itself out past its accessors: %s %v", out, err)
	}
	// What the accessors return is the caller's: changing it changes nothing.
	before := table.Cells()
	copied := table.Cells()
	copied[2].Figures.N, copied[2].Codes[0] = 1, "x"
	copied[2].Figures.Distribution[0] = 99
	*copied[2].Figures.Mean = 9
	copied[0].State = Shown
	table.Dimensions()[0].Codes[0] = "x"
	*table.Answers()[0].Score = 9
	if diff := cmp.Diff(before, table.Cells()); diff != "" || table.Dimensions()[0].Codes[0] != "g0" || *table.Answers()[0].Score != 1 {
		t.Errorf("a table was changed from outside: %s", diff)
	}
}

func TestATableDoesNotChangeWithItsLattice(t *testing.T) {
	l := lattice(rating(5), spread(40), spread(50))
	table, err := Protect(l, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	before := table.Cells()
	for i := range l.Counts {
		l.Counts[i] = 0
	}
	l.Dimensions[0].Codes[0], *l.Answers[0].Score = "x", 100
	if diff := cmp.Diff(before, table.Cells()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsRefused(t *testing.T) {
	good := func() Lattice { return lattice(rating(5), spread(40), spread(50)) }
	for name, c := range map[string]struct {
		change func(*Lattice, *Rules)
		want   error
	}{
		"four dimensions":      {func(l *Lattice, _ *Rules) { d := l.Dimensions[0]; l.Dimensions = []Dimension{d, d, d, d} }, ErrDimensions},
		"no dimension":         {func(l *Lattice, _ *Rules) { l.Dimensions = nil }, ErrDimensions},
		"no groups":            {func(l *Lattice, _ *Rules) { l.Dimensions[0].Codes, l.Counts = nil, nil }, ErrLattice},
		"no answers":           {func(l *Lattice, _ *Rules) { l.Answers = nil }, ErrLattice},
		"a count too few":      {func(l *Lattice, _ *Rules) { l.Counts = l.Counts[1:] }, ErrLattice},
		"a negative count":     {func(l *Lattice, _ *Rules) { l.Counts[0] = -1 }, ErrLattice},
		"an enormous count":    {func(l *Lattice, _ *Rules) { l.Counts[0] = math.MaxInt64 }, ErrLattice},
		"a group twice":        {func(l *Lattice, _ *Rules) { l.Dimensions[0].Codes[0] = "g1" }, ErrLattice},
		"an answer twice":      {func(l *Lattice, _ *Rules) { l.Answers[0].Code = "2" }, ErrLattice},
		"half a scale":         {func(l *Lattice, _ *Rules) { l.Answers[1].Score = nil }, ErrLattice},
		"half satisfied":       {func(l *Lattice, _ *Rules) { l.Answers[1].HasSatisfied = false }, ErrLattice},
		"marks too few":        {func(l *Lattice, _ *Rules) { l.NotAsked = []bool{false} }, ErrLattice},
		"answers of not asked": {func(l *Lattice, _ *Rules) { l.NotAsked = []bool{true, false} }, ErrLattice},
		"a threshold of 4":     {func(_ *Lattice, r *Rules) { r.Threshold = 4 }, ErrRules},
		"a negative threshold": {func(_ *Lattice, r *Rules) { r.Threshold = -1 }, ErrRules},
		"a base of 29":         {func(_ *Lattice, r *Rules) { r.DistributionBase = 29 }, ErrRules},
	} {
		l, r := good(), Rules{Equality: true}
		c.change(&l, &r)
		table, err := Protect(l, r)
		if !errors.Is(err, c.want) || !cmp.Equal(table.Cells(), []Cell{}) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestRulesFillInTheirDefaults(t *testing.T) {
	for given, want := range map[Rules]Rules{
		{}:                             {Threshold: 5, DistributionBase: 30},
		{Equality: true}:               {Threshold: 10, DistributionBase: 30, Equality: true},
		{Equality: true, Threshold: 5}: {Threshold: 5, DistributionBase: 30, Equality: true},
	} {
		table, err := Protect(lattice(rating(5), spread(40), spread(50)), given)
		if err != nil || table.Rules() != want {
			t.Errorf("%+v: %+v, %v", given, table.Rules(), err)
		}
	}
}
