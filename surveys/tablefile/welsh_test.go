package tablefile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"yousaid/surveys/wording"
)

// welsh words what a file says as the pages do: from the list of translations.
type welsh map[string]struct{ Text string }

func inWelsh(t testing.TB) wording.Speaker {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "static", "locales", "cy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list welsh
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (w welsh) Language() string { return "cy" }

func (w welsh) Say(m wording.Message) string {
	args := wording.Each(m.Args, func(arg any) any {
		if part, ok := arg.(wording.Message); ok {
			return w.Say(part)
		}
		return arg
	})
	return wording.Fill(w[m.Key()].Text, args)
}
