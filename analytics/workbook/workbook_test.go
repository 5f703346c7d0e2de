package workbook_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/tables"
	"yousaid/analytics/workbook"
	"yousaid/surveys/tablefile"
	"yousaid/surveys/wording"
)

// released is a table as it left, whoever keeps it.
type released struct {
	figures.Frame
	cells []figures.Cell
	total figures.Cell
}

func (r released) Printed() ([]figures.Cell, figures.Cell) { return r.cells, r.total }
func (r released) Number() int64                           { return 7 }

var published = time.Date(2026, 11, 30, 15, 4, 5, 6, time.FixedZone("", 3600))

func number(v float64) *float64 { return &v }

// rating is a measure of two answers that count and one that does not, with mean and share.
func rating() figures.Measure {
	return figures.Measure{Code: "rating", Text: wording.Plain("How was it?"), HasMean: true, HasShare: true, Answers: []figures.AnswerCode{
		{Code: "2", Label: wording.Plain("Good"), Score: number(2), Satisfied: true},
		{Code: "1", Label: wording.Plain("Bad"), Score: number(1)},
		{Code: "dk", Label: wording.Plain("Do not know"), DontKnow: true}}}
}

func frame(dimensions ...figures.Dimension) figures.Frame {
	return figures.Frame{Organisation: "Test Council", Measure: rating(), Dimensions: dimensions,
		Surveys: []figures.SurveyRef{{Title: wording.Plain("Bins")}, {Title: wording.Plain("Parks")}},
		From:    figures.Date{Year: 2026, Month: time.July, Day: 1}, To: figures.Date{Year: 2026, Month: time.July, Day: 31}}
}

func channel() figures.Dimension {
	return figures.Dimension{ID: "channel", Label: wording.Plain("Channel"), Codes: []figures.Code{
		{Code: "web", Label: wording.Plain("Web")}, {Code: "post", Label: wording.Plain("Post")}, {Label: wording.Plain("Not known")}}}
}

// counted is a cell with its figures.
func counted(good, bad int64, codes ...string) figures.Cell {
	c := figures.Cell{Codes: codes, N: good + bad, Distribution: figures.Distribution{{Code: "1", N: bad}, {Code: "2", N: good}}}
	c.Compute(rating(), rating().Counted())
	return c
}

func headings(s tablefile.Sheet) (list []string) {
	for _, c := range s.Columns {
		list = append(list, strings.TrimSpace(c.Header+" "+c.Unit))
	}
	return list
}

func is(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", got), fmt.Sprintf("%q", want); g != w {
		t.Errorf("%s is\n%s, not\n%s", what, g, w)
	}
}

func rowIs(t *testing.T, s tablefile.Sheet, i int, want ...tablefile.Cell) {
	t.Helper()
	if !slices.Equal(s.Rows[i], want) {
		t.Errorf("row %d is\n%+v, not\n%+v", i, s.Rows[i], want)
	}
}

const (
	hidden    = tablefile.Confidential
	none      = tablefile.NotAvailable
	unasked   = tablefile.NotApplicable
	doubtful  = tablefile.LowReliability
	noRemark  = "no remark"
	smallNote = "Small groups are hidden"
)

// A released table: what it says of itself, its columns, and what stands in them where there is no figure.
func TestAReleasedTable(t *testing.T) {
	t.Parallel()
	answer := released{Frame: frame(channel()), total: counted(30, 30), cells: []figures.Cell{
		counted(30, 10, "web"), {Codes: []string{"post"}, Hidden: true}, {Codes: []string{""}, NotAsked: true}}}
	b := workbook.Book(answer, wording.English, "Ask us.", published)
	is(t, "the head", []string{b.Title, b.Organisation, b.Period, b.Source, b.Contact},
		[]string{"How was it: by channel", "Test Council", "1 July 2026 to 31 July 2026", "Answers to: Bins; Parks.", "Ask us."})
	is(t, "the day", b.Published.Format(time.RFC3339Nano), "2026-11-30T00:00:00Z")
	if len(b.Notes) != 2 || !strings.Contains(b.Notes[0], "Wilson") || !strings.Contains(b.Notes[1], "Nothing is weighted") {
		t.Errorf("the notes are %q", b.Notes)
	}
	s := b.Tables[0]
	is(t, "the sheet", s.Name, "rating_by_channel")
	is(t, "the columns", headings(s), []string{"Channel", "Code of channel", "Number of answers", "Good number", "Bad number", "Mean score",
		"Satisfied percent", "Satisfied, low end percent", "Satisfied, high end percent"})
	is(t, "what refers to the notes",
		fmt.Sprint(s.Columns[2].Notes, s.Columns[6].Notes, s.Columns[7].Notes, s.Columns[8].Notes), "[2] [] [1] [1]")
	if len(s.Intro) != 2 || !strings.Contains(s.Intro[0], smallNote) || !strings.Contains(s.Intro[1], "release 7 of the register") {
		t.Errorf("above the table stands %q", s.Intro)
	}
	text, n, short := tablefile.Text, tablefile.Number, tablefile.Short
	rowIs(t, s, 0, text("Web"), text("web"), n(40), n(30), n(10), n(1.8), n(75), n(59.8), n(85.8))
	rowIs(t, s, 1, text("Post"), text("post"), short(hidden), short(hidden), short(hidden), short(hidden), short(hidden), short(hidden),
		short(hidden))
	rowIs(t, s, 2, text("Not known"), text("(no answer)"), short(unasked), short(unasked), short(unasked), short(unasked), short(unasked),
		short(unasked), short(unasked))
	rowIs(t, s, 3, text("All"), text("(all)"), n(60), n(30), n(30), n(1.5), n(50), n(37.7), n(62.3))
	for _, f := range tablefile.Formats(tablefile.Format.HoldsTables) { // whatever is made can be written
		var file bytes.Buffer
		if err := f.Table(&file, b); err != nil || file.Len() == 0 {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// A table for staff hides nothing, and says what is left out as unusual and where a base is small.
func TestATableForStaff(t *testing.T) {
	t.Parallel()
	small := counted(6, 6, "post")
	small.Unreliable = true
	answer := tables.Figures{Frame: frame(channel()), Cells: []figures.Cell{counted(20, 20, "web"), small}, Total: counted(26, 26),
		Excluded: 1}
	answer.Query.Where = []figures.Filter{{Dimension: "service", Values: []string{"bins", "garden"}}}
	answer.LeftOut = []string{"libraries", "parks"}
	b := workbook.Book(answer, wording.English, "", published)
	s := b.Tables[0]
	is(t, "the introduction", s.Intro, []string{"Only answers where service is bins, garden are counted.",
		"Not counted, because they do not ask this question: libraries, parks.", "1 answer is excluded as unusual."})
	is(t, "the last column", s.Columns[len(s.Columns)-1].Header, "Reliability")
	for i, want := range []tablefile.Cell{tablefile.Text(noRemark), tablefile.Short(doubtful), tablefile.Text(noRemark)} {
		if got := s.Rows[i][len(s.Columns)-1]; got != want {
			t.Errorf("the remark of row %d is %+v", i, got)
		}
	}
	answer.Excluded = 12
	if got := workbook.Book(answer, wording.English, "", published).Tables[0].Intro[2]; got != "12 answers are excluded as unusual." {
		t.Errorf("it says %q", got)
	}
}

// A table of one figure is of everybody; without answers there are no shares of them. Numbers have no column for each.
func TestATableOfEverybody(t *testing.T) {
	t.Parallel()
	answer := tables.Figures{Frame: frame(), Total: figures.Cell{Distribution: figures.Distribution{{Code: "1"}, {Code: "2"}}}}
	s := workbook.Book(answer, wording.English, "", published).Tables[0]
	is(t, "the columns", headings(s)[:2], []string{"Who", "Number of answers"})
	is(t, "the name", s.Name, "rating")
	n, x := tablefile.Number, tablefile.Short(none)
	rowIs(t, s, 0, tablefile.Text("All"), n(0), n(0), n(0), x, x, x, x)

	answer.Measure = figures.Measure{Code: "3visits", Number: true, HasMean: true, Answers: []figures.AnswerCode{{Code: "4"}, {Code: "9"}}}
	s = workbook.Book(answer, wording.English, "", published).Tables[0]
	is(t, "the columns of a number", headings(s), []string{"Who", "Number of answers", "Mean score"})
	is(t, "the name of a sheet that would begin with a figure", s.Name, "Table_3visits")
}

// Subtotals say what each row is part of; everybody is part of nothing.
func TestATableWithSubtotals(t *testing.T) {
	t.Parallel()
	d := channel()
	d.Groups = []figures.CodeGroup{{Code: figures.Code{Code: "group:far", Label: wording.Plain("From far")}, Of: []string{"web", "post"}}}
	month := figures.Dimension{ID: "month", Label: wording.Plain(" "), Codes: []figures.Code{{Code: "2026-07", Label: wording.Plain("July")}}}
	answer := released{Frame: frame(d, month), total: counted(5, 5), cells: []figures.Cell{counted(5, 5, "web", "2026-07"),
		counted(5, 5, "group:far", "2026-07"), counted(5, 5, figures.All, "2026-07")}}
	s := workbook.Book(answer, wording.English, "", published).Tables[0]
	is(t, "the columns", headings(s)[:5], []string{"Channel", "Code of channel", "Part of (channel)", "month", "Code of month"})
	for i, want := range [][2]tablefile.Cell{{tablefile.Text("web"), tablefile.Text("group:far")},
		{tablefile.Text("group:far"), tablefile.Text(figures.All)}, {tablefile.Text(figures.All), tablefile.Short(unasked)},
		{tablefile.Text(figures.All), tablefile.Short(unasked)}} {
		if got := [2]tablefile.Cell(s.Rows[i][1:3]); got != want {
			t.Errorf("row %d is %+v", i, got)
		}
	}
}

// Rounded numbers say so above the table and beside the numbers; rows that overlap do not add up.
func TestWhatAReaderMustKnow(t *testing.T) {
	t.Parallel()
	d := channel()
	d.Overlaps = true
	answer := released{Frame: frame(d), total: counted(5, 5)}
	answer.Query.Rounded = true
	answer.Measure.Code = "reasons-for-calling-the-council-by-telephone"
	s := workbook.Book(answer, wording.English, "", published).Tables[0]
	if len(s.Intro) != 3 || !strings.Contains(s.Intro[0], "do not add up") || !strings.Contains(s.Intro[1], "rounded to the nearest 5") {
		t.Errorf("above the table stands %q", s.Intro)
	}
	is(t, "the unit", s.Columns[2].Unit, "rounded to the nearest 5")
	is(t, "the name", s.Name, "reasons_for_calling_the_council")
}

// An answer whose count is held back is confidential, whatever else is shown of the group.
func TestHeldBackAnswers(t *testing.T) {
	t.Parallel()
	cell := counted(20, 20, "web")
	cell.Distribution = nil
	s := workbook.Book(released{Frame: frame(channel()), cells: []figures.Cell{cell}, total: cell}, wording.English, "", published).Tables[0]
	if got := s.Rows[0][2:5]; !slices.Equal(got, []tablefile.Cell{tablefile.Number(40), tablefile.Short(hidden), tablefile.Short(hidden)}) {
		t.Errorf("the row is %+v", got)
	}
}

// A report has a sheet for each table, numbered, below its remark.
func TestAReport(t *testing.T) {
	t.Parallel()
	one := released{Frame: frame(channel()), total: counted(5, 5), cells: []figures.Cell{counted(5, 5, "web")}}
	other := one
	other.Measure.Code = "reasons_for_calling_the_council"
	b := workbook.Report("Equality", []tables.Answer{one, other}, []wording.Message{wording.Plain("First."), wording.Plain("Second.")},
		wording.English, "Ask us.", published)
	is(t, "the head", []string{b.Title, b.Organisation, b.Period, b.Source, b.Contact},
		[]string{"Equality", "Test Council", "1 July 2026 to 31 July 2026", "Answers to: Bins; Parks.", "Ask us."})
	is(t, "the sheets", []string{b.Tables[0].Name, b.Tables[1].Name}, []string{"T1_rating_by_channel", "T2_reasons_for_calling_the_coun"})
	is(t, "the remarks", []string{b.Tables[0].Intro[0], b.Tables[1].Intro[0]}, []string{"First.", "Second."})
	if !b.Published.Equal(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the day is %v", b.Published)
	}
}
