package links

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The examples that people copy give the links that the program takes, whatever stands in a reference. C# is shown and cannot be run here.
func TestTheExamplesSignAsWeDo(t *testing.T) {
	t.Parallel()
	const secret, code = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", "TST2345678"
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, e := range Examples() {
		program := map[string]string{"Shell": "sh", "Python": "python3", "PHP": "php"}[e.Language]
		if _, err := exec.LookPath(program); program == "" || err != nil {
			t.Logf("%s is not on this machine: its example was not run", e.Language)
			continue
		}
		ran++
		for _, reference := range []string{"R-2026/1234", "a b&c=d?e#f", "Gwaith 12 – ŵyl", "100%", "'\"$(x)"} {
			out, err := exec.CommandContext(t.Context(), program, "examples/"+e.File, file, code, reference, "https://f.example.gov.uk").Output()
			if err != nil {
				t.Fatalf("%s: %v", e.Language, err)
			}
			u, err := url.Parse(strings.TrimSpace(string(out)))
			if err != nil || u.Path != "/f/"+code || u.Query().Get("job") != reference || u.Query().Get("sig") != SignJob(secret, code, reference) {
				t.Errorf("%s, %q: %s", e.Language, reference, out)
			}
		}
	}
	if ran == 0 {
		t.Error("no example was run: sh, which every machine has, is missing")
	}
	page, err := os.ReadFile("../../docs/job-links.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range Examples() {
		if !strings.Contains(string(page), e.Text) {
			t.Errorf("docs/job-links.md does not show the example in %s as it is", e.Language)
		}
	}
}
