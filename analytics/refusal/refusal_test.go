package refusal

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"yousaid/analytics/disclosure"
)

// The errors of the proof name aggregates, and the sentences made of them do not. They name the releases, and say of no
// table that it would tell anything: only that this was not proved.
func TestRefusalsNameReleasesAndNoGroup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		says string
	}{
		{fmt.Errorf("%w: the proof does not hold (nothing shows \"enough\" of [en face_to_face])", disclosure.ErrUnproven), "not proved safe"},
		{fmt.Errorf("%w: [en face_to_face] has 3 people in the table and 4 behind it", disclosure.ErrLattice), "Ask again"},
		{fmt.Errorf("%w: [en face_to_face]", disclosure.ErrRules), "not proved safe"},
		{disclosure.LinkageError{Prior: []int64{7, 8, 12}}, "not proved safe beside release 7, release 8 and release 12"},
		{disclosure.LinkageError{Prior: []int64{7}}, "not proved safe beside release 7, so"},
	} {
		err := From(c.err)
		var r Refusal
		if !errors.As(err, &r) || !strings.Contains(r.Error(), c.says) || strings.ContainsAny(r.Error(), "[]") ||
			strings.Contains(r.Error(), "face_to_face") || strings.Contains(r.Error(), "away") {
			t.Errorf("%v is refused as %v", c.err, err)
		}
		if !errors.Is(err, c.err) && !errors.As(err, new(disclosure.LinkageError)) {
			t.Errorf("%v is not what %v came from", c.err, err)
		}
	}
	if broken := errors.New("the database is away"); !errors.Is(From(broken), broken) || errors.As(From(broken), new(Refusal)) {
		t.Error("an error that is no refusal is one")
	}
	if again := From(Unproved(FewChanged, nil, 9)); again.Error() != Unproved(FewChanged, nil, 9).Error() {
		t.Errorf("a refusal is put in words again: %s", again)
	}
}
