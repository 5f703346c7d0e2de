package wording_test

import (
	"errors"
	"testing"

	"yousaid/surveys/wording"
)

func TestAMessageInEnglish(t *testing.T) {
	for _, c := range []struct {
		m    wording.Message
		want string
	}{
		{wording.Say("a.b|Closed."), "Closed."},
		{wording.Say("a.b|50% of %s.", "all"), "50% of all."},
		{wording.Say("a.b|100%"), "100%"},
		{wording.Say("a.b|{2} before {1}", "x", 3), "3 before x"},
		{wording.Say("a.b|%s and %s", "one"), "one and %s"},
		{wording.Counting("a.n|%s link|%s links", 1, 1), "1 link"},
		{wording.Counting("a.n|%s link|%s links", 0, 0), "0 links"},
		{wording.Say("a.b|Not so: %s", wording.Counting("a.n|%s link|%s links", 2, 2)), "Not so: 2 links"},
		{wording.Plain("50 %s | odd"), "50 %s | odd"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.m, got, c.want)
		}
	}
	if got := wording.Say("a.b|Closed.").Key(); got != "a.b" {
		t.Errorf("key %q", got)
	}
	err := wording.Refuse("slug", "a.taken|“%s” is taken.", "bins")
	var r wording.Refusal
	if !errors.As(err, &r) || err.Error() != "“bins” is taken." || r.Field != "slug" {
		t.Errorf("%#v", err)
	}
	r.EachProblem(func(field string, why wording.Message) {
		if field != "slug" || why.Key() != "a.taken" {
			t.Errorf("%s %+v", field, why)
		}
	})
}
