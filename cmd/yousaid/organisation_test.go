package main

import (
	"strings"
	"testing"
)

// Councils are listed, told where complaints go, and removed when the name was typed; the other council keeps all it has.
func TestOrganisationsAtTheKeyboard(t *testing.T) {
	t.Parallel()
	k := newKeyboard(t)
	if r := k.does("organisation list"); r.ok() != "" || !strings.Contains(r.errs, "yousaid organisation add SLUG") {
		t.Errorf("an empty list: %q, %q", r.out, r.errs)
	}
	k.does("organisation add riverton --name 'Riverton Council' --link-prefix RVT").ok()
	k.does("organisation add moor --name 'Moor Council' --link-prefix MRX --language en").ok()
	k.does("organisation list").says("SLUG      NAME              LINKS  LANGUAGES  KIND\nmoor      Moor Council      MRX…   en     " +
		"    real\nriverton  Riverton Council  RVT…   en cy      real\n")
	for _, slug := range []string{"riverton", "moor"} {
		k.does("user add jo@x.example --organisation "+slug+" --role administrator", "kettle river armchair\n").ok()
		k.does("survey add --template customer-satisfaction --slug counter --publish --organisation " + slug).ok()
	}

	if r := k.does("organisation complaints riverton"); r.ok() != "" || !strings.Contains(r.errs, "Missing: --contact and --procedure") {
		t.Errorf("complaints that are not set: %q, %q", r.out, r.errs)
	}
	k.does("organisation complaints riverton --contact nobody").fails(exitFailed, "Write one email address")
	k.does("organisation complaints riverton --procedure www.x.example").fails(exitFailed, "Write the whole address")
	if r := k.does("organisation complaints riverton --contact dpo@x.example"); r.ok() != "contact    dpo@x.example\n" ||
		!strings.Contains(r.errs, "Missing: --procedure\n") {
		t.Errorf("half of it: %q, %q", r.out, r.errs)
	}
	k.does("organisation complaints riverton --procedure https://x.example/a,b?c=d --procedure cy=https://x.example/cwynion").
		says("contact    dpo@x.example\nprocedure  en  https://x.example/a,b?c=d\nprocedure  cy  https://x.example/cwynion\n")
	k.does("organisation complaints riverton").says("contact    dpo@x.example\nprocedure  en  https://x.example/a,b?c=d\nprocedure  " +
		"cy  https://x.example/cwynion\n")

	for _, typed := range []string{"", "\n", "yes\n", "moor\n", "RIVERTON\n"} {
		r := k.does("organisation remove riverton", typed)
		if r.code != exitFailed || r.out != "" || !strings.Contains(r.errs, "nothing was removed") || !strings.Contains(r.errs,
			"1 survey, ") || !strings.Contains(r.errs, "1 account,") {
			t.Errorf("after %q: exit code %d, %q, %q", typed, r.code, r.out, r.errs)
		}
	}
	k.does("organisation remove rivertown", "rivertown\n").fails(exitFailed, "did you mean riverton?")
	k.does("user list --organisation riverton").ok()
	if r := k.does("organisation remove riverton", "riverton\n"); !strings.HasPrefix(r.ok(), "Removed riverton.") {
		t.Errorf("%q, %q", r.out, r.errs)
	}
	k.does("user list --organisation riverton").fails(exitFailed, "no organisation")
	k.does("organisation list").says("SLUG  NAME          LINKS  LANGUAGES  KIND\nmoor  Moor Council  MRX…   en         real\n")
	if out := k.does("user list --organisation moor").ok(); !strings.Contains(out, "jo@x.example") {
		t.Errorf("the other council has %q", out)
	}
	k.does("survey export counter --organisation moor").ok()
	k.does("organisation add riverton --name 'Riverton Council' --link-prefix RVT").ok()
}
