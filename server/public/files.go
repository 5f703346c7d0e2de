package public

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/document"
	"yousaid/analytics/workbook"
	"yousaid/server/page"
)

var mimes = map[string]string{"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}

// file serves a list or table in a format: as a book for spreadsheets, as a document for readers.
func (p *Pages) file(c echo.Context, b *board, key, name, format string, book func() workbook.Book, text func() document.Document) error {
	mime, ok := mimes[format]
	if !ok {
		return p.nowhere(c)
	}
	return p.serve(c, b, key+"."+format, func() ([]byte, http.Header, error) {
		var out bytes.Buffer
		var err error
		switch format {
		case "docx":
			err = document.WriteDOCX(&out, text())
		case "html":
			err = document.WriteHTML(&out, text())
		default:
			f, _ := workbook.FormatNamed(format)
			err = f.Write(io.Writer(&out), book())
		}
		h := http.Header{echo.HeaderContentType: {mime}, echo.HeaderContentDisposition: {fmt.Sprintf(`attachment; filename="%s.%s"`, name, format)}}
		return out.Bytes(), h, err
	})
}

// YouSaidFile gives the whole list as a file.
func (p *Pages) YouSaidFile(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	f := p.said(c, b)
	format := strings.TrimPrefix(c.Param("format"), "list.")
	title := f.T("yousaid.title|You said, we did") + ", " + f.Organisation
	return p.file(c, b, "list "+f.Lang, b.org.Slug+"-you-said-we-did", format, func() workbook.Book {
		sheet := workbook.Sheet{Name: "You_said_we_did", Title: title, Intro: []string{f.T("yousaid.file_intro|Each row is one thing people said and what the council does about it.")}}
		for _, h := range []string{f.T("yousaid.number|Number"), f.T("yousaid.you_said|You said"), f.T("yousaid.figure|Figure"), f.T("yousaid.kind|What we say"), f.T("yousaid.we_say|What we do"), f.T("figures.service|Service"),
			f.T("yousaid.theme|Theme"), f.T("figures.status|Status"), f.T("yousaid.published|Published")} {
			sheet.Columns = append(sheet.Columns, workbook.Column{Header: h})
		}
		for _, it := range b.items {
			v := itemView(f, it, f.Base)
			var row []workbook.Cell
			for _, s := range []string{strconv.FormatInt(it.Number, 10), v.YouSaid.Text, v.Figure, v.Heading, v.WeDid.Text, v.Service.Text, v.Theme.Text, v.StatusWords, v.Published} {
				if strings.TrimSpace(s) == "" {
					s = "–"
				}
				row = append(row, workbook.Text(s))
			}
			sheet.Rows = append(sheet.Rows, row)
		}
		if len(sheet.Rows) == 0 {
			var row []workbook.Cell
			for range sheet.Columns {
				row = append(row, workbook.Text(f.T("yousaid.none_short|None yet")))
			}
			sheet.Rows = append(sheet.Rows, row)
		}
		return workbook.Book{Title: title, Organisation: f.Organisation, Lang: f.Lang, Period: f.T("yousaid.until|up to %s", day(f.Lang, b.today)), Source: p.full(b, f.Base+"/you-said-we-did"), Contact: f.Organisation, Published: published(b.today), Tables: []workbook.Sheet{sheet}}
	}, func() document.Document {
		d := document.Document{Title: title, Organisation: f.Organisation, Lang: f.Lang}
		for _, it := range b.items {
			v := itemView(f, it, f.Base)
			d.Parts = append(d.Parts, document.Heading(2, strconv.FormatInt(it.Number, 10)+". "+v.YouSaid.Text))
			for _, s := range []string{strings.Trim(v.Service.Text+". "+v.Theme.Text, ". "), v.Figure} {
				if s != "" {
					d.Parts = append(d.Parts, document.Text(s))
				}
			}
			d.Parts = append(d.Parts, document.Heading(3, v.Heading), document.Text(v.WeDid.Text))
			if v.Deliverable.Text != "" {
				d.Parts = append(d.Parts, document.Text(v.Deliverable.Text))
			}
			d.Parts = append(d.Parts, document.Text(v.StatusWords+". "+f.T("yousaid.published_on|Published on %s.", v.Published)))
			for _, corrected := range v.Corrections {
				d.Parts = append(d.Parts, document.Text(f.T("yousaid.corrected|Corrected on %s: %s", corrected.On, corrected.Note.Text)))
			}
		}
		return d
	})
}

// PerformanceFile gives one published table as a file: the figures of the register, as they were released.
func (p *Pages) PerformanceFile(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	id, format, _ := strings.Cut(c.Param("file"), ".")
	f := p.said(c, b)
	for _, t := range b.tables {
		if strconv.FormatInt(t.ID, 10) == id && t.State == "published" {
			return p.file(c, b, "table "+id+" "+f.Lang, fmt.Sprintf("%s-satisfaction-%s", b.org.Slug, id), format, func() workbook.Book { return p.figureBook(f, b, t) }, func() document.Document { return p.figureDocument(f, b, t) })
		}
	}
	page.Keep(c, f)
	return echo.ErrNotFound
}

func (p *Pages) figureBook(f page.Page, b *board, t table) workbook.Book {
	v := p.figureTable(f, t, b.today)
	sheet := workbook.Sheet{Name: "Satisfaction", Title: v.Table.Caption, Columns: []workbook.Column{{Header: v.Table.Columns[0].Text}, {Header: v.Table.Columns[1].Text, Kind: workbook.CountColumn},
		{Header: v.Table.Columns[2].Text, Unit: f.T("figures.percent|percent"), Kind: workbook.PercentColumn}, {Header: f.T("figures.low|Likely range from"), Unit: f.T("figures.percent|percent"), Kind: workbook.PercentColumn},
		{Header: f.T("figures.high|Likely range to"), Unit: f.T("figures.percent|percent"), Kind: workbook.PercentColumn}}}
	share := func(s *float64) workbook.Cell {
		if s == nil {
			return workbook.Short(workbook.NotAvailable)
		}
		return workbook.Number(float64(int64(*s*1000+0.5)) / 10)
	}
	for _, c := range t.Release.Cells {
		name := workbook.Text(rowName(f, t, c))
		short := workbook.Short(workbook.Confidential)
		switch {
		case c.NotAsked:
			short = workbook.Short(workbook.NotApplicable)
			fallthrough
		case c.Hidden:
			sheet.Rows = append(sheet.Rows, []workbook.Cell{name, short, short, short, short})
		default:
			sheet.Rows = append(sheet.Rows, []workbook.Cell{name, workbook.Number(float64(c.N)), share(c.Satisfied), share(c.Low), share(c.High)})
		}
	}
	return workbook.Book{Title: v.Title.Text, Organisation: f.Organisation, Lang: f.Lang, Period: v.Period, Source: f.T("figures.source|Answers of customers, counted on whole months that were over."), Contact: f.Organisation,
		Published: published(b.today), Tables: []workbook.Sheet{sheet}}
}

func (p *Pages) figureDocument(f page.Page, b *board, t table) document.Document {
	v := p.figureTable(f, t, b.today)
	out := document.Table{Caption: v.Table.Caption}
	for _, c := range v.Table.Columns {
		out.Head, out.Numbers = append(out.Head, c.Text), append(out.Numbers, c.Number)
	}
	for _, r := range v.Table.Rows {
		var cells []string
		for _, c := range r {
			cells = append(cells, c.Text)
		}
		out.Rows = append(out.Rows, cells)
	}
	d := document.Document{Title: v.Title.Text + ", " + v.Period, Organisation: f.Organisation, Lang: f.Lang, Parts: []document.Part{document.Text(f.Organisation), document.Of(out), document.Text(v.Table.Note)}}
	if v.Corrected != "" {
		d.Parts = append(d.Parts, document.Text(f.T("yousaid.corrected|Corrected on %s: %s", v.Corrected, v.Note.Text)))
	}
	return d
}

// published is the day of a file for its cover.
func published(today string) time.Time {
	t, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return time.Time{}
	}
	return t
}
