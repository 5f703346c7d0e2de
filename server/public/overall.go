package public

import (
	"cmp"
	"slices"
	"time"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/server/page"
)

// overall gives, for each question, how everybody answered it in the newest published period, and in the published periods before it that
// are as long. Every figure is the total of a released table as the register has it: nothing is counted here. Tables of one period that
// were split in several ways have one line, that of the newest release.
func overall(r reader, f page.Page) (list []page.OverallView) {
	type asked struct{ survey, measure string }
	totals := map[asked][]calendar.Publication{}
	var order []asked
	for _, pub := range r.calendar {
		last, ok := pub.Last()
		if pub.State != "published" || !ok || last.Table.Total == nil {
			continue
		}
		what := asked{pub.SurveySlug, pub.Measure}
		if totals[what] == nil {
			order = append(order, what)
		}
		totals[what] = append(totals[what], pub)
	}
	for _, what := range order {
		if v, ok := overallOf(r, f, onePeriodEach(totals[what])); ok {
			list = append(list, v)
		}
	}
	return list
}

// onePeriodEach keeps the periods that are as long as the newest, each with its newest release, the newest period first.
func onePeriodEach(list []calendar.Publication) (kept []calendar.Publication) {
	released := func(p calendar.Publication) int64 { last, _ := p.Last(); return last.Table.ID }
	slices.SortStableFunc(list, func(a, b calendar.Publication) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(months(a), months(b)), cmp.Compare(released(b), released(a)))
	})
	for _, p := range list {
		if months(p) == months(list[0]) && (len(kept) == 0 || kept[len(kept)-1].From != p.From) {
			kept = append(kept, p)
		}
	}
	return kept
}

// months counts the months of a period; 0 where its days cannot be read.
func months(p calendar.Publication) int {
	from, err1 := time.Parse(time.DateOnly, p.From)
	to, err2 := time.Parse(time.DateOnly, p.To)
	if err1 != nil || err2 != nil {
		return 0
	}
	return 12*(to.Year()-from.Year()) + int(to.Month()-from.Month()) + 1
}

// overallOf puts the totals of one question in words, a line and a table; false where nothing of the newest period is shown.
func overallOf(r reader, f page.Page, periods []calendar.Publication) (v page.OverallView, ok bool) {
	newest := periods[0]
	last, _ := newest.Last()
	total := *last.Table.Total
	if total.Hidden || total.NotAsked {
		return v, false
	}
	v = page.OverallView{
		Question: page.Find(newest.Question, r.lang),
		Survey:   page.Find(newest.SurveyTitle, r.lang),
		N:        int(total.N),
		Period: f.Period(
			newest.From,
			newest.To,
		),
		Later: excludedLater(f, last.Table.Later),
		Href:  r.in(performancePath + "/" + number(newest.ID)),
	}
	if leading := figures.Leading(figures.InCells([]figures.Cell{total})); leading != nil {
		sayLeading(&v, f, *leading, total)
	}
	// The totals of several releases are shown as one table of periods: the same rows and signs as any published table.
	all := releases.Release{}
	names := map[string]string{}
	drawing, drawn := figures.DrawingOf(totals(periods))
	chart := page.Chart{ID: "overall-" + number(newest.ID), Periods: months(newest) != 1, Scale: page.ScaleOf(drawing.Figure)}
	if drawn {
		chart.Title = overallTitle(f, f.T(drawing.Figure.Name()), chart.Periods)
	}
	for _, pub := range periods {
		last, _ := pub.Last()
		cell := *last.Table.Total
		cell.Codes = []string{pub.From}
		names[cell.Code()] = f.Period(pub.From, pub.To)
		all.Cells = append(all.Cells, cell)
		if drawn && (cell.Hidden || drawing.Figure.Of(cell) != nil) {
			chart.Rows = append(chart.Rows, page.Point(lastMonth(f, pub), drawing, cell))
		}
	}
	slices.Reverse(chart.Rows) // time goes from left to right
	v.Table, v.Symbols = figuresOf(
		f,
		all,
		page.Column{Text: f.T("performance.period|Period")},
		func(code string) string { return names[code] },
	)
	v.Table.Caption = f.T("performance.overall_table|The whole council, by period")
	addAnswers(&v.Table, f, newest.Answers, all.Cells)
	if len(chart.Rows) > 1 {
		v.Chart = page.Line(f, chart)
	}
	return v, true
}

// totals are those of the newest releases, one for each period.
func totals(periods []calendar.Publication) (cells []figures.Cell) {
	for _, pub := range periods {
		last, _ := pub.Last()
		cells = append(cells, *last.Table.Total)
	}
	return cells
}

// sayLeading says what everybody's answers come to: a share stands before its sentence, any other figure inside.
func sayLeading(v *page.OverallView, f page.Page, leading figures.Figure, total figures.Cell) {
	if leading.Percent {
		v.Share, v.Sentence = leading.Text(total), f.T(leading.Sentence)
	} else {
		v.Sentence = f.T(leading.Sentence, leading.Text(total))
	}
	if low, high := leading.Ends(); low != nil && low.Of(total) != nil {
		v.Range = f.T("performance.between|%s to %s", low.Text(total), high.Text(total))
	}
}

func overallTitle(f page.Page, figure string, periods bool) string {
	if periods {
		return f.T("performance.overall_chart_periods|%s, the whole council, by the last month of each period", figure)
	}
	return f.T("performance.overall_chart_months|%s, the whole council", figure)
}

// lastMonth names a period where a whole one has no room.
func lastMonth(f page.Page, pub calendar.Publication) string {
	to, err := time.Parse(time.DateOnly, pub.To)
	if err != nil {
		return pub.To
	}
	return f.Month(to)
}

// addAnswers adds how many gave each answer, where every line has it.
func addAnswers(t *page.Table, f page.Page, answers []calendar.Answer, cells []figures.Cell) {
	if slices.ContainsFunc(cells, func(c figures.Cell) bool { return c.Distribution == nil }) {
		return
	}
	for _, a := range answers {
		t.Columns = append(t.Columns, page.Column{Text: f.Word(a.Text), Number: true})
		for i, cell := range cells {
			n, _ := cell.Distribution.Of(a.Code)
			t.Rows[i] = append(t.Rows[i], page.Cell{Text: page.Number(int(n)), Number: true})
		}
	}
}
