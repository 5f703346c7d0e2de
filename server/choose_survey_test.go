package server_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yousaid/surveys"
	"yousaid/surveys/surveystest"
	"yousaid/surveys/tenant"
)

// asksToo publishes another survey of North.
func (w *fixture) asksToo(template string) {
	w.t.Helper()
	store, by := surveys.Store{DB: w.DB, Ledger: w.Ledger, Reviewer: surveystest.Unreviewed{}}, tenant.CommandLine(w.Org.ID)
	d, err := surveys.Template(template)
	w.must(err)
	id, err := store.Import(w.t.Context(), by, d)
	w.must(err)
	_, err = store.Publish(w.t.Context(), by, id, surveys.Publishing{})
	w.must(err)
}

// TestAnotherSurveyAsksItsOwnQuestion: a reader who chooses another survey in the form sends the question of the survey before with it, and
// gets figures.
func TestAnotherSurveyAsksItsOwnQuestion(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.asksToo("access-channels") // no question "rating"
	const notAsked = "The question that was chosen before is not asked here"
	w.get("consultation", "/staff/results?survey=access-channels&measure=rating").
		shows(t, 200, notAsked, `<option value="satisfaction" selected`, "Overall, how satisfied").
		hides(t, "does not ask", "There is a problem")
	w.get("consultation", "/staff/results?survey=access-channels&measure=rating&by=reason&and=channel").
		shows(t, 200, "that split is left out", "Your own table")
	w.get("consultation", "/staff/comments?survey=access-channels&measure=rating&rating=5").
		shows(t, 200).
		hides(t, "does not ask", "There is a problem")
	w.get("equality", "/staff/equality?survey=access-channels&measure=rating").shows(t, 200, notAsked, `<option value="satisfaction" selected`)
	w.get("equality", "/staff/equality?survey=access-channels&measure=rating&by=sex").hides(t, "does not ask")
	w.get("consultation", "/staff/results?survey=customer-satisfaction&measure=scale:lga-satisfaction-5").
		shows(t, 200, ">120<").
		hides(t, notAsked)
	w.get("consultation", "/staff/results?survey=all&measure=rating").
		shows(t, 200, ">120<", "Not counted, because they do not ask this question:").
		hides(t, notAsked)
	// A file and a release answer what was asked, or nothing.
	for role, path := range map[string]string{"consultation": "/staff/results/table.csv?by=channel&",
		"equality": "/staff/equality/table.csv?by=sex&"} {
		w.get(role, path+"survey=access-channels&measure=rating").shows(t, 422, "do not ask this question").hides(t, "satisfaction,")
	}
	w.get("equality", "/staff/equality/release?by=sex&survey=access-channels&measure=rating").shows(t, 422, "do not ask this question")
	// Two surveys that ask "rating" on different scales cannot be counted by it together: all surveys are counted by a scale.
	w.asksToo("good-average-poor")
	w.get("consultation", "/staff/results?survey=all&measure=rating").
		shows(t, 200, notAsked, ">120<", "All ratings on the scale").
		hides(t, "cannot be joined")
	w.get("consultation", "/staff/results?survey=good-average-poor&measure=scale:lga-satisfaction-5").
		shows(t, 200, notAsked, `<option value="rating" selected`)
	w.get("equality", "/staff/equality?survey=all&measure=rating").shows(t, 200).hides(t, "cannot be joined")
	// What nobody asks is no question of another survey: it is told, not replaced.
	w.get("consultation", "/staff/results?survey=access-channels&measure=nosuch").shows(t, 422, "Choose one of its questions: ")
}

// TestTheCalendarTakesOnlyWhatASurveyAsks: no form puts a date into the public calendar that cannot be kept, and no plan of equality
// releases either.
func TestTheCalendarTakesOnlyWhatASurveyAsks(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	w.asksToo("access-channels")
	form := func(survey, measure string) url.Values {
		return url.Values{
			"survey":   {survey},
			"measure":  {measure},
			"by":       {"channel"},
			"from":     {"2026-05-01"},
			"length":   {"3"},
			"times":    {"2"},
			"days":     {"30"},
			"title-en": {"By channel"},
			"title-cy": {"Yn ôl sianel"},
		}
	}
	for _, measure := range []string{"rating", "comment", "nosuch", "scale:lga-satisfaction-5"} {
		w.send("POST", "/staff/published/new", form("access-channels", measure), w.as("consultation")).shows(t, 422, "There is a problem")
	}
	w.send("POST", "/staff/published/new", form("access-channels", "satisfaction"), w.as("consultation")).shows(t, 303)
	plan := url.Values{"do": {"add"}, "survey": {"access-channels"}, "measure": {"rating"}, "by": {"sex"}, "cadence": {"quarter"}}
	w.send("POST", "/staff/equality/plan", plan, w.as("equality")).shows(t, 422, "Choose a question of the survey.")
}

// TestPagesShowNoErrors: the text of an error is for the log. What a page shows of a failure is a sentence that was written for its reader:
// page.Problems and the refusals.
func TestPagesShowNoErrors(t *testing.T) {
	t.Parallel()
	shows := regexp.MustCompile(`\b(\w+)\.Error\(\)`)
	read := 0
	for _, room := range []string{"staff", "public", "page", "signin"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			read++
			for i, line := range strings.Split(string(src), "\n") {
				for _, m := range shows.FindAllStringSubmatch(line, -1) {
					if m[1] != "problems" && !strings.Contains(line, "Log.") && !strings.Contains(line, "slog.") {
						t.Errorf("%s:%d: %s shows the text of an error", name, i+1, strings.TrimSpace(line))
					}
				}
			}
		}
	}
	if read < 20 {
		t.Errorf("only %d files were read", read)
	}
}
