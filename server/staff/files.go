package staff

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics"
	"yousaid/analytics/workbook"
	"yousaid/server/page"
	"yousaid/server/signin"
)

// ResultsCSV is the table of the results page as CSV.
func (p *Pages) ResultsCSV(c echo.Context) error { return p.results(c, "csv") }

// ResultsXLSX is the table of the results page as a workbook.
func (p *Pages) ResultsXLSX(c echo.Context) error { return p.results(c, "xlsx") }

// EqualityCSV is the table of the equality page as CSV.
func (p *Pages) EqualityCSV(c echo.Context) error { return p.equality(c, "csv") }

// EqualityXLSX is the table of the equality page as a workbook.
func (p *Pages) EqualityXLSX(c echo.Context) error { return p.equality(c, "xlsx") }

// elsewhere refuses what is made for keeps, a file or a release, where a page would show another question: it answers what was asked or nothing.
const elsewhere = "The surveys chosen do not ask this question, or not in a way that can be counted together. Choose one of their questions."

// results asks what the page asked, with the same filters.
func (p *Pages) results(c echo.Context, format string) error {
	actor, f := signin.Of(c).Actor, readFilters(c)
	offer, err := p.Analytics.Offer(c.Request().Context(), actor, f.Surveys)
	if err != nil {
		return err
	}
	if changed := f.complete(offer); changed != "" {
		return analytics.Refusal{Sentence: elsewhere}
	}
	var problems page.Problems
	q := f.query(&problems, f.By, f.And)
	if len(problems) > 0 {
		return analytics.Refusal{Sentence: problems.Error()}
	}
	a, err := p.Analytics.Ask(c.Request().Context(), actor, q)
	if err != nil {
		return err
	}
	figures, ok := a.(analytics.Figures)
	if !ok {
		return analytics.Refusal{Sentence: "Tables by groups of people are on the page Equality, where small groups are protected."}
	}
	return p.send(c, figures, format)
}

func (p *Pages) equality(c echo.Context, format string) error {
	f := readFilters(c)
	offer, err := p.Analytics.Offer(c.Request().Context(), signin.Of(c).Actor, f.Surveys)
	if err != nil {
		return err
	}
	if changed := f.complete(offer); changed != "" {
		return analytics.Refusal{Sentence: elsewhere}
	}
	a, err := p.ask(c, f, offer)
	if err != nil {
		return err
	}
	return p.send(c, a, format)
}

// send writes the whole file to memory first: a file is whole or it is not a file.
func (p *Pages) send(c echo.Context, a analytics.Answer, format string) error {
	return sendBook(c, analytics.Book(a, "", p.Now()), fileName(a.Of()), format)
}

func sendBook(c echo.Context, b workbook.Book, name, format string) error {
	f, ok := workbook.FormatNamed(format)
	if !ok {
		return fmt.Errorf("there is no format %q", format)
	}
	var file bytes.Buffer
	if err := f.Write(&file, b); err != nil {
		return err
	}
	return sendFile(c, name+f.Extension, f.MIME, file.Bytes())
}

func sendFile(c echo.Context, name, kind string, file []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, kind, file)
}

// fileName says what is in the file: "customer-satisfaction-rating-by-channel".
func fileName(f analytics.Frame) string {
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
