package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// counted is a council with 60 imported responses: 40 by web (30 satisfied), 20 by telephone (all dissatisfied). Women gave 30 of those by
// web, men 4 by telephone; nobody else said.
func counted(t *testing.T) *keyboard {
	t.Helper()
	k := newKeyboard(t)
	k.does("organisation add riverton --name Riverton").ok()
	k.does("catalogue import " + k.file("c.csv", riverton) + " --organisation riverton").ok()
	k.does("survey import " + k.file("s.yaml", ownSurvey) + " --organisation riverton --publish").ok()
	var rows strings.Builder
	rows.WriteString("id,when,channel,service,rating,reason,topics,words,sex\n")
	for i := range 60 {
		row := []string{fmt.Sprint(i), "2026-03-10", "web", "waste", "5", "delay", "bins", "", "female"}
		switch {
		case i < 20: // 20 × 5
		case i < 30: // 10 × 4, both topics, no reason
			row[4], row[5], row[6] = "4", "", "bins;roads"
		case i < 40: // 10 × 2
			row[4], row[5], row[8] = "2", "staff", ""
		case i < 56: // 16 × 1 by telephone, in April
			row = []string{fmt.Sprint(i), "2026-04-02", "telephone", "repairs", "1", "staff", "", "", ""}
		default: // 4 × 2 by telephone
			row = []string{fmt.Sprint(i), "2026-04-30", "telephone", "repairs", "2", "delay", "roads", "", "male"}
		}
		rows.WriteString(strings.Join(row, ",") + "\n")
	}
	k.does("responses import " + k.file("a.csv", rows.String()) + " --organisation riverton --survey counter --map " + k.file("m.yaml",
		answersMap)).
		says("Read 60 rows: 60 stored, 0 stored before, 0 left out, 0 refused.\n")
	return k
}

type cells = []map[string]any

// cells reads a table as a program would: nothing but an array of objects.
func (r typed) cells() (list cells) {
	r.k.t.Helper()
	if err := json.Unmarshal([]byte(r.ok()), &list); err != nil {
		r.k.t.Fatalf("yousaid %s: %v\n%s", r.what, err, r.out)
	}
	return list
}

// wilson is the 95 % interval as Wilson wrote it in 1927, written down here once more.
func wilson(successes, n float64) (low, high float64) {
	const z = 1.959963984540054
	p := successes / n
	centre, half := p+z*z/(2*n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return (centre - half) / (1 + z*z/n), (centre + half) / (1 + z*z/n)
}

// cell is what the contract says of one: codes of dimensions, then figures.
func cell(codes map[string]any, counts [5]float64) map[string]any {
	n, sum := 0.0, 0.0
	distribution := map[string]any{}
	for i, c := range counts { // "5" first
		n, sum = n+c, sum+c*float64(5-i)
		distribution[fmt.Sprint(5-i)] = c
	}
	satisfied := counts[0] + counts[1]
	low, high := wilson(satisfied, n)
	out := map[string]any{"n": n, "mean": sum / n, "satisfied": satisfied / n, "low": low, "high": high, "distribution": distribution}
	if codes == nil {
		codes = map[string]any{}
	}
	out["by"] = codes
	return out
}

type codes = map[string]any

// The JSON is exactly what the contract says: no field more, and totals in protected tables only.
func TestTheTableAsJSON(t *testing.T) {
	t.Parallel()
	k := counted(t)
	ask := func(more string) cells {
		return k.does("table --organisation riverton --survey counter --measure rating --format json --out - " + more).cells()
	}
	close := cmpopts.EquateApprox(0, 1e-12)
	for _, c := range []struct {
		more string
		want cells
	}{
		{"--by channel", cells{cell(codes{"channel": "web"}, [5]float64{20, 10, 0, 10, 0}),
			cell(codes{"channel": "telephone"}, [5]float64{0, 0, 0, 4, 16})}},
		{"", cells{cell(nil, [5]float64{20, 10, 0, 14, 16})}},
		{"--by channel,month", cells{
			cell(codes{"channel": "web", "month": "2026-03"}, [5]float64{20, 10, 0, 10, 0}),
			cell(codes{"channel": "telephone", "month": "2026-04"}, [5]float64{0, 0, 0, 4, 16}),
		}},
		{"--by day --where channel=telephone", cells{
			cell(codes{"day": "2026-04-02"}, [5]float64{0, 0, 0, 0, 16}), cell(codes{"day": "2026-04-30"}, [5]float64{0, 0, 0, 4, 0}),
		}},
		{"--by week --to 2026-04-01", cells{cell(codes{"week": "2026-W11"}, [5]float64{20, 10, 0, 10, 0})}},
		{"--by directorate --from 2026-04-30 --to 2026-04-30", cells{cell(codes{"directorate": "homes"}, [5]float64{0, 0, 0, 4, 0})}},
		{"--by service --where channel=web,telephone --where reason=staff", cells{
			cell(codes{"service": "repairs"}, [5]float64{0, 0, 0, 0, 16}), cell(codes{"service": "waste"}, [5]float64{0, 0, 0, 10, 0}),
		}},
		{"--by mode", cells{cell(codes{"mode": "online"}, [5]float64{20, 10, 0, 10, 0}),
			cell(codes{"mode": "telephone_interview"}, [5]float64{0, 0, 0, 4, 16})}},
		{"--by language", cells{cell(codes{"language": "en"}, [5]float64{20, 10, 0, 14, 16})}},
		{"--by reason", cells{ // no answer is null
			cell(codes{"reason": "delay"}, [5]float64{20, 0, 0, 4, 0}), cell(codes{"reason": "staff"}, [5]float64{0, 0, 0, 10, 16}),
			cell(codes{"reason": nil}, [5]float64{0, 10, 0, 0, 0}),
		}},
		// The four men who answered are hidden, and so are the blanks: with them and the total anybody could count the men.
		{"--by sex", cells{cell(codes{"sex": "female"}, [5]float64{20, 10, 0, 0, 0}), {"by": codes{"sex": "male"}, "hidden": true},
			{"by": codes{"sex": "pns"}, "hidden": true}, {"by": codes{"sex": nil}, "hidden": true},
			cell(codes{"sex": "(all)"}, [5]float64{20, 10, 0, 14, 16})}},
	} {
		if got := ask(c.more); !cmp.Equal(got, c.want, close) {
			t.Errorf("%s (-want +got):\n%s", c.more, cmp.Diff(c.want, got, close))
		}
	}
}

func TestNominalAndOverlapping(t *testing.T) {
	t.Parallel()
	k := counted(t)
	ask := "table --organisation riverton --survey counter --format json --out - "
	nominal := k.does(ask + "--measure reason --by channel").cells()
	want := cells{
		{"by": codes{"channel": "web"}, "n": 30.0, "distribution": codes{"delay": 20.0, "staff": 10.0}},
		{"by": codes{"channel": "telephone"}, "n": 20.0, "distribution": codes{"delay": 4.0, "staff": 16.0}},
	}
	if !cmp.Equal(nominal, want) {
		t.Errorf("reasons have no mean (-want +got):\n%s", cmp.Diff(want, nominal))
	}
	overlapping := k.does(ask + "--measure rating --by topics")
	if !strings.Contains(overlapping.errs, "overlap") {
		t.Errorf("nothing says that the cells overlap: %q", overlapping.errs)
	}
	bins := cell(codes{"topics": "bins"}, [5]float64{20, 10, 0, 10, 0})
	roads := cell(codes{"topics": "roads"}, [5]float64{0, 10, 0, 4, 0})
	nothing := cell(codes{"topics": nil}, [5]float64{0, 0, 0, 0, 16})
	for _, c := range (cells{bins, roads, nothing}) {
		c["overlap"] = true
	}
	if got, want := overlapping.cells(), (cells{bins, roads, nothing}); !cmp.Equal(got, want, cmpopts.EquateApprox(0, 1e-12)) {
		t.Errorf("topics (-want +got):\n%s", cmp.Diff(want, got))
	}
}

// A public table is protected, counts whole closed months, and stands in the register; what cannot be public is refused with a sentence.
func TestThePublicTable(t *testing.T) {
	t.Parallel()
	k := counted(t)
	ask := "table --organisation riverton --survey counter --measure rating --audience public --format json --out - "
	registered := func() (n int) {
		if err := k.db.Owner().Get(&n, `SELECT count(*) FROM releases`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	public := k.does(ask + "--by channel --from 2026-03-01 --to 2026-04-30")
	if !strings.Contains(public.errs, "Written to the register as release ") || registered() != 1 {
		t.Errorf("%q; %d releases", public.errs, registered())
	}
	for _, c := range public.cells() {
		if c["hidden"] == true && len(c) != 2 {
			t.Errorf("a hidden cell shows figures: %v", c)
		}
		if c["by"].(map[string]any)["channel"] == "web" && c["n"] != 40.0 {
			t.Errorf("web: %v", c)
		}
	}
	for more, says := range map[string]string{
		"--by directorate,service": "follows from", "--by channel --from 2026-03-02": "first of a month",
		"--by channel --to 2026-03-30": "last day of a month",
		"--by channel --to 2099-12-31": "not over yet", "--by channel --where service=waste": "filter", "--by topics": "several answers",
		"--by day": "whole months", "": "dimension",
	} {
		k.does(ask+more).fails(exitFailed, says)
	}
	k.does(strings.Replace(ask, "--out -", "--out "+filepath.Join(k.dir, "nowhere", "x.json"), 1)+"--by channel").fails(exitFailed,
		"there is no folder")
	k.does(strings.Replace(ask, "--out -", "--out "+k.dir, 1)+"--by channel").fails(exitFailed, "is a folder")
	if registered() != 1 {
		t.Errorf("a table that could not be written is on record: %d releases", registered())
	}
	left, err := os.ReadDir(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if strings.HasPrefix(f.Name(), ".") {
			t.Errorf("%s was left behind", f.Name())
		}
	}
}

// Surveys of the same scale are joined, others refused with the reason.
func TestTheTableAcrossSurveys(t *testing.T) {
	t.Parallel()
	k := counted(t)
	k.does("survey import " + k.file("second.yaml",
		strings.Replace(ownSurvey, "survey: counter", "survey: second", 1)) + " --organisation riverton --publish").ok()
	k.does("responses import " + k.file("b.csv",
		"id,when,channel,service,rating,reason,topics,words,sex\n1,2026-03-10,web,waste,5,,,,\n") +
		" --organisation riverton --survey second --map " + filepath.Join(k.dir, "m.yaml")).ok()
	k.does("survey add --template good-average-poor --slug smiles --organisation riverton --publish").ok()
	ask := "table --organisation riverton --measure rating --format json --out - "
	joined := k.does(ask + "--survey counter --survey second").cells()
	if want := (cells{cell(nil, [5]float64{21, 10, 0, 14, 16})}); !cmp.Equal(joined, want, cmpopts.EquateApprox(0, 1e-12)) {
		t.Errorf("two surveys (-want +got):\n%s", cmp.Diff(want, joined))
	}
	k.does(ask+"--survey counter --survey smiles").fails(exitFailed, "scale", "smiles")
	k.does(ask+"--survey all").fails(exitFailed, "scale")
	all := k.does("table --organisation riverton --measure topics --survey all --format json --out -")
	if !strings.Contains(all.errs, "smiles") || len(all.cells()) != 1 {
		t.Errorf("all: %q, %q", all.errs, all.out)
	}
}
