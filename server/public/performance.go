package public

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// Performance is the page of published figures: the latest table of each kind, and the calendar with what is late.
func (p *Pages) Performance(c echo.Context) error {
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, performancePath)
	}
	return p.serve(c, r, "performance", wanted{}, func() (*response, error) {
		return p.html("public/performance", p.performancePage(r), responseOptions{varies: r.varies})
	})
}

func (p *Pages) performancePage(r reader) page.PerformancePage {
	v := page.PerformancePage{Page: p.frameOf(r, performancePath, nil)}
	if len(r.items) > 0 {
		v.Said = r.in(youSaidPath)
	}
	at := map[string]int{}
	for _, pub := range r.calendar {
		if pub.State == "planned" && late(pub, r.today) > 0 {
			v.Late++
		}
		if pub.State != "published" {
			continue
		}
		kind := pub.SurveySlug + " " + pub.Measure + " " + pub.By
		if i, ok := at[kind]; ok {
			v.Tables[i].Earlier = append(
				v.Tables[i].Earlier,
				page.Link{Text: v.Period(pub.From, pub.To), Href: r.in(performancePath + "/" + number(pub.ID))},
			)
			continue
		}
		at[kind] = len(v.Tables)
		v.Tables = append(v.Tables, p.publishedView(r, v.Page, pub))
	}
	v.Overall = overall(r, v.Page)
	v.Calendar = calendarOf(r, v.Page)
	return v
}

// calendarOf lists what is due when, what was published when, and what is late.
func calendarOf(r reader, f page.Page) page.Table {
	t := page.Table{
		Caption: f.T("performance.calendar|Dates of publication, the latest period first"),
		Columns: []page.Column{{Text: f.T("performance.what|What")}, {Text: f.T("performance.period|Period")},
			{Text: f.T("performance.due_on|Due")}, {Text: f.T("performance.published_on|Published")}, {Text: f.T("performance.state|State")}},
	}
	for _, pub := range r.calendar {
		what := page.Cell{Text: f.Word(pub.Titles), Head: true}
		published, state := f.T("performance.not_yet|not yet"), f.T("performance.planned|Planned")
		days := late(pub, r.today)
		switch pub.State {
		case "published":
			what.Href = r.in(performancePath + "/" + number(pub.ID))
			published, state = date(f, pub.PublishedOn), f.T("performance.in_time|In time")
			if len(pub.Editions) > 1 {
				state = f.T("performance.corrected|In time, corrected since")
			}
			if days > 0 {
				state = f.Plural("performance.was_late|%s day late|%s days late", days, page.Number(days))
			}
		case "withdrawn":
			what.Href = r.in(performancePath + "/" + number(pub.ID))
			published, state = date(f, pub.PublishedOn), f.T("performance.withdrawn|Withdrawn on %s", date(f, pub.WithdrawnOn))
		default:
			if days > 0 {
				state = f.Plural("performance.is_late|Late: %s day so far|Late: %s days so far", days, page.Number(days))
			}
		}
		t.Rows = append(t.Rows, []page.Cell{what, {Text: f.Period(pub.From, pub.To)}, {Text: date(f, pub.Due)}, {Text: published}, {Text: state}})
	}
	return t
}

// PerformanceTable is the page of one published table. One that was withdrawn answers 410 with the reason.
func (p *Pages) PerformanceTable(c echo.Context) error {
	r, pub, err := p.publication(c)
	if err != nil {
		return moved(c, err, performancePath+"/"+c.Param("id"))
	}
	id := number(pub.ID)
	return p.serve(c, r, "table "+id, wanted{}, func() (*response, error) {
		f := p.frameOf(r, performancePath+"/"+id, nil)
		if pub.State == "withdrawn" {
			f.Listed = false
			return p.html(
				"public/yousaid_gone",
				page.GonePage{
					Page:    f,
					Heading: f.T("performance.gone|These figures are no longer published"),
					On:      date(f, pub.WithdrawnOn),
					Reason:  page.Find(pub.Note, r.lang),
					List: r.in(
						performancePath,
					),
					Listed: f.T("performance.all|All published figures"),
				},
				responseOptions{status: http.StatusGone, varies: r.varies},
			)
		}
		v := page.PublishedPage{Page: f, Table: p.publishedView(r, f, pub), List: r.in(performancePath)}
		for i := len(pub.Editions) - 1; i >= 0; i-- {
			e := pub.Editions[i]
			v.Editions = append(
				v.Editions,
				page.EditionView{On: date(f, e.On), Note: page.Find(e.Note, r.lang), Files: p.tableFiles(r, f, pub, e), Last: i == len(pub.Editions)-1},
			)
		}
		return p.html("public/performance_table", v, responseOptions{varies: r.varies})
	})
}

// publication finds what is or was published under the number in the address.
func (p *Pages) publication(c echo.Context) (reader, calendar.Publication, error) {
	r, err := p.reader(c)
	if err != nil {
		return r, calendar.Publication{}, err
	}
	_ = p.frame(c, r.org, r.lang)
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	at := slices.IndexFunc(r.calendar, func(pub calendar.Publication) bool { return pub.ID == id && len(pub.Editions) > 0 })
	if err != nil || at < 0 || number(id) != c.Param("id") {
		return r, calendar.Publication{}, echo.ErrNotFound
	}
	return r, r.calendar[at], nil
}

// publishedView puts a publication and its latest table in words.
func (p *Pages) publishedView(r reader, f page.Page, pub calendar.Publication) page.PublishedView {
	last, _ := pub.Last()
	v := page.PublishedView{
		Title:     page.Find(pub.Titles, r.lang),
		Question:  page.Find(pub.Question, r.lang),
		Period:    f.Period(pub.From, pub.To),
		Published: date(f, pub.PublishedOn),
		Due:       date(f, pub.Due),
		Late:      late(pub, r.today),
		Href:      r.in(performancePath + "/" + number(pub.ID)),
		Files:     p.tableFiles(r, f, pub, last),
	}
	for _, e := range pub.Editions[1:] {
		v.Corrected = append(v.Corrected, page.CorrectionView{On: date(f, e.On), Note: page.Find(e.Note, r.lang)})
	}
	v.Later = excludedLater(f, last.Table.Later)
	v.Table, v.Symbols = r.tableOf(f, pub, last.Table)
	if drawing, drawn := figures.DrawingOf(last.Table.Cells); drawn {
		chart := page.Chart{ID: "published-" + number(pub.ID), Title: f.T(drawing.Figure.Name()), Scale: page.ScaleOf(drawing.Figure)}
		for _, cell := range last.Table.Cells {
			if cell.Hidden || drawing.Figure.Of(cell) != nil {
				chart.Rows = append(chart.Rows, page.Point(f.Say(rowLabel(pub, cell.Code())), drawing, cell))
			}
		}
		v.Chart = page.Bars(f, chart)
	}
	return v
}

// excludedLater says that answers of the period were excluded after the table left. The number is rounded, and small ones are not shown.
func excludedLater(f page.Page, n releases.Later) string {
	switch n {
	case 0:
		return ""
	case releases.Few:
		return f.T(
			"performance.later_few|Fewer than 10 answers of this period were later excluded as unusual. The table stays as it was published.",
		)
	}
	return f.T(
		"performance.later|About %s answers of this period were later excluded as unusual. The table stays as it was published.",
		page.Number(int(n)),
	)
}

// late counts the days by which a publication was late, or is today. The day it was due on is in time.
func late(pub calendar.Publication, today string) int {
	days, _ := pub.Lateness(today)
	return days
}

// rowLabel is what a row is about, as it was called when the table was published.
func rowLabel(pub calendar.Publication, code string) wording.Message {
	if names := pub.Labels[code]; len(names) > 0 {
		return wording.Named(names)
	}
	return figures.CodeLabel(pub.By, code)
}

// splitWord is the heading of the first column.
func splitWord(f page.Page, split string) string {
	switch split {
	case "channel":
		return f.T("performance.channel|How people contacted us")
	case "service":
		return f.T("performance.service|Service")
	case "access_point":
		return f.T("performance.point|Access point")
	}
	return f.T("performance.directorate|Directorate")
}

// tableOf shows a released table: each figure is a cell of the register.
func (r reader) tableOf(f page.Page, pub calendar.Publication, release releases.Release) (t page.Table, symbols []string) {
	t, symbols = figuresOf(f, release, page.Column{Text: splitWord(f, pub.By)}, func(code string) string { return f.Say(rowLabel(pub, code)) })
	t.Caption = f.Word(pub.Titles) + ", " + f.Period(pub.From, pub.To)
	return t, symbols
}

// figuresOf is a table of released cells, each named by its code, and what its signs mean.
func figuresOf(f page.Page, release releases.Release, first page.Column, name func(code string) string) (t page.Table, symbols []string) {
	t.Columns = []page.Column{first, {Text: f.T("performance.n|People who answered"), Number: true}}
	columns := figures.Columns(figures.InCells(release.Cells))
	for _, one := range columns {
		t.Columns = append(t.Columns, page.Column{Text: f.T(one.Heading()), Number: true})
		if one.To != nil {
			t.Note = f.T(
				"performance.range_note|The likely range is the 95 per cent interval of the share satisfied (Wilson). People chose for themselves " +
					"whether to answer.",
			)
		}
	}
	var hidden, unsure, unasked bool
	for _, cell := range release.Cells {
		row := []page.Cell{{Text: name(cell.Code()), Head: true}}
		figure := func(text string) {
			one := page.Cell{Text: text, Number: true}
			switch {
			case cell.NotAsked:
				unasked = true
				one = page.Cell{Text: "[z]", Spoken: f.T("performance.spoken_z|not asked"), Number: true, Muted: true}
			case cell.Hidden:
				hidden = true
				one = page.Cell{Text: "[c]", Spoken: f.T("performance.spoken_c|not shown, to protect people"), Number: true, Muted: true}
			case text == "":
				one = page.Cell{Text: "–", Spoken: f.T("performance.spoken_none|no figure"), Number: true, Muted: true}
			}
			row = append(row, one)
		}
		base := page.Number(int(cell.N))
		if cell.Unreliable {
			base += " [u]"
			unsure = true
		}
		figure(base)
		for _, one := range columns {
			text := one.From.Text(cell)
			if one.To != nil && text != "" {
				text = f.T("performance.between|%s to %s", text, one.To.Text(cell))
			}
			figure(text)
		}
		t.Rows = append(t.Rows, row)
	}
	for _, s := range []struct {
		is   bool
		says string
	}{{hidden, f.T("performance.symbol_c|[c] means that the figure is not shown, so that nobody in a small group can be known. Some larger " +
		"groups are hidden too, so that no sum gives a small one away.")},
		{unsure, f.T("performance.symbol_u|[u] means that fewer than 30 people answered: the figure may be far from what everybody would say.")},
		{unasked, f.T("performance.symbol_z|[z] means that the question was not put to this group.")}} {
		if s.is {
			symbols = append(symbols, s.says)
		}
	}
	return t, symbols
}

// tableFiles are the files of one edition of a table.
func (p *Pages) tableFiles(r reader, f page.Page, pub calendar.Publication, e calendar.Edition) []page.Link {
	files := f.Files(tablefile.Format.HoldsTables, performancePath+"/"+number(pub.ID)+"/"+strconv.Itoa(e.Number)+"/"+fileOf(pub), "")
	for i := range files {
		files[i].Href = r.in(files[i].Href)
	}
	return files
}

// fileOf is the name of a table's file: "satisfaction-by-service-2026-01-to-2026-03".
func fileOf(pub calendar.Publication) string {
	return strings.ReplaceAll(pub.Measure+"-by-"+pub.By, "_", "-") + "-" + pub.From[:7] + "-to-" + pub.To[:7]
}
