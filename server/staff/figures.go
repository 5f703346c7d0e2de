package staff

import (
	"html/template"
	"strconv"

	"yousaid/analytics/figures"
	"yousaid/analytics/stats"
	"yousaid/analytics/tables"
	"yousaid/server/page"
	"yousaid/surveys/wording"
)

// Block is a table with its drawing and its files.
type Block struct {
	ID, Heading string
	Chart       template.HTML
	Table       page.Table
	Files       []page.Link
}

// caption says in short what a table splits by: the question stands once above all tables.
func caption(frame page.Page, f figures.Frame) string {
	var by []string
	for _, d := range f.Dimensions {
		by = append(by, Within(frame, d.Label))
	}
	if len(by) == 0 {
		return frame.T("staff.all_answers|All answers")
	}
	return frame.T("staff.answers_by|Answers by %s", frame.Both(by))
}

// Within writes a label inside a sentence; the text of a question keeps its capital.
func Within(frame page.Page, label wording.Message) string {
	return frame.Say(wording.Message{Text: "|%s", Args: []any{figures.Within(label)}})
}

// TableOf shows the answer as a table with the figures that the file of it has. What one looks for first stands first: on a phone the
// distribution is reached by scrolling.
func TableOf(frame page.Page, a tables.Answer) page.Table {
	f := a.Of()
	counted := f.Measure.Counted()
	t := page.Table{Caption: caption(frame, f)}
	for _, d := range f.Dimensions {
		t.Columns = append(t.Columns, page.Column{Text: frame.Say(d.Label)})
	}
	if len(f.Dimensions) == 0 {
		t.Columns = append(t.Columns, page.Column{Text: frame.T("staff.who|Who")})
	}
	t.Columns = append(t.Columns, page.Column{Text: frame.T("staff.answers|Answers"), Number: true})
	columns := figures.Columns(figures.InMeasure(f.Measure))
	for _, one := range columns {
		t.Columns = append(t.Columns, page.Column{Text: frame.T(one.Heading()), Number: true})
	}
	for _, c := range counted {
		t.Columns = append(t.Columns, page.Column{Text: frame.Say(c.Label), Number: true})
	}
	for _, r := range tables.Rows(a) {
		t.Rows = append(t.Rows, row(frame, f, columns, counted, r))
	}
	if f.Measure.HasShare {
		t.Note = frame.T("staff.the_likely_range_is|The likely range is the 95 percent interval of the share satisfied (Wilson).")
	}
	if f.Overlapping() {
		t.Note += " " + frame.T(
			"staff.people_could_choose_several|People could choose several answers, so one person can be counted in more than one row.",
		)
	}
	return t
}

// hidden is what stands in a cell instead of a figure that is not shown, with what a screen reader says of it.
func hidden(frame page.Page) page.Cell {
	return page.Cell{Text: "[c]", Spoken: frame.T("staff.cell_hidden|not shown, to protect people"), Number: true, Muted: true}
}

// notAsked is what stands in the cells of a group that was not asked the question.
func notAsked(frame page.Page) page.Cell {
	return page.Cell{Text: "[z]", Spoken: frame.T("staff.cell_not_asked|not asked of this group"), Number: true, Muted: true}
}

func row(frame page.Page, f figures.Frame, columns []figures.Column, counted []figures.AnswerCode, r figures.Row) []page.Cell {
	var cells []page.Cell
	for i := range max(1, len(f.Dimensions)) {
		label := figures.Everybody
		if !r.Total {
			label = r.Labels[i]
		}
		cells = append(cells, page.Cell{Text: frame.Say(label), Head: i == 0})
	}
	figure := func(shown bool, text string) {
		switch {
		case r.NotAsked:
			cells = append(cells, notAsked(frame))
		case r.Hidden:
			cells = append(cells, hidden(frame))
		case !shown:
			cells = append(cells, page.Cell{Text: "–", Spoken: frame.T("staff.no_figure|no figure"), Number: true, Muted: true})
		default:
			cells = append(cells, page.Cell{Text: text, Number: true})
		}
	}
	base := page.Number(int(r.N))
	if r.Unreliable {
		base += " [u]"
	}
	figure(true, base)
	for _, one := range columns {
		text := FigureText(frame, one, r.Cell)
		figure(text != "", text)
	}
	for i := range counted {
		if !r.NotAsked && (r.Hidden || i >= len(r.Distribution)) {
			cells = append(cells, hidden(frame))
			continue
		}
		n := int64(0)
		if !r.NotAsked {
			n = r.Distribution[i].N
		}
		figure(true, page.Number(int(n)))
	}
	return cells
}

// FigureText is what a cell has in a column: a figure, or both ends of a range; "" for none.
func FigureText(frame page.Page, column figures.Column, cell figures.Cell) string {
	text := column.From.Text(cell)
	if column.To != nil && text != "" {
		text = frame.T("performance.between|%s to %s", text, column.To.Text(cell))
	}
	return text
}

// FiguresInWords is a cell with all its figures in a line: "60 answers; Satisfied: 62.0%; Mean score: 3.9".
func FiguresInWords(frame page.Page, cell figures.Cell) string {
	switch {
	case cell.NotAsked:
		return frame.T("publication.not_asked|not asked")
	case cell.Hidden:
		return frame.T("publication.not_shown|not shown")
	}
	words := frame.Plural("staff.answers_counted|%s answer|%s answers", int(cell.N), page.Number(int(cell.N)))
	for _, one := range figures.Columns(figures.List) {
		if text := FigureText(frame, one, cell); text != "" {
			words = frame.T("staff.and_a_figure|%s; %s: %s", words, frame.T(one.Heading()), text)
		}
	}
	return words
}

// Decimal writes a figure with one decimal place, as the file does.
func Decimal(v *float64, scale float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(stats.Round(*v*scale, 1), 'f', 1, 64)
}

// ChartOf draws a table of one dimension as figures.Measure.Drawing says, or nothing.
func ChartOf(p page.Page, id string, a tables.Answer) template.HTML {
	f := a.Of()
	if len(f.Dimensions) != 1 || f.Overlapping() || len(tables.Rows(a)) < 2 {
		return ""
	}
	_, plain := a.(tables.Figures)
	overTime := f.Dimensions[0].ID == "month"
	drawing, fits := f.Measure.Drawing(!plain, overTime)
	switch {
	case !fits:
		return ""
	case drawing.Parts != nil:
		return partsOf(p, page.Chart{ID: id, Title: caption(p, f), Nominal: !drawing.Ordered}, drawing, a)
	}
	chart := page.Chart{ID: id, Scale: page.ScaleOf(drawing.Figure),
		Title: p.T("staff.figure_by|%s, by %s", p.T(drawing.Figure.Name()), Within(p, f.Dimensions[0].Label))}
	for _, r := range tables.Rows(a) {
		if !r.Total && !r.Sum {
			chart.Rows = append(chart.Rows, page.Point(p.Say(r.Labels[0]), drawing, r.Cell))
		}
	}
	if overTime {
		return page.Line(p, chart)
	}
	return page.Bars(p, chart)
}

// partsOf draws how often each answer was given.
func partsOf(p page.Page, chart page.Chart, drawing figures.Drawing, a tables.Answer) template.HTML {
	for _, answer := range drawing.Parts {
		chart.Parts = append(chart.Parts, p.Say(answer.Label))
	}
	for _, r := range tables.Rows(a) {
		if r.N == 0 || len(r.Distribution) < len(drawing.Parts) {
			continue
		}
		line := page.Row{Label: p.Say(r.Labels[len(r.Labels)-1]), N: int(r.N)}
		for _, answer := range drawing.Parts {
			n, _ := r.Distribution.Of(answer.Code)
			line.Parts = append(line.Parts, float64(n)/float64(r.N))
		}
		chart.Rows = append(chart.Rows, line)
	}
	if len(chart.Rows) == 0 {
		return ""
	}
	return page.StackedBars(p, chart)
}

// Percent1 writes a share with one decimal place.
func Percent1(share float64) string {
	return strconv.FormatFloat(stats.Round(share*100, 1), 'f', 1, 64) + "%"
}
