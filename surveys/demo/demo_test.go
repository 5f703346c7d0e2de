package demo

import (
	"bytes"
	"encoding/csv"
	"errors"
	"reflect"
	"testing"
	"time"

	"yousaid/surveys/bank"
)

func plan(t *testing.T, n int, seed uint64) Plan {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return Plan{Responses: n, Seed: seed, Until: time.Date(2026, 11, 21, 0, 0, 0, 0, zone), Zone: zone}
}

func simulate(t *testing.T, p Plan) []Response {
	t.Helper()
	var all []Response
	if err := Simulate(p, func(r Response) error { all = append(all, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheSameSeedIsTheSameCouncil(t *testing.T) {
	one, two, other := simulate(t, plan(t, 2000, 1)), simulate(t, plan(t, 2000, 1)), simulate(t, plan(t, 2000, 2))
	if !reflect.DeepEqual(one, two) {
		t.Error("the same seed and last day made different responses")
	}
	if reflect.DeepEqual(one, other) {
		t.Error("another seed made the same responses")
	}
	for i := 1; i < len(one); i++ {
		if one[i].Hour.Before(one[i-1].Hour.Add(-24 * time.Hour)) {
			t.Fatalf("response %d was answered at %s, after one of %s", i, one[i].Hour, one[i-1].Hour)
		}
	}
}

func TestTheCouncilHasEverything(t *testing.T) {
	p := plan(t, 30000, 1)
	services, channels, modes, months, ratings := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[int]int{}
	comments, equality := 0, 0
	for _, r := range simulate(t, p) {
		services[r.Service]++
		channels[r.Channel]++
		modes[r.Mode]++
		months[r.Hour.In(p.Zone).Format("2006-01")]++
		ratings[r.Rating]++
		if r.Comment != "" {
			comments++
		}
		for question, code := range r.Equality {
			equality++
			known := false
			for _, q := range bank.Asked([]string{"age", "sex", "ethnic_group", "disability"}) {
				for _, o := range q.Options {
					known = known || q.ID == question && o.Code == code
				}
			}
			if !known {
				t.Fatalf("the bank has no answer %s to %s", code, question)
			}
		}
		if !r.Hour.Equal(r.Hour.Truncate(time.Hour)) || r.Hour.Before(p.From().UTC()) || r.Hour.After(p.Until.AddDate(0, 0, 1)) {
			t.Fatalf("answered at %s: not an hour of the plan", r.Hour)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(Catalogue)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if services[row[2]] == 0 {
			t.Errorf("nobody gave feedback on %s", row[2])
		}
	}
	if len(rows)-1 != 25 || len(services) != 25 || len(channels) != 9 || len(modes) != 5 || len(months) != 13 || len(ratings) != 5 {
		t.Errorf("%d rows, %d services, %d channels, %d modes, %d months, %d ratings", len(rows)-1, len(services), len(channels),
			len(modes), len(months), len(ratings))
	}
	if comments < 3000 || equality < 20000 {
		t.Errorf("%d comments and %d equality answers are too few to look at", comments, equality)
	}
}

// TestDifferencesAreReal holds the differences an equality officer should find, on samples large enough that chance does not hide them.
func TestDifferencesAreReal(t *testing.T) {
	sum, n := map[string]float64{}, map[string]float64{}
	add := func(key string, r Response) { sum[key] += float64(r.Rating); n[key]++ }
	for _, r := range simulate(t, plan(t, 60000, 3)) {
		add(r.Channel, r)
		if r.Equality["llti_limit"] == "lot" || r.Equality["llti_limit"] == "little" {
			add("disabled", r)
		} else if r.Equality["llti"] == "no" {
			add("not disabled", r)
		}
		add(r.Service, r)
	}
	mean := func(key string) float64 { return sum[key] / n[key] }
	for _, pair := range [][2]string{{"disabled", "not disabled"}, {"road-maintenance", "library-facilities"}, {"email", "face_to_face"}} {
		if !(mean(pair[0])+0.1 < mean(pair[1])) {
			t.Errorf("%s has a mean of %.2f, %s of %.2f: the first should be clearly lower", pair[0], mean(pair[0]), pair[1], mean(pair[1]))
		}
	}
}

func TestSimulationStopsAtAnError(t *testing.T) {
	want := errors.New("no room")
	calls := 0
	err := Simulate(plan(t, 100, 1), func(Response) error { calls++; return want })
	if !errors.Is(err, want) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}
