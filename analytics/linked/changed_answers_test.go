package linked_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
)

// late stores women and people who prefer not to say: as many of each rating 2 and 4 as given.
func (c *council) late(code string, twos, fours int) {
	c.T.Helper()
	c.Store(twos, answer{Answers: rated("2"), Equality: sex(code), At: "2026-07-10T10", Channel: "web", Service: "bins"})
	c.Store(fours, answer{Answers: rated("4"), Equality: sex(code), At: "2026-07-10T10", Channel: "web", Service: "bins"})
}

// After 25 late answers there are 12 women, where a hidden number was printed before; 15 of those who came preferred
// not to say, so that at most 10 women came, and there were 2 at least. No number printed then and now differs by a
// few; but the hidden one is known not to be nobody.
func TestWhoWasThereBeforeLateAnswers(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.late("female", 3, 4)
	c.late("male", 2, 2)
	c.late("", 1, 2)
	c.People(8, sex("pns"), "2026-07-10T10")
	first := c.Protected(public(time.July, time.July, "sex"))
	if shown(first, "female") != "hidden" || shown(first, "pns") != "40" || shown(first, figures.All) != "54" {
		t.Fatalf("female %s, prefer not to say %s, all %s", shown(first, "female"), shown(first, "pns"), shown(first, figures.All))
	}
	c.late("female", 2, 3)
	c.late("male", 2, 1)
	c.late("", 1, 1)
	c.late("pns", 7, 8)
	second := c.Protected(public(time.July, time.July, "sex"))
	if shown(second, "female") == "12" && shown(second, "pns") == "55" && shown(second, figures.All) == "79" {
		t.Error("12 women are printed: at most 10 of them came, so there were 2 at least before")
	}
	if len(second.AuditedWith) != 1 || len(second.Limits) == 0 || !strings.Contains(strings.Join(second.Limits, " "), "have come in late") {
		t.Errorf("beside %v: %v", second.AuditedWith, second.Limits)
	}
}

// The same the other way round: of 20 calls 17 are taken back. 10 emails, and no other channels, were hidden before,
// which was known from the total: where all but these and the calls is printed now, 13 people are left over, and 3 of
// them called at least.
func TestWhoIsLeftAfterAnswersAreTakenBack(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Answered(4, time.July, "web", "bins")
	c.Answered(3, time.July, "post", "bins")
	c.Answered(2, time.July, "email", "bins")
	c.Answered(4, time.July, "telephone", "bins")
	first := c.Protected(public(time.July, time.July, "channel"))
	if shown(first, "post") != "15" || shown(first, "telephone") != "20" {
		t.Fatalf("post %s, telephone %s", shown(first, "post"), shown(first, "telephone"))
	}
	tx, err := c.DB.Begin(t.Context(), c.Org)
	c.Check(err)
	c.Must(tx.Exec(`
		UPDATE responses
		SET    state = 'withdrawn', answers = '{}', change_no = change_no + 1000
		WHERE  organisation_id = $1 AND id IN (SELECT id FROM responses WHERE organisation_id = $1
		                                       AND channel = 'telephone' ORDER BY change_no LIMIT 17)`, c.Org))
	c.Check(tx.Commit())
	a, err := c.Ask.Ask(t.Context(), c.By(), public(time.July, time.July, "channel"))
	if errors.As(err, new(refusal.Refusal)) {
		return
	}
	c.Check(err)
	second := a.(tables.Protected)
	if shown(second, "telephone") != "hidden" || shown(second, "web") != "hidden" && shown(second, "post") != "hidden" &&
		shown(second, figures.All) != "hidden" {
		t.Errorf("web %s, post %s, telephone %s, all %s", shown(second, "web"), shown(second, "post"), shown(second, "telephone"),
			shown(second, figures.All))
	}
	if !strings.Contains(strings.Join(second.Limits, " "), "have been taken back") {
		t.Errorf("%v", second.Limits)
	}
}
