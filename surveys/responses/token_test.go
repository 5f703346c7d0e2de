package responses

import (
	"bytes"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func testSigner(t testing.TB, fill byte) *Signer {
	t.Helper()
	s, err := NewSigner(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFormCarriesItsResponseFromPageToPage(t *testing.T) {
	s := testSigner(t, 1)
	form := NewForm(7, 1<<40, 12)
	token := s.Mint(form)
	back, err := s.Open(token)
	if err != nil || back != form {
		t.Fatalf("got %+v, %v; want %+v", back, err, form)
	}
	if again := s.Mint(form); again != token {
		t.Error("one form has two tokens")
	}
	if other := NewForm(7, 1<<40, 12); other.Response == form.Response {
		t.Error("two page views have one response")
	}
}

// Forms that were open when the program was renewed have tokens of the versions before.
func TestAFormOfTheProgramBeforeStillOpens(t *testing.T) {
	s := testSigner(t, 1)
	form := NewForm(7, 8, 9)
	form.Shown = 0
	old := make([]byte, 41, 80)
	old[0] = 1
	raw, err := base64.RawURLEncoding.DecodeString(s.Mint(form))
	if err != nil {
		t.Fatal(err)
	}
	copy(old[1:], raw[1:41])
	sign := func(b []byte) string {
		var mac [macSize]byte
		sum(&s.form, mac[:], b)
		return base64.RawURLEncoding.EncodeToString(append(bytes.Clone(b), mac[:]...))
	}
	if back, err := s.Open(sign(old)); err != nil || back != form {
		t.Errorf("a form opens as %+v, %v; want %+v", back, err, form)
	}
	form.Job = Job{1, 2, 3}
	old[0] = 2
	if back, err := s.Open(sign(append(old, form.Job[:]...))); err != nil || back != form {
		t.Errorf("a form about a job opens as %+v, %v; want %+v", back, err, form)
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	s := testSigner(t, 1)
	token := s.Mint(NewForm(7, 8, 9))
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	for bit := range len(raw) * 8 {
		forged := bytes.Clone(raw)
		forged[bit/8] ^= 1 << (bit % 8)
		if _, err := s.Open(base64.RawURLEncoding.EncodeToString(forged)); !errors.Is(err, ErrToken) {
			t.Fatalf("bit %d was changed and the token still opens: %v", bit, err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "short": token[:83], "long": token + "A", "padded": token + "==", "spaces": strings.Repeat(" ", 84),
		"line breaks": strings.Repeat("\n", 84), "not base64": strings.Repeat("é", 42),
		"another council's server": testSigner(t, 2).Mint(NewForm(7, 8, 9)),
	} {
		if _, err := s.Open(bad); !errors.Is(err, ErrToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReceiptCodesAreReadableAndTheirOwn(t *testing.T) {
	s := testSigner(t, 1)
	shape := regexp.MustCompile(`^[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}$`)
	seen := map[string]bool{}
	for range 2000 {
		id := uuid.New()
		code := s.Receipt(id)
		if !shape.MatchString(code) || seen[code] || s.Receipt(id) != code {
			t.Fatalf("code %q: wrong shape, given twice, or not the same again", code)
		}
		seen[code] = true
	}
	if id := uuid.New(); s.Receipt(id) == testSigner(t, 2).Receipt(id) {
		t.Error("the code does not depend on the key")
	}
	if !bytes.Equal(ReceiptHash("abcde fghjk "), ReceiptHash("ABCDE-FGHJK")) || bytes.Equal(ReceiptHash("ABCDE-FGHJK"),
		ReceiptHash("ABCDE-FGHJM")) {
		t.Error("the hash should not depend on how the code was typed, and on nothing else")
	}
}

func TestAShortMasterSecretIsRefused(t *testing.T) {
	if _, err := NewSigner(make([]byte, 31)); err == nil {
		t.Fatal("31 bytes were taken")
	}
}

// Whatever opens was minted by us, letter for letter.
func FuzzToken(f *testing.F) {
	s := testSigner(f, 1)
	f.Add(s.Mint(NewForm(1, 2, 3)))
	f.Add("")
	f.Add(strings.Repeat("A", 84))
	f.Fuzz(func(t *testing.T, token string) {
		form, err := s.Open(token)
		if err == nil && s.Mint(form) != token {
			t.Fatalf("%q opens and is not what we mint", token)
		}
		if err != nil && !errors.Is(err, ErrToken) {
			t.Fatalf("%q: %v", token, err)
		}
	})
}

func BenchmarkMint(b *testing.B) {
	s := testSigner(b, 1)
	for b.Loop() {
		_ = s.Mint(NewForm(1, 2, 3))
	}
}

func BenchmarkOpen(b *testing.B) {
	s := testSigner(b, 1)
	token := s.Mint(NewForm(1, 2, 3))
	for b.Loop() {
		_, _ = s.Open(token)
	}
}
