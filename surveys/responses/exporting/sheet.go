package exporting

import (
	"context"
	"encoding/json"
	"fmt"
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

	row    []tablefile.RowCell
	hours  map[int64]tablefile.RowCell
	parser fastjson.Parser
}

func (s Store) shape(ctx context.Context, org tenant.Org, e Export, versions []surveys.Version) (*shape, error) {
	h := &shape{hours: map[int64]tablefile.RowCell{}, versions: map[int64]int{}, services: map[int64]string{},
		places: map[int64]string{}, questions: questionsOf(versions), comments: e.Comments}
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
	list := []string{"row", "answered_hour", "survey_version", "service", "channel", "mode", "access_point", "about", "language",
		"state", "excluded_as_unusual"}
	for _, q := range h.questions {
		switch {
		case q.Free() && !h.comments:
		case q.Many():
			for _, o := range q.Options {
				list = append(list, q.Code+"."+o.Code)
			}
		default:
			list = append(list, q.Code)
		}
	}
	return list
}

// cells are the values of a response, in the order of head. They are good until the next call.
func (h *shape) cells(no int64, r *response) []tablefile.RowCell {
	list := append(h.row[:0], tablefile.RowNumber(float64(no)), h.hour(r.hour), tablefile.RowNumber(float64(h.versions[r.version])),
		tablefile.RowText(h.services[r.service]), tablefile.RowText(r.channel), tablefile.RowText(r.mode),
		tablefile.RowText(h.places[r.accessPoint]), tablefile.RowText(r.about), tablefile.RowText(r.language), tablefile.RowText(r.state),
		tablefile.RowText(r.unusual))
	answers, err := h.parser.ParseBytes(r.answers)
	if err != nil { // written by Check; what cannot be read is blank
		answers = nil
	}
	for i := range h.questions {
		q := &h.questions[i]
		switch {
		case q.Free() && !h.comments:
		case q.Free():
			list = append(list, r.comment(q.Code))
		case q.Many():
			list = chosen(list, q, answers.Get(q.Code))
		default:
			list = append(list, answerCell(q, answers.Get(q.Code)))
		}
	}
	h.row = list
	return list
}

// comment is what was written in answer to a question.
func (r *response) comment(question string) tablefile.RowCell {
	for _, w := range r.words {
		if w.question == question {
			return tablefile.RowText(w.text)
		}
	}
	return tablefile.RowCell{}
}

// chosen adds a cell for each answer of a several-of-many question: 1, 0, or blank where it was not asked.
func chosen(list []tablefile.RowCell, q *question.Question, answer *fastjson.Value) []tablefile.RowCell {
	asked := answer != nil && answer.Type() == fastjson.TypeArray
	var ticked []*fastjson.Value
	if asked {
		ticked = answer.GetArray()
	}
	for _, o := range q.Options {
		c := tablefile.RowCell{}
		if asked {
			n := 0.0
			for _, t := range ticked {
				if code, err := t.StringBytes(); err == nil && string(code) == o.Code {
					n = 1
				}
			}
			c = tablefile.RowNumber(n)
		}
		list = append(list, c)
	}
	return list
}

// answerCell is the answer to a question that takes one. The codes of a rating that are numbers are numbers in a worksheet as well.
func answerCell(q *question.Question, answer *fastjson.Value) tablefile.RowCell {
	if answer == nil {
		return tablefile.RowCell{}
	}
	switch answer.Type() {
	case fastjson.TypeNull:
		return tablefile.RowCell{}
	case fastjson.TypeNumber:
		return tablefile.RowNumber(answer.GetFloat64())
	case fastjson.TypeString:
		code := answer.GetStringBytes()
		for i := range q.Options {
			if o := &q.Options[i]; o.Code == string(code) {
				return codeCell(q, o.Code)
			}
		}
		return codeCell(q, string(code))
	default:
		return tablefile.RowText(answer.String())
	}
}

func codeCell(q *question.Question, code string) tablefile.RowCell {
	if q.Rates() && code != "" && len(code) < 10 && strings.Trim(code, "0123456789") == "" && (code == "0" || code[0] != '0') {
		if n, err := strconv.ParseFloat(code, 64); err == nil {
			return tablefile.RowCode(code, n)
		}
	}
	return tablefile.RowText(code)
}

// hour gives the cell of an hour; there are few, so each is worked out once.
func (h *shape) hour(seconds int64) tablefile.RowCell {
	c, known := h.hours[seconds]
	if !known {
		c = tablefile.RowHour(time.Unix(seconds, 0).In(h.zone))
		if len(h.hours) < mostTexts {
			h.hours[seconds] = c
		}
	}
	return c
}

// file is what stands before the rows of an export: what it is and how many rows it has, and what its codes mean.
func (h *shape) file(e Export) tablefile.RowFile {
	period := "all responses"
	if e.From != "" || e.To != "" {
		period = strings.TrimSpace(e.From + " to " + e.To)
	}
	comments := "with comments as they are shown to staff"
	if !h.comments {
		comments = "without comments"
	}
	f := tablefile.RowFile{Title: h.title + " responses", Author: h.council, Heads: h.head(), Rows: e.All, Cover: []string{
		h.title + ": responses row by row, " + h.council, rowsIn(e.All), "Period: " + period + ", " + comments + ".",
		"Hours are local. There are no equality answers and nothing that says who answered. Blank means not answered or not asked.",
		"The sheet Codes says what each code means. Handle this file as personal data: people may have written about themselves.",
	}}
	for _, q := range h.questions {
		words, _ := q.Text.In("en")
		f.Codes = append(f.Codes, [3]string{q.Code, "–", words})
		for _, o := range q.Options {
			label, _ := o.Text.In("en")
			f.Codes = append(f.Codes, [3]string{q.Code, o.Code, label})
		}
	}
	return f
}

func rowsIn(n int64) string {
	if n == 1 {
		return "This file has 1 row in the sheet Responses."
	}
	return fmt.Sprintf("This file has %d rows in the sheet Responses.", n)
}
