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

	"github.com/valyala/fastjson"

	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tablefile"
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

	row    []cell
	hours  map[int64]cell
	parser fastjson.Parser
}

func (s Store) shape(ctx context.Context, org tenant.Org, e Export, versions []surveys.Version) (*shape, error) {
	h := &shape{hours: map[int64]cell{}, versions: map[int64]int{}, services: map[int64]string{}, places: map[int64]string{}, questions: questionsOf(versions), comments: e.Comments}
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
	list := []string{"row", "answered_hour", "survey_version", "service", "channel", "mode", "access_point", "about", "language", "state", "excluded_as_unusual"}
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

// cell is one value of a row: nothing, a text, a number, or an hour.
type cell struct {
	is     kind
	text   string  // of an hour too: local, as 2006-01-02 15:00
	number float64 // of an hour: days since the end of 1899, as worksheets count
}

type kind byte

const (
	blank kind = iota
	text
	number
	hour
)

func textCell(s string) cell    { return cell{is: text, text: s} }
func numberCell(n float64) cell { return cell{is: number, number: n} }

// cells are the values of a response, in the order of head. They are good until the next call.
func (h *shape) cells(no int64, r *response) []cell {
	list := append(h.row[:0], numberCell(float64(no)), h.hour(r.hour), numberCell(float64(h.versions[r.version])), textCell(h.services[r.service]), textCell(r.channel), textCell(r.mode),
		textCell(h.places[r.accessPoint]), textCell(r.about), textCell(r.language), textCell(r.state), textCell(r.unusual))
	answers, err := h.parser.ParseBytes(r.answers)
	if err != nil { // written by Check; what cannot be read is blank
		answers = nil
	}
	for i := range h.questions {
		q := &h.questions[i]
		switch {
		case q.Free() && !h.comments:
		case q.Free():
			list = append(list, r.said(q.Code))
		case q.Kind == question.Several:
			list = chosen(list, q, answers.Get(q.Code))
		default:
			list = append(list, answerCell(q, answers.Get(q.Code)))
		}
	}
	h.row = list
	return list
}

func (r *response) said(question string) cell {
	for _, w := range r.words {
		if w.question == question {
			return textCell(w.text)
		}
	}
	return cell{}
}

// chosen adds a cell for each answer of a several-of-many question: 1, 0, or blank where it was not asked.
func chosen(list []cell, q *question.Question, answer *fastjson.Value) []cell {
	asked := answer != nil && answer.Type() == fastjson.TypeArray
	var ticked []*fastjson.Value
	if asked {
		ticked = answer.GetArray()
	}
	for _, o := range q.Options {
		c := cell{}
		if asked {
			c = numberCell(0)
			for _, t := range ticked {
				if code, err := t.StringBytes(); err == nil && string(code) == o.Code {
					c.number = 1
				}
			}
		}
		list = append(list, c)
	}
	return list
}

// answerCell is the answer to a question that takes one. The codes of a rating that are numbers are numbers in a worksheet as well.
func answerCell(q *question.Question, answer *fastjson.Value) cell {
	if answer == nil {
		return cell{}
	}
	switch answer.Type() {
	case fastjson.TypeNull:
		return cell{}
	case fastjson.TypeNumber:
		return numberCell(answer.GetFloat64())
	case fastjson.TypeString:
		code := answer.GetStringBytes()
		for i := range q.Options {
			if o := &q.Options[i]; o.Code == string(code) {
				return codeCell(q, o.Code)
			}
		}
		return codeCell(q, string(code))
	default:
		return textCell(answer.String())
	}
}

func codeCell(q *question.Question, code string) cell {
	if q.Kind == question.Rating && code != "" && len(code) < 10 && strings.Trim(code, "0123456789") == "" && (code == "0" || code[0] != '0') {
		if n, err := strconv.ParseFloat(code, 64); err == nil {
			return cell{is: number, text: code, number: n}
		}
	}
	return textCell(code)
}

// hour gives the cell of an hour; there are few, so each is worked out once.
func (h *shape) hour(seconds int64) cell {
	c, known := h.hours[seconds]
	if !known {
		local := time.Unix(seconds, 0).In(h.zone)
		_, offset := local.Zone()
		c = cell{is: hour, text: local.Format("2006-01-02 15:00"), number: float64(seconds+int64(offset))/86400 + 25569}
		if len(h.hours) < mostTexts {
			h.hours[seconds] = c
		}
	}
	return c
}

// sheet is a file that is being written.
type sheet interface {
	row(cells []cell) error
	close(rows int64) error
}

func (h *shape) open(to io.Writer, e Export) (sheet, error) {
	if e.Format == "xlsx" {
		return h.startXLSX(to, e)
	}
	// UTF-8 with its mark, so that spreadsheets read letters with accents.
	if _, err := to.Write([]byte(tablefile.Mark)); err != nil {
		return nil, err
	}
	w := csv.NewWriter(to)
	return &csvSheet{w: w}, w.Write(h.head())
}

type csvSheet struct {
	w      *csv.Writer
	record []string
}

func (s *csvSheet) row(cells []cell) error {
	record := s.record[:0]
	for _, c := range cells {
		switch {
		case c.is == number && c.text == "":
			record = append(record, strconv.FormatFloat(c.number, 'f', -1, 64))
		case c.is == text:
			record = append(record, tablefile.Guard(c.text))
		default:
			record = append(record, c.text)
		}
	}
	s.record = record
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
