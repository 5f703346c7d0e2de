package analytics_test

import (
	"strings"
	"testing"
	"time"

	"yousaid/analytics"
)

// Late answers were imported in bulk, as many again as were there; a channel that had none has its first one, of a rating that nobody gave before in a channel that was hidden. That answer can only have come
// late, which its respondent knows. It says nothing of anybody else, and no reason to refuse the table.
func TestManyLateAnswers(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	bulk := func() {
		for _, channel := range []string{"web", "telephone"} {
			c.answered(6, time.July, channel, "bins")
		}
		for _, rating := range []string{"3", "4", "5"} {
			c.few(3, time.July, "email", "bins", rating)
			c.few(1, time.July, "post", "bins", rating)
		}
	}
	bulk()
	first := c.protected(public(time.July, time.July, "channel"))
	if shown(first, "web") != "30" || shown(first, "email") != "hidden" || shown(first, "post") != "hidden" || shown(first, analytics.All) != "72" {
		t.Fatalf("web %s, email %s, post %s, all %s", shown(first, "web"), shown(first, "email"), shown(first, "post"), shown(first, analytics.All))
	}
	bulk()
	c.few(1, time.July, "sms", "bins", "1")
	second := c.protected(public(time.July, time.July, "channel"))
	if shown(second, "web") != "60" || shown(second, "telephone") != "60" || shown(second, "sms") != "hidden" || shown(second, analytics.All) != "145" {
		t.Errorf("web %s, telephone %s, sms %s, all %s", shown(second, "web"), shown(second, "telephone"), shown(second, "sms"), shown(second, analytics.All))
	}
	if len(second.Beside) != 1 || !strings.Contains(strings.Join(second.Limits, " "), "have come in late") {
		t.Errorf("beside %v: %v", second.Beside, second.Limits)
	}
}
