package public

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/releases"
	"yousaid/server/page"
)

// PerformancePage is public/performance: what the council publishes of its figures, and when.
type PerformancePage struct {
	page.Page
	Tables   []FigureTable
	Calendar page.Table
	Actions  string // address of "you said, we did"
}

// FigureTable is one published table.
type FigureTable struct {
	ID        string
	Title     page.Text
	Period    string
	Table     page.Table
	Chart     template.HTML
	Published string
	Late      string // in words; "" for in time
	Corrected string
	Note      page.Text
	Files     []page.Link
}

// FileNames are the formats in which tables and lists can be had, by the end of their address.
var FileNames = []string{"csv", "xlsx", "html", "docx"}

func fileLinks(base string) []page.Link {
	names := map[string]string{"csv": "CSV", "xlsx": "Excel (XLSX)", "html": "HTML", "docx": "Word (DOCX)"}
	var list []page.Link
	for _, f := range FileNames {
		list = append(list, page.Link{Text: names[f], Href: base + "." + f})
	}
	return list
}

// rowName is what a row of a released table is called: as it was when it was published.
func rowName(f page.Page, t table, c releases.Cell) string {
	if c.Code == "" {
		return f.T("figures.unknown|Not known")
	}
	if name, _ := t.Labels[c.Code].In(f.Lang); name != "" {
		return name
	}
	return c.Code
}

func percentOf(share *float64) string {
	if share == nil {
		return "–"
	}
	return whole1(*share)
}

// whole1 is a share in per cent with one decimal place, as the files have it.
func whole1(share float64) string {
	return strconv.FormatFloat(float64(int64(share*1000+0.5))/10, 'f', 1, 64) + "%"
}

func (p *Pages) figureTable(f page.Page, t table, today string) FigureTable {
	id := strconv.FormatInt(t.ID, 10)
	v := FigureTable{ID: "table-" + id, Title: page.Find(t.Titles, f.Lang), Period: f.Period(t.From, t.To), Published: day(f.Lang, t.PublishedOn), Corrected: day(f.Lang, t.CorrectedOn),
		Note: page.Find(t.Note, f.Lang), Files: fileLinks(f.Base + "/performance/" + id)}
	if late, _ := t.Lateness(today); late > 0 {
		v.Late = f.Plural("figures.late|%s day late|%s days late", late, late)
	}
	split := map[string]string{"channel": f.T("figures.channel|How people contacted us"), "service": f.T("figures.service|Service"), "directorate": f.T("figures.directorate|Part of the council")}[t.By]
	v.Table = page.Table{Caption: v.Title.Text + ", " + v.Period, Columns: []page.Column{{Text: split}, {Text: f.T("figures.answers|Answers"), Number: true}, {Text: f.T("figures.satisfied|Satisfied"), Number: true},
		{Text: f.T("figures.range|Likely range"), Number: true}}, Note: f.T("figures.note|[c]: fewer than 5 people, or needed to protect them; not shown. The likely range is the 95 percent interval.")}
	chart := page.Chart{ID: "chart-" + id, Title: v.Table.Caption}
	for _, c := range t.Release.Cells {
		if c.NotAsked {
			continue
		}
		name := rowName(f, t, c)
		if c.Hidden {
			hidden := page.Cell{Text: "[c]", Spoken: f.T("figures.hidden|not shown, to protect people"), Number: true, Muted: true}
			v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: name, Head: true}, hidden, hidden, hidden})
			chart.Rows = append(chart.Rows, page.Row{Label: name, Hidden: true})
			continue
		}
		interval := "–"
		if c.Low != nil && c.High != nil {
			interval = f.T("figures.from_to|%s to %s", whole1(*c.Low), whole1(*c.High))
		}
		v.Table.Rows = append(v.Table.Rows, []page.Cell{{Text: name, Head: true}, {Text: page.Number(int(c.N)), Number: true}, {Text: percentOf(c.Satisfied), Number: true}, {Text: interval, Number: true}})
		chart.Rows = append(chart.Rows, page.Row{Label: name, N: int(c.N), Share: c.Satisfied, Low: c.Low, High: c.High})
	}
	if len(chart.Rows) > 1 {
		v.Chart = page.ShareBars(f, chart)
	}
	return v
}

// calendar shows what is due when, and what came when.
func calendar(f page.Page, tables []table, today string) page.Table {
	t := page.Table{Caption: f.T("figures.calendar|When we publish"), Columns: []page.Column{{Text: f.T("figures.what|Figures")}, {Text: f.T("figures.period|Period")}, {Text: f.T("figures.due|Due")},
		{Text: f.T("figures.status|Status")}}}
	for _, one := range tables {
		title := page.Find(one.Titles, f.Lang)
		late, waiting := one.Lateness(today)
		status := f.T("figures.to_come|To come")
		switch {
		case one.State == "withdrawn":
			note, _ := one.Note.In(f.Lang)
			status = f.T("figures.withdrawn|Withdrawn: %s", note)
		case waiting && late > 0:
			status = f.Plural("figures.overdue|Late by %s day, not published yet|Late by %s days, not published yet", late, late)
		case !waiting && late > 0:
			status = f.T("figures.published_late|Published on %s", day(f.Lang, one.PublishedOn)) + ", " + f.Plural("figures.late|%s day late|%s days late", late, late)
		case !waiting:
			status = f.T("figures.published|Published on %s, in time", day(f.Lang, one.PublishedOn))
		}
		cell := page.Cell{Text: title.Text, Head: true}
		if one.State == "published" {
			cell.Href = fmt.Sprintf("#table-%d", one.ID)
		}
		t.Rows = append(t.Rows, []page.Cell{cell, {Text: f.Period(one.From, one.To)}, {Text: day(f.Lang, one.Due)}, {Text: status}})
	}
	return t
}

// Performance shows the published tables and the calendar.
func (p *Pages) Performance(c echo.Context) error {
	b, err := p.board(c)
	if err != nil {
		return err
	}
	f := p.said(c, b)
	return p.serve(c, b, "performance "+f.Lang, func() ([]byte, http.Header, error) {
		view := PerformancePage{Page: f, Calendar: calendar(f, b.tables, b.today)}
		if len(b.items) > 0 {
			view.Actions = f.Base + "/you-said-we-did"
		}
		for _, t := range b.tables {
			if t.State == "published" {
				view.Tables = append(view.Tables, p.figureTable(f, t, b.today))
			}
		}
		return p.html("public/performance", f, view)()
	})
}
