// Package sql counts responses by one statement of SQL, from the rows as they are.
package sql

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"yousaid/analytics/tabulate"
)

// Engine groups in the database. The groups are few beside the responses: values × values × answers.
type Engine struct{}

// Count implements tabulate.Engine.
func (Engine) Count(ctx context.Context, tx *sqlx.Tx, q tabulate.Query) ([]tabulate.Count, error) {
	statement, args, err := write(q)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("counting responses: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var list []tabulate.Count
	for rows.Next() {
		one := tabulate.Count{Values: make([]string, len(q.Dimensions))}
		var people int64 // all bits of a fingerprint
		into := make([]any, 0, len(q.Dimensions)+4)
		for i := range one.Values {
			into = append(into, &one.Values[i])
		}
		if err := rows.Scan(append(into, &one.Answer, &one.Excluded, &one.N, &people)...); err != nil {
			return nil, fmt.Errorf("counting responses: %w", err)
		}
		one.People = uint64(people)
		list = append(list, one)
	}
	return list, rows.Err()
}

// statement is one on its way: arguments are added as the text names them.
type statement struct {
	query tabulate.Query
	args  []any
}

func (s *statement) arg(v any) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d", len(s.args))
}

// write makes the statement. What is to be protected is read through views that know whole months, and fingerprints for ids.
func write(q tabulate.Query) (string, []any, error) {
	s := &statement{query: q, args: []any{q.Org, pq.Array(q.Surveys)}}
	from, excluded, people := "", "r.excluded_no IS NOT NULL", "0"
	switch {
	case !q.Protected:
		from = s.responses()
	case q.People:
		from, excluded, people = s.views(), "r.excluded", "bit_xor(r.fingerprint)"
	default:
		from, excluded = s.views(), "r.excluded"
	}
	var columns, groups []string
	for i, f := range append(slices.Clone(q.Dimensions), q.Measure) {
		expression, err := s.expression(f)
		if err != nil {
			return "", nil, err
		}
		columns, groups = append(columns, expression), append(groups, fmt.Sprint(i+1))
	}
	where := ""
	for _, f := range q.Filters {
		expression, err := s.expression(f.Field)
		if err != nil {
			return "", nil, err
		}
		where += `
		AND    ` + expression + ` = ANY (` + s.arg(pq.Array(f.Values)) + `)`
	}
	return `
		SELECT ` + strings.Join(columns, ", ") + `, ` + excluded + `, count(*), ` + people + from + `
		AND    r.survey_id = ANY ($2) AND response_counts(r.state, r.source, NULL)` + where + `
		GROUP  BY ` + strings.Join(groups, ", ") + `, ` + excluded, s.args, nil
}

func (s *statement) responses() string {
	moment := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t
	}
	from, to := s.arg(moment(s.query.From)), s.arg(moment(s.query.To))
	return `
		FROM   responses r
		WHERE  r.organisation_id = $1
		       AND (` + from + `::timestamptz IS NULL OR r.answered_hour >= ` + from + `) AND (` + to +
		`::timestamptz IS NULL OR r.answered_hour < ` + to + `)`
}

func (s *statement) views() string {
	month := func(t time.Time) string { return s.arg(t.In(s.query.Zone).Format(time.DateOnly)) }
	from, to := month(s.query.From), month(s.query.To)
	view := `
		FROM   tabulated_responses r`
	equality := func(f tabulate.Field) bool { return f.Of == tabulate.EqualityAnswer }
	if slices.ContainsFunc(s.query.Dimensions, equality) || slices.ContainsFunc(s.query.Filters,
		func(f tabulate.Filter) bool { return equality(f.Field) }) {
		view = `
		FROM   tabulated_equality r`
	}
	return view + `
		WHERE  r.organisation_id = $1 AND r.month >= ` + from + `::date AND r.month < ` + to + `::date`
}

// expression reads a field of a response.
func (s *statement) expression(f tabulate.Field) (string, error) {
	read, err := s.read(f)
	return "COALESCE((" + read + ")::text, '')", err
}

func (s *statement) read(f tabulate.Field) (string, error) {
	written := func(form string) string {
		return "to_char(r.answered_hour AT TIME ZONE " + s.arg(s.query.Zone.String()) + ", '" + form + "')"
	}
	switch f.Of {
	case tabulate.Everybody:
		return "'1'", nil
	case tabulate.Channel:
		return "r.channel", nil
	case tabulate.Mode:
		return "r.mode", nil
	case tabulate.Service:
		return "r.service_id", nil
	case tabulate.AccessPoint:
		return "r.access_point_id", nil
	case tabulate.Language:
		return "r.language", nil
	case tabulate.Survey:
		return "r.survey_id", nil
	case tabulate.Answer:
		return s.answer(f), nil
	case tabulate.Month:
		if s.query.Protected {
			return "to_char(r.month, 'YYYY-MM')", nil
		}
		return written("YYYY-MM"), nil
	case tabulate.EqualityAnswer:
		if s.query.Protected {
			return "r.equality->>" + s.arg(f.Question) + "::text", nil
		}
	case tabulate.Week:
		if !s.query.Protected {
			return written(`IYYY-"W"IW`), nil
		}
	case tabulate.Day:
		if !s.query.Protected {
			return written("YYYY-MM-DD"), nil
		}
	}
	return "", fmt.Errorf("counting responses by %d: %w", f.Of, errField)
}

var errField = errors.New("equality answers are counted in protected tables only, and protected tables know whole months")

func (s *statement) answer(f tabulate.Field) string {
	if f.Each == nil {
		return "r.answers->>" + s.arg(f.Question) + "::text"
	}
	text := "CASE r.survey_id"
	for _, survey := range slices.Sorted(maps.Keys(f.Each)) {
		text += " WHEN " + s.arg(survey) + "::bigint THEN r.answers->>" + s.arg(f.Each[survey]) + "::text"
	}
	return text + " END"
}
