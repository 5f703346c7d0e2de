package staff

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/server/page"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// NotAskedHere refuses what is made for keeps, a file or a release, where a page would show another question: it answers what was asked or
// nothing.
const NotAskedHere = "staff.the_surveys_chosen_do|The surveys chosen do not ask this question, or not in a way that can be counted " +
	"together. Choose one of their questions."

// SendTable gives a table as a file, in the language of the reader's pages where every word of it has one.
func SendTable(c echo.Context, a tables.Answer, f tablefile.Format, now time.Time) error {
	return SendBook(c, BookOf(c, a, now), FileName(a.Of()), f)
}

// BookOf is a table as a book in one language. In English the council has the name that it had when the table left.
func BookOf(c echo.Context, a tables.Answer, published time.Time) tablefile.Book {
	return page.InOneLanguage(page.New(c), func(in wording.Speaker) tablefile.Book {
		b := workbook.Book(a, in, "", published)
		if in.Language() != wording.English.Language() {
			b.Organisation = in.Say(wording.Named(Organisation(c).Names))
		}
		return b
	})
}

// SendBook gives sheets as a file. It is written to memory first: a file is whole or it is not a file.
func SendBook(c echo.Context, b tablefile.Book, name string, f tablefile.Format) error {
	var file bytes.Buffer
	if err := f.Table(&file, b); err != nil {
		return err
	}
	return SendFile(c, name+f.Extension(), f.MIME, file.Bytes())
}

func SendFile(c echo.Context, name, kind string, file []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, kind, file)
}

// FileName says what is in the file: "customer-satisfaction-rating-by-channel".
func FileName(f figures.Frame) string {
	name := "all-surveys"
	if len(f.Surveys) == 1 {
		name = f.Surveys[0].Slug
	}
	name += "-" + f.Measure.Code
	for i, d := range f.Dimensions {
		name += []string{"-by-", "-and-"}[min(i, 1)] + d.ID
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, name)
}
