package public

import (
	"slices"
	"testing"
	"time"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/releases"
	"yousaid/server/page"
	"yousaid/surveys/question"
)

// A new entry of the list of figures is on public pages and in their files, and one that is left out is not. Not in parallel: it
// changes the list.
func TestPublishedTablesFollowTheListOfFigures(t *testing.T) {
	before := figures.List
	t.Cleanup(func() { figures.List = before })
	extra := before[0]
	extra.Key, extra.Heading = "extra", "test.extra|Extra"
	figures.List = append(slices.Clone(before[1:]), extra)

	mean, share, low, high := 3.25, 0.5, 0.31, 0.69
	cell := figures.Cell{Codes: []string{"web"}, N: 20, Mean: &mean, Satisfied: &share, Low: &low, High: &high}
	frame := page.Page{Lang: "en"}
	table, _ := figuresOf(frame, releases.Release{Cells: []figures.Cell{cell, {Codes: []string{"post"}, Hidden: true}}},
		page.Column{Text: "Channel"}, func(code string) string { return code })
	var heads, texts []string
	for _, c := range table.Columns {
		heads = append(heads, c.Text)
	}
	for _, c := range slices.Concat(table.Rows...) {
		texts = append(texts, c.Text)
	}
	if !slices.Equal(heads, []string{"Channel", "People who answered", "Satisfied", "Likely range", "Extra"}) ||
		!slices.Equal(texts, []string{"web", "20", "50.0%", "31.0% to 69.0%", "3.3", "post", "[c]", "[c]", "[c]", "[c]"}) {
		t.Errorf("the page has %q and %q", heads, texts)
	}

	pub := calendar.Publication{By: "channel", Question: question.Text{"en": "How was it?"}}
	edition := calendar.Edition{On: "2026-11-30", Table: releases.Release{Cells: []figures.Cell{cell}}}
	book := editionTable(pub, edition).Book(frame, "", time.Unix(0, 0))
	columns, row := book.Tables[0].Columns, book.Tables[0].Rows[0]
	heads = nil
	for _, c := range columns {
		heads = append(heads, c.Header)
	}
	if !slices.Equal(heads, []string{"Channel", "Code of channel", "Number of answers", "Satisfied",
		"Satisfied, low end", "Satisfied, high end", "Extra"}) || len(row) != len(columns) {
		t.Errorf("the file has %q and %d cells in a row", heads, len(row))
	}
}
