package attack

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shared finds a file of shared/data beside the repository, or skips the test.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference patterns are not here: put them into shared/data beside the repository (%s)", filepath.Join(parts...))
	}
	return path
}

// pattern is a published table of the reference, with what lp_solve found of each hidden cell.
type pattern struct {
	dims  []string
	cells []patternCell
}

type patternCell struct {
	codes                          []string
	n                              int64
	primary, suppressed            bool
	low, high, alone, aloneHighest string
}

func readPattern(t *testing.T, name string) (p pattern) {
	t.Helper()
	file, err := os.Open(shared(t, "09_suppression_reference", name+"_reference.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	dims := slices.Index(records[0], "n")
	p.dims = records[0][:dims]
	for _, r := range records[1:] {
		c := patternCell{
			codes:        slices.Clone(r[:dims]),
			primary:      r[dims+1] == "TRUE",
			suppressed:   r[dims+2] == "TRUE",
			low:          r[dims+3],
			high:         r[dims+4],
			alone:        r[dims+5],
			aloneHighest: r[dims+6],
		}
		if c.n, err = strconv.ParseInt(r[dims], 10, 64); err != nil {
			t.Fatal(err)
		}
		for i, code := range c.codes {
			if code == "Total" || code == "Tot" {
				c.codes[i] = All
			}
		}
		p.cells = append(p.cells, c)
	}
	return p
}

// tables are what an outsider would read: one, or for the linked reference one for each pair of dimensions that is printed.
func (p pattern) tables(hidden func(patternCell) bool) []Table {
	split := [][]int{{}}
	for i := range p.dims {
		split[0] = append(split[0], i)
	}
	if len(p.dims) == 3 && !slices.ContainsFunc(p.cells, func(c patternCell) bool { return !slices.Contains(c.codes, All) }) {
		split = [][]int{{0, 1}, {0, 2}}
	}
	var tables []Table
	for _, dims := range split {
		t := Table{Name: "reference"}
		seen := map[string]bool{}
		for _, d := range dims {
			t.Dimensions = append(t.Dimensions, Dimension{ID: p.dims[d]})
		}
	cell:
		for _, c := range p.cells {
			var codes []string
			for d, code := range c.codes {
				if !slices.Contains(dims, d) {
					if code != All {
						continue cell
					}
					continue
				}
				codes = append(codes, code)
			}
			for i, code := range codes {
				key := t.Dimensions[i].ID + "\x1f" + code
				if code != All && !seen[key] {
					seen[key] = true
					parent := All
					if code == "Ba" || code == "Bb" || code == "Bc" { // the only sub-total of the reference: B = Ba + Bb + Bc
						parent = "B"
					}
					t.Dimensions[i].Nodes = append(t.Dimensions[i].Nodes, Node{Code: code, Parent: parent})
				}
			}
			if hidden(c) {
				t.Rows = append(t.Rows, Row{Codes: codes})
			} else {
				t.Rows = append(t.Rows, shown(codes, c.n))
			}
		}
		tables = append(tables, t)
	}
	return tables
}

// recovered attacks the tables and counts the primary cells with one value only. The ends must lie within those of the
// relaxation, and hold the truth.
func (p pattern) recovered(t *testing.T, hidden func(patternCell) bool, ends func(patternCell) (low, high string)) (disclosed int) {
	t.Helper()
	tables := p.tables(hidden)
	report := Attack(tables, Options{Exact: true, Together: true})
	if report.Impossible || report.Unknown > 0 {
		t.Fatalf("%s: %+v", report, report.Findings)
	}
	seen := map[string]Interval{}
	for _, f := range report.Findings {
		codes := slices.Clone(f.Codes)
		if len(p.dims) > len(codes) {
			codes = append(slices.Insert(codes, 1, slices.Repeat([]string{All}, f.Table)...), slices.Repeat([]string{All}, 1-f.Table)...)
		}
		if before, there := seen[Key(codes...)]; there && before != (Interval{f.Low, f.High}) {
			t.Errorf("%v is from %d to %d, and in the other table from %d to %d", codes, f.Low, f.High, before.Low, before.High)
		}
		seen[Key(codes...)] = Interval{f.Low, f.High}
	}
	looked := 0
	for _, c := range p.cells {
		e, there := seen[Key(c.codes...)]
		if !there {
			if hidden(c) {
				t.Errorf("nobody looked at %v", c.codes)
			}
			continue
		}
		if e.Low > c.n || e.High < c.n {
			t.Errorf("%v is %d and found to be from %d to %d", c.codes, c.n, e.Low, e.High)
		}
		if c.primary && e.Low == e.High {
			disclosed++
		}
		lowText, highText := ends(c)
		low, err1 := strconv.ParseFloat(lowText, 64)
		high, err2 := strconv.ParseFloat(highText, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		looked++
		if float64(e.Low) != math.Ceil(low-1e-6) || float64(e.High) != math.Floor(high+1e-6) {
			t.Errorf("%v is from %d to %d, and from %s to %s in the reference", c.codes, e.Low, e.High, lowText, highText)
		}
	}
	if looked == 0 {
		t.Error("no end was compared with the reference")
	}
	return disclosed
}

// The patterns that Statistics Norway's programs chose, and the same with the small cells alone hidden: both come to what
// lp_solve said of them.
func TestReferencePatterns(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(shared(t, "09_suppression_reference", "truth_cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var truth []struct {
		Name      string
		Reference int `json:"primary_exactly_recoverable_reference"`
		Primary   int `json:"primary_exactly_recoverable_if_primary_only"`
	}
	if err := json.Unmarshal(raw, &truth); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(shared(t, "09_suppression_reference", "truth_cases.json")), "*_reference.csv"))
	if err != nil || len(files) != 8 {
		t.Fatalf("%d tables, want 8 (%v)", len(files), err)
	}
	known := map[string][2]int{}
	for _, c := range truth {
		known[c.Name] = [2]int{c.Reference, c.Primary}
	}
	if _, there := known["sdctable_vignette_le10"]; there {
		t.Error("the summary has the vignette now: compare with it")
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), "_reference.csv")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := readPattern(t, name)
			want, there := known[name]
			if !there { // the summary leaves the vignette out; its columns say it
				for _, c := range p.cells {
					if c.primary && c.alone != "" && c.alone == c.aloneHighest {
						want[1]++
					}
				}
			}
			if got := p.recovered(
				t,
				func(c patternCell) bool { return c.suppressed },
				func(c patternCell) (string, string) { return c.low, c.high },
			); got != want[0] {
				t.Errorf("%d small cells come out of the reference pattern, want %d", got, want[0])
			}
			if got := p.recovered(
				t,
				func(c patternCell) bool { return c.primary },
				func(c patternCell) (string, string) { return c.alone, c.aloneHighest },
			); got != want[1] {
				t.Errorf("%d small cells come out when they alone are hidden, want %d", got, want[1])
			}
		})
	}
	for name := range maps.Keys(known) {
		if !slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(filepath.Base(f), name) }) {
			t.Errorf("there is no table %s", name)
		}
	}
}
