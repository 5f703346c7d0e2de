package exporting

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"

	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// shape is what the columns of a file are, and what codes and numbers stand for.
type shape struct {
	title, council string
	zone           *time.Location
	versions       map[int64]int
	services       map[int64]string
	places         map[int64]string
	questions      []question.Question
	comments       bool
}

func (s Store) shape(ctx context.Context, org tenant.Org, e Export, versions []surveys.Version) (*shape, error) {
	h := &shape{versions: map[int64]int{}, services: map[int64]string{}, places: map[int64]string{}, questions: questionsOf(versions), comments: e.Comments}
	for _, v := range versions {
		h.versions[v.ID] = v.Number
		h.title, _ = v.Definition.Title.In("en")
	}
	var row struct {
		Zone  string `db:"time_zone"`
		Names []byte `db:"names"`
	}
	if err := s.DB.Global().GetContext(ctx, &row, `
		SELECT time_zone, names
		FROM   organisations
		WHERE  id = $1`, org); err != nil {
		return nil, err
	}
	var names question.Text
	if err := json.Unmarshal(row.Names, &names); err != nil {
		return nil, err
	}
	h.council, _ = names.In("en")
	var err error
	if h.zone, err = time.LoadLocation(row.Zone); err != nil {
		return nil, err
	}
	store := catalogue.Store{DB: s.DB, Ledger: s.Ledger}
	services, err := store.Services(ctx, org)
	if err != nil {
		return nil, err
	}
	for _, v := range services {
		h.services[v.ID] = v.Slug
	}
	places, err := store.AccessPoints(ctx, org)
	for _, p := range places {
		h.places[p.ID] = p.Slug
	}
	return h, err
}

// head names the columns. A several-of-many question has one for each answer.
func (h *shape) head() []string {
	list := []string{"row", "answered_hour", "survey_version", "service", "channel", "mode", "access_point", "about", "language", "state"}
	for _, q := range h.questions {
		switch {
		case q.Free() && !h.comments:
		case q.Kind == question.Several:
			for _, o := range q.Options {
				list = append(list, q.Code+"."+o.Code)
			}
		default:
			list = append(list, q.Code)
		}
	}
	return list
}

// cells are the values of a response, in the order of head: text, or a number as float64; nil is blank.
func (h *shape) cells(no int64, r response) []any {
	list := []any{float64(no), r.Hour.In(h.zone).Format("2006-01-02 15:00"), float64(h.versions[r.Version]), h.services[r.Service], r.Channel, r.Mode, h.places[r.AccessPoint], r.About, r.Language, r.State}
	var answers map[string]any
	_ = json.Unmarshal(r.Answers, &answers) // written by Check; what cannot be read is blank
	for _, q := range h.questions {
		switch answer := answers[q.Code]; {
		case q.Free() && !h.comments:
		case q.Free():
			list = append(list, r.words[q.Code])
		case q.Kind == question.Several:
			chosen, asked := answer.([]any)
			for _, o := range q.Options {
				if !asked {
					list = append(list, nil)
					continue
				}
				ticked := 0.0
				for _, c := range chosen {
					if c == o.Code {
						ticked = 1
					}
				}
				list = append(list, ticked)
			}
		default:
			list = append(list, answer)
		}
	}
	return list
}

// sheet is a file that is being written.
type sheet interface {
	row(cells []any) error
	close(rows int64) error
	abandon()
}

func (h *shape) open(to io.Writer, e Export) (sheet, error) {
	if e.Format == "xlsx" {
		return h.openXLSX(to, e)
	}
	// UTF-8 with its mark, so that spreadsheets read letters with accents.
	if _, err := to.Write([]byte("\ufeff")); err != nil {
		return nil, err
	}
	w := csv.NewWriter(to)
	return &csvSheet{w}, w.Write(h.head())
}

type csvSheet struct{ w *csv.Writer }

func (s *csvSheet) row(cells []any) error {
	record := make([]string, len(cells))
	for i, c := range cells {
		switch c := c.(type) {
		case float64:
			record[i] = strconv.FormatFloat(c, 'f', -1, 64)
		case string:
			record[i] = defuse(c)
		case nil:
		default:
			record[i] = defuse(fmt.Sprint(c))
		}
	}
	return s.w.Write(record)
}

// close ends the file with a record that says how many rows it has: a file without it is not whole.
func (s *csvSheet) close(rows int64) error {
	if err := s.w.Write([]string{"END", fmt.Sprintf("rows=%d", rows)}); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}

func (s *csvSheet) abandon() {}

// defuse keeps a spreadsheet from taking somebody's words for a formula.
func defuse(s string) string {
	if t := strings.TrimLeftFunc(s, unicode.IsSpace); t != "" && strings.ContainsRune("=+-@", rune(t[0])) || s != "" && (s[0] == '\t' || s[0] == '\r') {
		return "'" + s
	}
	return s
}

// xlsxSheet is a workbook with the rows in its last sheet; they stream to a file of the system while they are written.
type xlsxSheet struct {
	to    io.Writer
	file  *excelize.File
	rows  *excelize.StreamWriter
	next  int
	shape *shape
	e     Export
	width int
}

const responsesSheet = "Responses"

func (h *shape) openXLSX(to io.Writer, e Export) (sheet, error) {
	f := excelize.NewFile()
	x := &xlsxSheet{to: to, file: f, next: 2, shape: h, e: e}
	fail := func(err error) (sheet, error) {
		x.abandon()
		return nil, err
	}
	if err := f.SetSheetName("Sheet1", "Cover"); err != nil {
		return fail(err)
	}
	for _, name := range []string{"Codes", responsesSheet} {
		if _, err := f.NewSheet(name); err != nil {
			return fail(err)
		}
	}
	var err error
	if x.rows, err = f.NewStreamWriter(responsesSheet); err != nil {
		return fail(err)
	}
	head := h.head()
	x.width = len(head)
	if err := x.rows.SetColWidth(1, len(head), 18); err != nil {
		return fail(err)
	}
	cells := make([]any, len(head))
	for i, name := range head {
		cells[i] = name
	}
	if err := x.rows.SetRow("A1", cells); err != nil {
		return fail(err)
	}
	return x, nil
}

func (x *xlsxSheet) row(cells []any) error {
	for i, c := range cells {
		if s, ok := c.(string); ok {
			if s == "" {
				cells[i] = nil
			} else {
				cells[i] = readable(s)
			}
		}
	}
	at, err := excelize.CoordinatesToCellName(1, x.next)
	if err != nil {
		return err
	}
	x.next++
	return x.rows.SetRow(at, cells)
}

// readable drops what a worksheet cannot hold, and cuts what is longer than a cell.
func readable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 32_000 {
		return string(r[:32_000]) + "…"
	}
	return s
}

func (x *xlsxSheet) close(rows int64) error {
	last, err := excelize.CoordinatesToCellName(x.width, max(2, x.next-1))
	if err != nil {
		return err
	}
	if err := x.rows.AddTable(&excelize.Table{Range: "A1:" + last, Name: "responses_table"}); err != nil {
		return err
	}
	if err := x.rows.Flush(); err != nil {
		return err
	}
	if err := x.front(rows); err != nil {
		return err
	}
	return x.file.Write(x.to)
}

// front writes the cover and the codes: what the file is, how many rows it has, and what its codes mean.
func (x *xlsxSheet) front(rows int64) error {
	h := x.shape
	period := "all responses"
	if x.e.From != "" || x.e.To != "" {
		period = strings.TrimSpace(x.e.From + " to " + x.e.To)
	}
	words := "with comments as they are shown to staff"
	if !h.comments {
		words = "without comments"
	}
	for i, line := range []string{
		h.title + ": responses row by row, " + h.council, fmt.Sprintf("This file has %d rows in the sheet Responses.", rows), "Period: " + period + ", " + words + ".",
		"Hours are local. There are no equality answers and nothing that says who answered. Blank means not answered or not asked.", "The sheet Codes says what each code means. Handle this file as personal data: people may have written about themselves.",
	} {
		if err := x.file.SetCellStr("Cover", "A"+strconv.Itoa(i+1), line); err != nil {
			return err
		}
	}
	row := 1
	put := func(cells ...string) error {
		for i, c := range cells {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				return err
			}
			if err := x.file.SetCellStr("Codes", at, readable(c)); err != nil {
				return err
			}
		}
		row++
		return nil
	}
	if err := put("question", "code", "meaning"); err != nil {
		return err
	}
	for _, q := range h.questions {
		text, _ := q.Text.In("en")
		if err := put(q.Code, "–", text); err != nil {
			return err
		}
		for _, o := range q.Options {
			label, _ := o.Text.In("en")
			if err := put(q.Code, o.Code, label); err != nil {
				return err
			}
		}
	}
	if err := x.file.SetColWidth("Cover", "A", "A", 90); err != nil {
		return err
	}
	if err := x.file.SetColWidth("Codes", "A", "C", 30); err != nil {
		return err
	}
	return x.file.SetDocProps(&excelize.DocProperties{Title: h.title + " responses", Creator: h.council, LastModifiedBy: h.council, Language: "en-GB"})
}

func (x *xlsxSheet) abandon() { _ = x.file.Close() } // its temporary files go
