package public

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// PerformanceFile is one edition of a published table as a file. What was corrected stays to be compared; what was withdrawn is gone.
func (p *Pages) PerformanceFile(c echo.Context) error {
	r, pub, err := p.publication(c)
	if err != nil {
		return moved(c, err, performancePath+"/"+c.Param("id"))
	}
	if pub.State == "withdrawn" {
		return p.PerformanceTable(c)
	}
	at := slices.IndexFunc(pub.Editions, func(e calendar.Edition) bool { return strconv.Itoa(e.Number) == c.Param("edition") })
	format, ok := tablefile.Of(c.Param("file"))
	if at < 0 || !ok || !format.HoldsTables() || c.Param("file") != fileOf(pub)+format.Extension() {
		return echo.ErrNotFound
	}
	r.lang = p.fileLanguage(r.lang)
	return p.serve(c, r, "file "+number(pub.ID)+" "+strconv.Itoa(at)+" "+format.Name, wanted{}, func() (*response, error) {
		var b bytes.Buffer
		if err := format.Table(&b, p.tableBook(r, pub, pub.Editions[at])); err != nil {
			return nil, err
		}
		return newResponse(
			b.Bytes(),
			responseOptions{kind: format.MIME, disposition: `attachment; filename="` + r.org.Slug + "-" + c.Param("file") + `"`, varies: r.varies},
		)
	})
}

// tableBook is an edition as a book: the one that staff download of its release. Each figure is a cell of the register.
func (p *Pages) tableBook(r reader, pub calendar.Publication, e calendar.Edition) tablefile.Book {
	r.plain = true
	f := p.pageOf(r, r.lang)
	published, err := time.Parse(time.DateOnly, e.On)
	if err != nil {
		published = time.Unix(0, 0)
	}
	t := editionTable(pub, e)
	t.Organisation = f.Organisation
	if e.Number < len(pub.Editions) {
		newest := p.base(r) + "/" + r.org.Slug + performancePath + "/" + number(pub.ID)
		t.Remarks = append(t.Remarks,
			wording.Say("performance.file_old|This table has been corrected since. The newest one is at %s", newest))
	}
	if e.Number > 1 {
		t.Remarks = append(t.Remarks, wording.Say("performance.file_corrected|Corrected on %s: %s", date(f, e.On), e.Note))
	}
	return t.Book(f, "", published)
}

// editionTable is an edition with its words in every language.
func editionTable(pub calendar.Publication, e calendar.Edition) workbook.Table {
	t := workbook.Table{Frame: frameOf(pub, e), Figures: figures.InCells(e.Table.Cells), Protected: true, Release: e.Table.ID}
	t.Rows = t.Frame.Rows(e.Table.Cells, e.Table.Total)
	return t
}

// frameOf says what an edition is about, in every language in which it was published.
func frameOf(pub calendar.Publication, e calendar.Edition) figures.Frame {
	f := figures.Frame{Query: figures.Query{Rounded: e.Table.Query.Rounded, Subtotals: e.Table.Query.Subtotals},
		Surveys: []figures.SurveyRef{{Slug: pub.SurveySlug, Title: wording.Named(pub.SurveyTitle)}},
		Measure: figures.Measure{Code: pub.Measure, Text: wording.Named(pub.Question)}}
	f.From, _ = figures.ParseDate(pub.From) // a date of the database
	f.To, _ = figures.ParseDate(pub.To)
	for _, a := range pub.Answers {
		f.Measure.Answers = append(f.Measure.Answers, figures.AnswerCode{Code: a.Code, Label: wording.Named(a.Text)})
	}
	d := figures.Dimension{ID: pub.By, Label: figures.DimensionLabel(pub.By)}
	for _, cell := range e.Table.Cells {
		d.Codes = append(d.Codes, figures.Code{Code: cell.Code(), Label: rowLabel(pub, cell.Code())})
	}
	f.Dimensions = []figures.Dimension{d}
	return f
}
