package linked_test

import (
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
)

// Late answers were imported in bulk, as many again as were there; a channel that had none has its first one, of a
// rating that nobody gave before in a channel that was hidden. That answer can only have come late, which its
// respondent knows. It says nothing of anybody else, and no reason to refuse the table.
func TestManyLateAnswers(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	bulk := func() {
		for _, channel := range []string{"web", "telephone"} {
			c.Answered(6, time.July, channel, "bins")
		}
		for _, rating := range []string{"3", "4", "5"} {
			c.Few(3, time.July, "email", "bins", rating)
			c.Few(1, time.July, "post", "bins", rating)
		}
	}
	bulk()
	first := c.Protected(public(time.July, time.July, "channel"))
	if shown(first, "web") != "30" || shown(first, "email") != "hidden" || shown(first, "post") != "hidden" ||
		shown(first, figures.All) != "72" {
		t.Fatalf("web %s, email %s, post %s, all %s", shown(first, "web"), shown(first, "email"), shown(first, "post"), shown(first, figures.All))
	}
	bulk()
	c.Few(1, time.July, "sms", "bins", "1")
	second := c.Protected(public(time.July, time.July, "channel"))
	if shown(second, "web") != "60" || shown(second, "telephone") != "60" || shown(second, "sms") != "hidden" ||
		shown(second, figures.All) != "145" {
		t.Errorf("web %s, telephone %s, sms %s, all %s", shown(second, "web"), shown(second, "telephone"), shown(second, "sms"),
			shown(second, figures.All))
	}
	if len(second.AuditedWith) != 1 || !strings.Contains(strings.Join(second.Limits, " "), "have come in late") {
		t.Errorf("beside %v: %v", second.AuditedWith, second.Limits)
	}
}

// Where a group that was printed gains a few in a bulk import, it is hidden, so that today's number less that of before
// tells nobody how few; other groups can leave.
func TestAGroupThatGainsAFewLate(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Background(time.July)
	for _, channel := range []string{"web", "telephone", "email", "post"} {
		c.Answered(3, time.July, channel, "bins")
	}
	first := c.Protected(public(time.July, time.July, "channel"))
	if shown(first, "email") != "15" || shown(first, "post") != "15" {
		t.Fatalf("email %s, post %s", shown(first, "email"), shown(first, "post"))
	}
	for _, channel := range []string{"web", "telephone", "post"} {
		c.Answered(2, time.July, channel, "bins")
	}
	c.Few(2, time.July, "email", "bins", "4")
	second := c.Protected(public(time.July, time.July, "channel"))
	hidden := 0
	for _, channel := range []string{"web", "telephone", "post"} {
		if shown(second, channel) == "hidden" {
			hidden++
		}
	}
	if shown(second, "email") != "hidden" || hidden != 1 || shown(second, figures.All) != "100" {
		t.Errorf("email %s, %d others hidden, all %s", shown(second, "email"), hidden, shown(second, figures.All))
	}
}

// A few late answers to each service of a directorate would be known from the directorate alone: another table than the
// one of before is refused.
func TestAFewLateAnswersInAnotherTable(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Background(time.July)
	for _, service := range []string{"bins", "garden", "repairs"} {
		c.Answered(5, time.July, "web", service)
	}
	first := c.Protected(public(time.July, time.July, "service"))
	if shown(first, "garden") == "hidden" || shown(first, "bins") == "hidden" {
		t.Fatalf("bins %s, garden %s", shown(first, "bins"), shown(first, "garden"))
	}
	c.Few(1, time.July, "web", "bins", "4")
	c.Few(2, time.July, "web", "garden", "4")
	c.Answered(3, time.July, "web", "repairs")
	c.Refused(public(time.July, time.July, "directorate"), "a few of the answers")
}
