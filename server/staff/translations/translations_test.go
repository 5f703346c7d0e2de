package translations

import (
	"bytes"
	"encoding/csv"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/staff/stafftest"
	"yousaid/server/translations"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Words: f.Translations, Set: f.Set}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/translations": p.Translations, "POST /staff/translations": p.AddTranslation,
		"GET /staff/translations/:language":  p.Translation,
		"POST /staff/translations/:language": p.ChangeTranslation, "GET /staff/translations/:language/file": p.TranslationFile,
		"GET /staff/translations/:language/:part": p.TranslationPart, "POST /staff/translations/:language/:part": p.SaveTranslation,
	})
}

func TestALanguage(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	const ur = "/staff/translations/ur"
	site.EachFault("consultation", "/staff/translations", nil).Is(200, "Urdu")
	site.EachFault("consultation", "/staff/translations", url.Values{"language": {"ur"}}).LeadsTo(ur)
	site.Post("consultation", "/staff/translations", url.Values{"code": {"no language"}}).Is(422)
	site.Post("consultation", "/staff/translations", url.Values{}).Is(422)
	site.EachFault("consultation", ur, nil).Is(200, "Urdu", ur+"/notices")
	site.Get("consultation", "/staff/translations/xx").Fails(translations.ErrMissing)
	site.Get("consultation", ur+"/nothing").Fails(translations.ErrMissing)

	part := site.EachFault("consultation", ur+"/notices", nil)
	part.Is(200, `name="privacy.about"`, "rel=\"next\"")
	site.EachFault("consultation", ur+"/notices", url.Values{"privacy.about": {"رازداری"}, "was:privacy.about": {""}})
	site.Get("consultation", ur+"/notices").Is(200, "رازداری")
	site.Post("consultation", ur+"/notices", part.With("privacy.about", "نجی")).Is(422, "نجی")
	site.Get("consultation", ur+"/notices?show=missing&from=20").Is(200, "rel=\"prev\"").Hides("رازداری")
	site.Post("consultation", ur+"/notices?show=missing", url.Values{"privacy.who": {strings.Repeat("x", 5000)}}).Is(422)
	site.Post("consultation", ur, url.Values{"do": {"remove"}}).Fails(translations.ErrNotEmpty)
	site.Post("consultation", ur, url.Values{"do": {"dance"}}).FailsWith(400)
	site.Post("consultation", "/staff/translations", url.Values{"code": {"pl"}}).LeadsTo("/staff/translations/pl")
	site.Get("consultation", "/staff/translations/pl/questions").Is(200)
	site.Post("consultation", "/staff/translations/pl", url.Values{"do": {"remove"}}).LeadsTo("/staff/translations")
}

// upload is a form with a file.
func upload(t *testing.T, site *stafftest.Site, file string) *stafftest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.WriteField("do", "upload"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "words.csv")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return site.Upload("consultation", "/staff/translations/ur", w.FormDataContentType(), &body)
}

// A translator's file goes out, is filled in and comes back: what is right is kept, what is not is listed.
func TestAFileOfWords(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	site.Post("consultation", "/staff/translations", url.Values{"language": {"ur"}})
	file := site.EachFault("consultation", "/staff/translations/ur/file?part=notices", nil).Is(200, "privacy.about").Body
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	written := false
	for i, row := range rows {
		if row[0] == "privacy.about" {
			rows[i][len(row)-1], written = "رازداری", true
			for j, head := range rows[0] {
				if strings.Contains(strings.ToLower(head), "translation") || strings.Contains(strings.ToLower(head), "urdu") {
					rows[i][j] = "رازداری"
				}
			}
		}
	}
	if !written {
		t.Fatal(rows)
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	upload(t, site, out.String()).LeadsTo("/staff/translations/ur")
	upload(t, site, strings.Replace(out.String(), "privacy.about", "no.such.key", 1)).Is(422, "no.such.key")
	upload(t, site, "no table").Is(422)
	site.Post("consultation", "/staff/translations/ur", url.Values{"do": {"upload"}}).Is(422, "Choose a file")
	site.Get("consultation", "/staff/translations/ur/file?part=nothing").FailsWith(404)
}
