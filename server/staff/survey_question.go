package staff

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/surveys"
	"yousaid/surveys/lint"
	"yousaid/surveys/question"
)

// QuestionPage is staff/question: one question of a draft, its texts in each language side by side.
type QuestionPage struct {
	page.Page
	ID       int64
	Survey   string
	Question question.Question
	Kind     string
	Text     Wording
	Hint     Wording
	Scale    string
	Most     string // characters, as typed
	Min, Max string
	Rows     []OptionRow
	Coded    bool
	Was      string // what the question was when the form was made: see fingerprint
	Revision int
	Findings lint.Findings
	Theirs   []string // what somebody else changed meanwhile
	Them     string   // who
	Unsaved  bool     // rows were moved, added or taken out, and nothing is saved yet
}

// OptionRow is one answer in the form.
type OptionRow struct {
	Index                        int
	Code                         string
	Fixed                        bool // the code is saved and can never change
	Score                        string
	Satisfied, DontKnow, Exclude bool
	Gone                         bool // will be taken out when saved
	First, Last                  bool
	Text                         Wording
}

// Field is the name of a field of the row.
func (r OptionRow) Field(name string) string { return fmt.Sprintf("o%d-%s", r.Index, name) }

// Number is the place of the row, from 1.
func (r OptionRow) Number() int { return r.Index + 1 }

// Label is the answer in English, for the names of buttons.
func (r OptionRow) Label() string {
	text, _ := r.Text.Text.In("en")
	return text
}

// HiddenField is a field that is carried along and not shown.
type HiddenField struct{ Name, Value string }

// Hidden carries what stands in a row that will be taken out, so that it can be put back.
func (r OptionRow) Hidden() []HiddenField {
	list := []HiddenField{{r.Field("score"), r.Score}}
	if !r.Fixed {
		list = append(list, HiddenField{r.Field("code"), r.Code})
	}
	for _, t := range r.Text.Tongues {
		list = append(list, HiddenField{r.Field("text") + "-" + t.Lang, r.Text.Text[t.Lang]})
	}
	for name, ticked := range map[string]bool{"satisfied": r.Satisfied, "dontknow": r.DontKnow, "exclusive": r.Exclude} {
		if ticked {
			list = append(list, HiddenField{r.Field(name), "yes"})
		}
	}
	return list
}

// fingerprint tells whether a question is still as it was.
func fingerprint(q question.Question) string {
	b, _ := json.Marshal(q) // texts and numbers that were stored as JSON before
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Question shows a question to edit.
func (p *Pages) Question(c echo.Context) error {
	view, q, err := p.questionPage(c)
	if err != nil {
		return err
	}
	view.fill(q)
	view.dress(c)
	return page.Render(c, http.StatusOK, "staff/question", view)
}

func (p *Pages) questionPage(c echo.Context) (QuestionPage, question.Question, error) {
	s, err := p.survey(c)
	if err != nil {
		return QuestionPage{}, question.Question{}, err
	}
	d, revision, err := p.Surveys.Draft(c.Request().Context(), organisation(c).ID, s.ID)
	if err != nil {
		return QuestionPage{}, question.Question{}, err
	}
	q, ok := d.Question(c.Param("code"))
	if !ok {
		return QuestionPage{}, q, surveys.ErrMissing
	}
	findings, err := p.review(c, s.ID, d)
	view := QuestionPage{Page: page.New(c), ID: s.ID, Kind: kindWords[q.Kind], Question: q, Coded: q.Coded() && q.Kind != question.YesNo, Was: fingerprint(q), Revision: revision,
		Findings: findings.Of(q.Code)}
	view.Survey, _ = d.Title.In("en")
	view.Back = fmt.Sprintf("/staff/surveys/%d#q-%s", s.ID, q.Code)
	return view, q, err
}

// fill shows a question as it is saved.
func (v *QuestionPage) fill(q question.Question) {
	v.Question.Required, v.Scale, v.Min, v.Max = q.Required, q.Scale, written(q.Min), written(q.Max)
	if v.Most = strconv.Itoa(q.MaxLength); q.MaxLength == 0 {
		v.Most = ""
	}
	v.Rows = nil
	for i, o := range q.Options {
		v.Rows = append(v.Rows, OptionRow{Index: i, Code: o.Code, Fixed: true, Score: written(o.Score), Satisfied: o.Satisfied, DontKnow: o.DontKnow, Exclude: o.Exclusive,
			Text: Wording{Text: o.Text}})
	}
	v.Text.Text, v.Hint.Text = q.Text, q.Hint
	if v.Coded && len(v.Rows) == 0 {
		v.Rows = []OptionRow{{}, {Index: 1}}
	}
}

func written(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// dress gives the wordings of the form what their template needs; the last step before it is shown.
func (v *QuestionPage) dress(c echo.Context) {
	list := tongues(c)
	v.Text = Wording{Page: v.Page, Name: "text", Label: "Question", Lines: 3, Tongues: list, Text: v.Text.Text}
	v.Hint = Wording{Page: v.Page, Name: "hint", Label: "Hint (optional)", Lines: 1, Tongues: list, Text: v.Hint.Text}
	for i := range v.Rows {
		r := &v.Rows[i]
		r.Index, r.First, r.Last = i, i == 0, i == len(v.Rows)-1
		r.Text = Wording{Page: v.Page, Name: r.Field("text"), Label: "Answer " + strconv.Itoa(i+1), Tongues: list, Text: r.Text.Text}
	}
}

// read takes the form as it was filled in.
func (v *QuestionPage) read(c echo.Context, before question.Question) {
	v.Question.Required = c.FormValue("required") != ""
	v.Scale, v.Most = plainText(c.FormValue("scale")), plainText(c.FormValue("most"))
	v.Min, v.Max = plainText(c.FormValue("min")), plainText(c.FormValue("max"))
	v.Text.Text, v.Hint.Text = wordingOf(c, "text", before.Text), wordingOf(c, "hint", before.Hint)
	n, _ := strconv.Atoi(c.FormValue("rows"))
	v.Rows = nil
	for i := range min(max(n, 0), question.MaxOptions+1) {
		r := OptionRow{Index: i}
		value := func(name string) string { return plainText(c.FormValue(r.Field(name))) }
		r.Code, r.Fixed, r.Score, r.Gone = value("code"), value("fixed") != "", value("score"), value("gone") != ""
		r.Satisfied, r.DontKnow, r.Exclude = value("satisfied") != "", value("dontknow") != "", value("exclusive") != ""
		was, _ := before.Option(r.Code)
		r.Text.Text = wordingOf(c, r.Field("text"), was.Text)
		v.Rows = append(v.Rows, r)
	}
}

// arrange does what a button beside an answer says, in the form only; false where the button is Save.
func (v *QuestionPage) arrange(do string) bool {
	order, about, _ := strings.Cut(do, " ")
	at, err := strconv.Atoi(about)
	known := err == nil && at >= 0 && at < len(v.Rows)
	switch {
	case order == "add":
		v.Rows = append(v.Rows, OptionRow{})
	case order == "up" && known && at > 0:
		v.Rows[at-1], v.Rows[at] = v.Rows[at], v.Rows[at-1]
	case order == "down" && known && at+1 < len(v.Rows):
		v.Rows[at+1], v.Rows[at] = v.Rows[at], v.Rows[at+1]
	case order == "delete" && known:
		v.Rows[at].Gone = true
	case order == "back" && known:
		v.Rows[at].Gone = false
	default:
		return false
	}
	v.Unsaved = true
	return true
}

// SendQuestion saves a question, or moves its answers about in the form.
func (p *Pages) SendQuestion(c echo.Context) error {
	view, now, err := p.questionPage(c)
	if errors.Is(err, surveys.ErrMissing) && c.FormValue("was") != "" {
		return surveys.ErrGone
	}
	if err != nil {
		return err
	}
	view.read(c, now)
	if view.arrange(c.FormValue("do")) {
		view.Was = c.FormValue("was")
		view.Revision, _ = strconv.Atoi(c.FormValue("revision"))
		view.dress(c)
		return page.Render(c, http.StatusOK, "staff/question", view)
	}
	codes, err := p.Surveys.Codes(c.Request().Context(), organisation(c).ID, view.ID)
	if err != nil {
		return err
	}
	q := view.question(now, codes)
	if len(view.Problems) == 0 && c.FormValue("was") != view.Was {
		if err := p.meanwhile(c, &view, now); err != nil {
			return err
		}
	} else if len(view.Problems) == 0 {
		was := view.Was
		_, err = p.Surveys.Edit(c.Request().Context(), signin.Of(c).Actor, view.ID, func(d *surveys.Definition) error {
			if there, ok := d.Question(q.Code); ok && fingerprint(there) != was {
				return surveys.ErrStaleDraft
			}
			return surveys.ReplaceQuestion(q)(d)
		})
		switch invalid := (surveys.Problems{}); {
		case err == nil:
			page.Tell(c, "Saved.")
			return done(c, view.ID, "q-"+q.Code, nil)
		case errors.As(err, &invalid):
			view.Problems.Add("text-"+organisation(c).Languages[0], invalid[0].English)
		case errors.Is(err, surveys.ErrStaleDraft): // in the very moment between reading and saving
			view.Problems.Add("", "Somebody else saved this question just now. Save once more to see the difference.")
		default:
			return err
		}
	}
	view.dress(c)
	return page.Render(c, http.StatusUnprocessableEntity, "staff/question", view)
}

// meanwhile shows what somebody else made of the question since the form was opened. The form stays as it is filled in; saved once more, it is meant.
func (p *Pages) meanwhile(c echo.Context, view *QuestionPage, now question.Question) error {
	revision, _ := strconv.Atoi(c.FormValue("revision"))
	view.Problems.Add("theirs", "Somebody else changed this question after you opened it. Nothing is saved yet: read what they did, then save yours or leave theirs.")
	was, err := p.Surveys.Revision(c.Request().Context(), organisation(c).ID, view.ID, revision)
	if errors.Is(err, surveys.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	if before, ok := was.Definition.Question(now.Code); ok {
		view.Theirs = surveys.QuestionDifference(before, now)
	}
	if latest, err := p.Surveys.Revision(c.Request().Context(), organisation(c).ID, view.ID, view.Revision); err == nil {
		view.Them = latest.By
	}
	return nil
}

// question puts the form together, and lists what cannot be saved at its field. What could be saved and not published is said by the review.
func (v *QuestionPage) question(before question.Question, codes surveys.Registered) question.Question {
	q := question.Question{Code: before.Code, Kind: before.Kind, Bank: before.Bank, Scale: before.Scale, Required: v.Question.Required, Text: v.Text.Text, Hint: v.Hint.Text}
	faults(&v.Problems, "text", q.Text)
	faults(&v.Problems, "hint", q.Hint)
	if q.Kind == question.Rating {
		if q.Scale = v.Scale; q.Scale != "" && !question.ValidCode(q.Scale) {
			v.Problems.Add("scale", "Write the name of the scale in small letters, digits, “-” or “_”, or leave it empty.")
		}
	}
	number := func(field, value string) *float64 {
		if value == "" {
			return nil
		}
		f, err := strconv.ParseFloat(value, 64)
		if err != nil || f < -1e9 || f > 1e9 || f != f {
			v.Problems.Add(field, "Write a number in figures, such as 5, or leave it empty.")
			return nil
		}
		return &f
	}
	if q.Kind == question.Number {
		q.Min, q.Max = number("min", v.Min), number("max", v.Max)
	}
	if q.Free() && v.Most != "" {
		n, err := strconv.Atoi(v.Most)
		if err != nil || n < 1 || n > question.MostText {
			v.Problems.Add("most", fmt.Sprintf("Write a whole number from 1 to %d, or leave it empty.", question.MostText))
		}
		q.MaxLength = n
	}
	if v.Coded {
		q.Options = v.options(before, codes, number)
	}
	return q
}

func (v *QuestionPage) options(before question.Question, codes surveys.Registered, number func(string, string) *float64) []question.Option {
	var list []question.Option
	used := map[string]bool{}
	for _, r := range v.Rows {
		if r.Fixed {
			used[r.Code] = true
		}
	}
	for i, r := range v.Rows {
		r.Index = i
		if r.Gone || !r.Fixed && r.Text.Text.Empty() && r.Code == "" {
			continue // taken out, or a line that was left empty
		}
		was, there := before.Option(r.Code)
		o := question.Option{Code: r.Code, Text: r.Text.Text, DontKnow: r.DontKnow}
		if !r.Fixed || !there {
			o.Code = v.newCode(r, codes, before.Code, used)
		}
		used[o.Code] = true
		if before.Kind == question.Rating {
			o.Score, o.Satisfied = number(r.Field("score"), r.Score), r.Satisfied
		} else {
			o.Score, o.Satisfied = was.Score, was.Satisfied
		}
		o.Exclusive = r.Exclude && before.Kind == question.Several
		faults(&v.Problems, r.Field("text"), o.Text)
		list = append(list, o)
	}
	return list
}

// newCode is the code of a new answer: as written, or made from its wording. A code that was ever published and taken out is said at the field.
func (v *QuestionPage) newCode(r OptionRow, codes surveys.Registered, of string, used map[string]bool) string {
	taken := func(code string) bool { return used[code] || codes.Option(of, code) }
	if r.Code == "" {
		text, _ := r.Text.Text.In("en")
		return freeCode(text, "answer", taken)
	}
	switch {
	case !question.ValidCode(r.Code):
		v.Problems.Add(r.Field("code"), "Write the code in small letters, digits, “-” or “_”, 41 at the most; or leave it empty to have one made.")
	case used[r.Code]:
		v.Problems.Add(r.Field("code"), "Another answer has the code “"+r.Code+"”. Give each answer its own.")
	case codes.Retired(of, r.Code):
		v.Problems.Add(r.Field("code"), "The code “"+r.Code+"” was used in an earlier version and taken out. A code is never used again: choose another one.")
	}
	return r.Code
}

// freeCode makes a code from the first words of a text.
func freeCode(text, otherwise string, taken func(string) bool) string {
	base := strings.ReplaceAll(slugOf(text), "-", "_")
	if parts := strings.Split(base, "_"); len(parts) > 4 {
		base = strings.Join(parts[:4], "_")
	}
	base = strings.Trim(base[:min(len(base), 36)], "_")
	if base == "" {
		base = otherwise
	}
	for n := 1; ; n++ {
		try := base
		if n > 1 {
			try = base + "_" + strconv.Itoa(n)
		}
		if !taken(try) {
			return try
		}
	}
}

// retiredQuestion tells whether a code was ever a question of a survey.
func retiredQuestion(d surveys.Definition, codes surveys.Registered, code string) string {
	_, there := d.Place(code)
	switch {
	case !question.ValidCode(code):
		return "Write the code in small letters, digits, “-” or “_”, 41 at the most; or leave it empty to have one made."
	case question.Reserved(code):
		return "The code “" + code + "” is kept for the program. Choose another one."
	case there:
		return "Another question has the code “" + code + "”. Give each question its own."
	case codes.Question(code):
		return "The code “" + code + "” was used in an earlier version and taken out. A code is never used again: choose another one."
	}
	return ""
}
