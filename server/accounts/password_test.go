package accounts

import (
	"errors"
	"strings"
	"testing"
	"yousaid/surveys/wording"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct{ password, says string }{
		{"", "at least 12 characters"},
		{"short", "at least 12 characters"},
		{"ééééééééééé", "at least 12 characters"},
		{"abcdefghijkl", "guessed first"},
		{"aaaaaaaaaaaaaa", "guessed first"},
		{"abcabcabcabcabc", "guessed first"},
		{"Password1234", "guessed first"},
		{"P@ssw0rd!!2024", "guessed first"},
		{"123456789012", "guessed first"},
		{"qwertyuiop[]", ""},
		{"qwertyuiopas", "guessed first"},
		{"letmein!!!!!!", "guessed first"},
		{"officer@example.org", "not your email address"},
		{"officerofficer", "not your email address"},
		{strings.Repeat("longer than long ", 20), "at most 256"},
		{"with\x00a zero byte", "letters, numbers"},
		{"kettle river armchair", ""},
		{"Mae hen wlad fy nhadau", ""},
		{"8461 5571 9031 22", ""},
	} {
		err := CheckPassword(c.password, "Officer@example.org")
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%q: refused: %v", c.password, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%q: want %q, got %v", c.password, c.says, err)
		}
	}
}

func TestHasher(t *testing.T) {
	h, err := newHasher()
	if err != nil {
		t.Fatal(err)
	}
	hash, err := h.hash(t.Context(), "kettle river armchair")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("parameters: %s", hash)
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{
		{"kettle river armchair", hash, true},
		{"kettle river armchai", hash, false},
		{"", hash, false},
		{"nobody has this password", "", false}, // the decoy's own password opens nothing
	} {
		if got, err := h.matches(t.Context(), 0, c.password, c.hash); err != nil || got != c.want {
			t.Errorf("%q: %v %v", c.password, got, err)
		}
	}
	// ﬁ (one letter) and fi (two) are the same to a person at another keyboard.
	hash, _ = h.hash(t.Context(), "a ﬁne long phrase")
	if ok, _ := h.matches(t.Context(), 0, "a fine long phrase", hash); !ok {
		t.Error("compatible spellings are one password")
	}
}

func TestRefusalIsFound(t *testing.T) {
	var r wording.Refusal
	if err := CheckPassword("short", ""); !errors.As(err, &r) || r.Field != "password" {
		t.Errorf("%#v", err)
	}
}
