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
		{wording.Say("a.b|{most} of {least}, {other} {1}", wording.Arg{Name: "least", Value: "{most}"}, wording.Arg{Name: "most", Value: 3}),
			"3 of {most}, {other} {most}"},
		{wording.Say("a.b|“{option}”", wording.Arg{Name: "option", Value: wording.Only{Language: "cy", Text: "Ie"}}), "“Ie”"},
		{wording.Say("a.b|{what}: %s", wording.Arg{Name: "what", Value: wording.Counting("a.n|%s link|%s links", 1, 1)}), "1 link: 1 link"},
		{wording.Both([]string{"age", "sex", "channel"}), "age, sex and channel"},
		{wording.Either([]string{"web", "post"}), "web or post"},
		{wording.Either([]string{"web"}), "web"},
		{wording.Both(nil), ""},
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
