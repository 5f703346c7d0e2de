package page

import (
	"io/fs"
	"strings"
	"testing"

	"yousaid/static"
)

func assets(t *testing.T) *static.Assets {
	t.Helper()
	a, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func all(t *testing.T) *Set {
	t.Helper()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A page that is wrong stops the start, in a sentence that names it.
func TestABadPageStopsTheStart(t *testing.T) {
	for name, page := range map[string]string{
		"broken":      `{{define "title"}}x{{end}}{{define "main"}}{{if}}{{end}}`,
		"no title":    `{{define "main"}}x{{end}}`,
		"no partial":  `{{define "title"}}x{{end}}{{define "main"}}{{template "nowhere" .}}{{end}}`,
		"bad context": `{{define "title"}}x{{end}}{{define "main"}}<a href="{{if .}}x" {{end}}>{{end}}`,
		"no function": `{{define "title"}}x{{end}}{{define "main"}}{{shout "x"}}{{end}}`,
	} {
		_, err := loadAll(tiny(page), assets(t))
		if err == nil {
			t.Errorf("%s: a bad page was accepted", name)
		} else if !strings.Contains(err.Error(), "public/hello") {
			t.Errorf("%s: %v does not name the page", name, err)
		}
	}
}

func TestRenderIsWholeOrNothing(t *testing.T) {
	set, err := loadAll(tiny(`{{define "title"}}x{{end}}{{define "main"}}{{.Missing}}{{end}}`), assets(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]any{"no field": ErrorPage{Page: set.In("en")}, "no frame": 7, "no language": ErrorPage{}} {
		if body, err := set.RenderBytes("public/hello", data); err == nil || body != nil {
			t.Errorf("%s: got %q, %v", name, body, err)
		}
	}
	if _, err := set.RenderBytes("public/absent", ErrorPage{Page: set.In("en")}); err == nil {
		t.Error("an absent page was rendered")
	}
}

// loadAll reads pages and words of a test.
func loadAll(files fs.FS, assets *static.Assets) (*Set, error) {
	words, err := loadCatalogue(files)
	if err != nil {
		return nil, err
	}
	return load(files, assets, words)
}
