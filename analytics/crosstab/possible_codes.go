package crosstab

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/figures"
	"yousaid/surveys"
	"yousaid/surveys/question"
	"yousaid/surveys/responses/importing"
)

// possibleCodes is what responses of some surveys can have, whether any has it or not. A row of a protected table that
// came with the first person in it would say that there is one: so its codes are decided by the questionnaires, the
// catalogue, the links and the mappings of imports, never by the answers.
type possibleCodes struct {
	// of the questionnaires published by the end of the period (or of the first, where answers are older), and of imports
	languages     []string
	otherLanguage bool // an import takes over whatever its file says
	noService     bool // a link or an import is for no service
	noChannel     bool
}

// List reads what responses of the table can have. The period must be known.
func (t *Table) List(ctx context.Context, tx *sqlx.Tx) error {
	var l possibleCodes
	err := tx.QueryRowxContext(ctx, `
		SELECT COALESCE(bool_or(service_id IS NULL), false), COALESCE(bool_or(channel IS NULL), false)
		FROM   links
		WHERE  organisation_id = $1 AND survey_id = ANY ($2)`, t.Org, pq.Array(t.surveyIDs())).Scan(&l.noService, &l.noChannel)
	if err != nil {
		return fmt.Errorf("reading the links: %w", err)
	}
	var mappings []string
	if err := tx.SelectContext(ctx, &mappings, `
		SELECT DISTINCT COALESCE(mapping ->> 'yaml', '')
		FROM   imports
		WHERE  organisation_id = $1 AND survey_id = ANY ($2)`, t.Org, pq.Array(t.surveyIDs())); err != nil {
		return fmt.Errorf("reading the mappings of imports: %w", err)
	}
	end := t.Frame.To.AddDays(1).In(t.Frame.Zone)
	for _, s := range t.Codebook.Surveys {
		for i, d := range s.Versions { // newest first
			if i == len(s.Versions)-1 || s.Published[i].Before(end) {
				l.addLanguagesOf(d)
			}
		}
	}
	for _, yaml := range mappings {
		if yaml == "" {
			continue // made by the program itself
		}
		m, err := importing.ParseMap([]byte(yaml))
		if err != nil { // a mapping of an earlier shape
			l.otherLanguage, l.noService, l.noChannel = true, true, true
			continue
		}
		l.imported(m)
	}
	for i := range t.By {
		t.By[i] = l.complete(t, t.By[i])
	}
	return nil
}

// addLanguagesOf adds the languages in which a questionnaire says anything.
func (l *possibleCodes) addLanguagesOf(d surveys.Definition) {
	note := func(text question.Text) {
		for lang, words := range text {
			if strings.TrimSpace(words) != "" {
				l.language(lang)
			}
		}
	}
	note(d.Title)
	for _, q := range d.Questions() {
		note(q.Text)
	}
}

func (l *possibleCodes) language(tag string) {
	if tag != "" && !slices.Contains(l.languages, tag) {
		l.languages = append(l.languages, tag)
	}
}

// imported adds what rows of an import can have.
func (l *possibleCodes) imported(m importing.Map) {
	blank := func(v importing.Value) bool { return v.Constant == "" && v.Otherwise == "" }
	l.noService, l.noChannel = l.noService || blank(m.Service), l.noChannel || blank(m.Channel)
	for _, tag := range []string{m.Language.Constant, m.Language.Otherwise} {
		l.language(tag)
	}
	if blank(m.Language) {
		l.language("en") // what a row is taken to be in that says nothing
	}
	if m.Language.Column == nil {
		return
	}
	for _, meaning := range m.Language.Reading.Values {
		l.language(meaning.Code)
	}
	l.otherLanguage = l.otherLanguage || len(m.Language.Reading.Values) == 0
}

// complete gives a dimension every code that a response can have. A code beyond these is counted as not known, where that can be.
func (l possibleCodes) complete(t *Table, d Dimension) Dimension {
	unknown := ""
	none := slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == "" })
	switch d.ID {
	case "service":
		none = l.noService
		if slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return strings.Contains(c.Code, CodeSeparator) }) {
			unknown = CodeSeparator // beside the directorate, which is none
		}
	case "directorate":
		none = l.noService || t.Codebook.HasServiceWithoutDirectorate(t.Months())
	case "channel":
		none = l.noChannel
	case "access_point":
		none = true // most links have none
	case "language":
		none = l.otherLanguage
		d.Codes = nil
		slices.SortFunc(l.languages, func(a, b string) int { // English and Welsh first, as everywhere
			at := func(tag string) int { return slices.Index([]string{"cy", "en"}, tag) }
			if at(a) != at(b) {
				return at(b) - at(a)
			}
			return strings.Compare(a, b)
		})
		for _, tag := range l.languages {
			d.Codes = append(d.Codes, figures.Code{Code: tag, Label: d.LabelOf(tag)})
		}
	case "month":
		return d // those of the period
	}
	if !none {
		return d
	}
	if !slices.ContainsFunc(d.Codes, func(c figures.Code) bool { return c.Code == unknown }) {
		d.Codes = append(slices.Clone(d.Codes), figures.Code{Code: unknown, Label: d.LabelOf("")})
	}
	known := map[string]bool{}
	for _, c := range d.Codes {
		known[c.Code] = true
	}
	codes := d.Read
	d.Read = func(raw []string) []string {
		list := codes(raw)
		if len(list) == 1 && !known[list[0]] {
			return []string{unknown}
		}
		return list
	}
	return d
}

// CodeSeparator stands between the two parts of a code that says two things.
const CodeSeparator = "\x1d"
