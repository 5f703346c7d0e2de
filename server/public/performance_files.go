package public

import (
	"bytes"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/server/page"
	"yousaid/surveys/tablefile"
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
	r.lang = fileLanguage(r.lang)
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

// tableBook is a released table as a book: each figure is a cell of the register.
func (p *Pages) tableBook(r reader, pub calendar.Publication, e calendar.Edition) tablefile.Book {
	r.plain = true
	f := p.pageOf(r, r.lang)
	published, err := time.Parse(time.DateOnly, e.On)
	if err != nil {
		published = time.Unix(0, 0)
	}
	sheet := tablefile.Sheet{Name: "Table_1", Title: f.Word(pub.Titles)}
	if words := f.Word(pub.Question); words != "" {
		sheet.Intro = append(sheet.Intro, f.T("performance.question|The question was: %s", words))
	}
	if e.Number < len(pub.Editions) {
		sheet.Intro = append(
			sheet.Intro,
			f.T(
				"performance.file_old|This table has been corrected since. The newest one is at %s",
				p.base(r)+"/"+r.org.Slug+performancePath+"/"+number(pub.ID),
			),
		)
	}
	if e.Number > 1 {
		sheet.Intro = append(sheet.Intro, f.T("said.corrected|Corrected on %s", date(f, e.On))+": "+f.Word(e.Note))
	}
	list := figures.SharesFirst(figures.InCells(e.Table.Cells))
	sheet.Columns = tableColumns(f, pub, list)
	for _, cell := range e.Table.Cells {
		sheet.Rows = append(sheet.Rows, tableRow(f, group(f, pub, cell.Code()), pub, cell, list))
	}
	return tablefile.Book{
		Title:        f.Word(pub.Titles),
		Organisation: f.Organisation,
		Words:        f,
		Period:       f.Period(pub.From, pub.To),
		Published:    published,
		Source:       f.T("performance.source|Answers to: %s. Release %s.", f.Word(pub.SurveyTitle), number(e.Table.ID)),
		Notes: []string{
			f.T(
				"performance.range_note|The likely range is the 95 per cent interval of the share satisfied (Wilson). People chose for themselves " +
					"whether to answer.",
			),
		},
		Tables: []tablefile.Sheet{sheet},
	}
}

func tableColumns(f page.Page, pub calendar.Publication, list []figures.Figure) []tablefile.Column {
	unit := f.T("performance.percent|per cent")
	columns := []tablefile.Column{
		{Header: splitWord(f, pub.By)},
		{Header: f.T("performance.code|Code"), Kind: tablefile.CodeColumn},
		{Header: f.T("performance.n|People who answered"), Kind: tablefile.CountColumn},
	}
	for _, one := range list {
		column := tablefile.Column{Header: f.T(one.Word), Kind: tablefile.MeanColumn}
		if one.Percent {
			column.Unit, column.Kind = unit, tablefile.PercentColumn
		}
		if one.End {
			column.Notes = []int{1}
		}
		columns = append(columns, column)
	}
	for _, a := range pub.Answers {
		columns = append(columns, tablefile.Column{Header: f.Word(a.Text), Unit: f.T("performance.number|number"), Kind: tablefile.CountColumn})
	}
	return append(columns, tablefile.Column{Header: f.T("performance.reliability|Reliability")})
}

func tableRow(f page.Page, group string, pub calendar.Publication, cell figures.Cell, list []figures.Figure) []tablefile.Cell {
	code := cell.Code()
	if code == "" {
		code = "(no answer)"
	}
	row := []tablefile.Cell{tablefile.Text(group), tablefile.Text(code)}
	add := func(there bool, v float64) {
		switch {
		case cell.NotAsked:
			row = append(row, tablefile.Short(tablefile.NotApplicable))
		case cell.Hidden:
			row = append(row, tablefile.Short(tablefile.Confidential))
		case !there:
			row = append(row, tablefile.Short(tablefile.NotAvailable))
		default:
			row = append(row, tablefile.Number(v))
		}
	}
	add(true, float64(cell.N))
	for _, one := range list {
		if v := one.Of(cell); v != nil {
			add(true, one.Rounded(*v))
		} else {
			add(false, 0)
		}
	}
	for _, a := range pub.Answers {
		n, ok := cell.Distribution.Of(a.Code)
		add(ok, float64(n))
	}
	switch {
	case cell.NotAsked:
		row = append(row, tablefile.Short(tablefile.NotApplicable))
	case cell.Hidden:
		row = append(row, tablefile.Short(tablefile.Confidential))
	case cell.Unreliable:
		row = append(row, tablefile.Short(tablefile.LowReliability))
	default:
		row = append(row, tablefile.Text(f.T("performance.reliable|Base of 30 or more")))
	}
	return row
}
