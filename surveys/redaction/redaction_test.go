package redaction

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSuggestions(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ring me on 01509 263151 or 07700 900123.":                      "Ring me on [phone number] or [phone number].",
		"+44 (0)20 7946 0958, 0044 7700 900123":                         "[phone number], [phone number]",
		"I live at LE11 3TN, and she at sw1a1aa":                        "I live at [postcode], and she at [postcode]",
		"Write to jo.o'neil+bins@example.org.uk!":                       "Write to [email address]!",
		"My NI number is QQ 12 34 56 C? No: AB123456C":                  "My NI number is QQ 12 34 56 C? No: [National Insurance number]",
		"NHS 401 023 2137 and not 401 023 2138":                         "NHS [NHS number] and not 401 023 2138",
		"Mr Smith and Dr. Ann O’Brien-Jones were kind":                  "Mr [name] and Dr. [name] were kind",
		"Diolch i Cyng. Siân Llŷr am ei help":                           "Diolch i Cyng. [name] am ei help",
		"Councillor Khan never replied. Mr and Mrs were out.":           "Councillor [name] never replied. Mr and Mrs were out.",
		"Card 4111 1111 1111 1111 was charged":                          "Card [card number] was charged",
		"The bin was 3 days late, 2026-01-21, job 12345678, £1,250.00":  "The bin was 3 days late, 2026-01-21, job 12345678, £1,250.00",
		"The A6 and B12 roads, room B2 4, p800refund, council tax 2024": "The A6 and B12 roads, room B2 4, p800refund, council tax 2024",
		"Mr\u00a0Smith\u202f01509\u2009263151":                          "Mr\u00a0[name]\u202f[phone number]",
		"07700  900461 or 07700\u2011900\u2013461 or 7700 900461":       "[phone number] or [phone number] or [phone number]",
		"44 7700 900461, +44\u00a07700\u200b900461":                     "[phone number], [phone number]",
		"O7700 900461 from CF1O 3AT and OX1 4AB and SO1 4AB":            "[phone number] from [postcode] and [postcode] and [postcode]",
		"０７７００　９００４６１ and jo＠example.org":                               "[phone number] and [email address]",
		"LE11\t3TN, AB\u201112\u201134\u201156\u2011C, 943—476—5919":    "[postcode], [National Insurance number], [NHS number]",
		"2026\u00a0–\u00a02027, ring 5 times,\n07700\n900461":           "2026\u00a0–\u00a02027, ring 5 times,\n07700\n900461",
		"The junction of the M1 1st exit, and M1 1AE":                   "The junction of the M1 1st exit, and [postcode]",
		"Mr Whippy's van in Victoria Road by St Mary's school":          "Mr Whippy's van in Victoria Road by St Mary's school",
		"Diolch i Siân Davies, 14 Heol y Bont":                          "Diolch i [name], [address]",
		"jo (at) example.com, www.gov.uk, facebook.com/jo.smith.9":      "[email address], www.gov.uk, [web address]",
		"Sort code 20-45-67, account 41830275, born 3 May 1956":         "Sort code [bank detail], account [bank detail], born [date of birth]",
		"Case ref HB/2024/118273 and plate FN62 KXE":                    "Case ref [case reference] and plate [number plate]",
		"": "",
	} {
		if got := Apply(in, Suggest(in)); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestReported03HardSpaces reads the comments of a reported case: every line holds one thing to find, behind a sign that
// looks like a space or a hyphen.
func TestReported03HardSpaces(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../shared/data/17_reported_cases/03-redaction-blind-behind-a-hard-space/comments.txt")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the folder shared/data is not beside the project: the reported case is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	want := []Kind{Phone, Phone, Phone, Phone, Postcode, Postcode, NationalInsurance, Card, Phone, Phone, NHS, Name}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		if got := Suggest(line); len(got) != 1 || got[0].Kind != want[i] {
			t.Errorf("line %d, %q: %v, want %s", i+1, line, got, want[i])
		}
	}
}

const cases = "../../../shared/data/10_pii_redaction/presidio_cases.json"

// Measured on cases that others wrote: how much of what should be found is found, and how much of what is found should be.
func TestOthersCases(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile(cases)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the folder shared/data is not beside the project: nothing to measure on")
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases map[string][]struct {
			Text          string
			ExpectedCount int `json:"expected_count"`
			Spans         [][2]int
		}
	}
	if err := json.Unmarshal(src, &file); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]Kind{
		"UK_NHS_NUMBER":         NHS,
		"UK_NATIONAL_INSURANCE": NationalInsurance,
		"UK_NINO":               NationalInsurance,
		"UK_POSTCODE":           Postcode,
		"EMAIL":                 Email,
		"PHONE":                 Phone,
	}
	least := map[Kind][2]float64{NHS: {1, 1}, NationalInsurance: {1, 1}, Postcode: {0.95, 0.95}, Email: {1, 1}}
	for name, list := range file.Cases {
		kind, ok := kinds[name]
		if !ok {
			t.Errorf("the cases %s belong to no kind", name)
			continue
		}
		hit, missed, wrong := 0, 0, 0
		for _, c := range list {
			found := 0
			for _, s := range Suggest(c.Text) {
				if s.Kind == kind {
					found++
				}
			}
			hit += min(found, c.ExpectedCount)
			missed += max(0, c.ExpectedCount-found)
			wrong += max(0, found-c.ExpectedCount)
			if found != c.ExpectedCount {
				t.Logf("%s: %q has %d, found %d", name, c.Text, c.ExpectedCount, found)
			}
		}
		precision, recall := float64(hit)/max(1, float64(hit+wrong)), float64(hit)/max(1, float64(hit+missed))
		t.Logf("%s: %d cases, precision %.3f, recall %.3f", name, len(list), precision, recall)
		if want, ok := least[kind]; ok && (precision < want[0] || recall < want[1]) {
			t.Errorf("%s: precision %.3f and recall %.3f, at least %v are asked", name, precision, recall, want)
		}
	}
}

func FuzzSuggest(f *testing.F) {
	for _, s := range []string{"Mr Smith 01509 263151", "LE11 3TN", "a@b.c", "\xff\xfe Mr \u202eSmith", strings.Repeat("0 ", 2000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		spans := Suggest(text)
		for _, s := range spans {
			if s.From < at || s.To <= s.From || s.To > len(text) {
				t.Fatalf("%q: %+v", text, spans)
			}
			at = s.To
		}
		if shown := Apply(text, spans); utf8.ValidString(text) && !utf8.ValidString(shown) {
			t.Fatalf("%q is cut inside a letter: %q", text, shown)
		}
	})
}
