package analytics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Offer is what an actor can choose from when asking for figures: the words of a filter form.
type Offer struct {
	Surveys         []SurveyRef // every published survey, by title
	Chosen          []string    // slugs of those the rest is about
	Scales          []Code      // on which surveys rate, by their names
	Measures        []Code      // questions that can be counted, in the order of the questionnaire
	Dimensions      []Code      // fixed ways to split, then questions answered from a list
	Characteristics []Code      // equality characteristics that the chosen surveys ask, each followed by its groups where it has them
	Channels        []Code
	Services        []Code // of a service officer: their own only
	Directorates    []Code
	Limited         bool // the actor sees the figures of some services only
}

// Offer lists what the actor can choose. Without slugs it chooses the first survey; "all" chooses every one. No published survey is no
// error: the offer is empty. It returns ErrNotAllowed where the actor may see neither figures nor equality tables.
func (a *Analytics) Offer(ctx context.Context, by tenant.Actor, slugs []string) (Offer, error) {
	tx, err := a.DB.BeginRead(ctx, by.Org)
	if err != nil {
		return Offer{}, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	b, err := open(ctx, tx, by.Org, Query{Surveys: []string{"all"}})
	if refused := (Refusal{}); errors.As(err, &refused) {
		return Offer{}, nil
	}
	if err != nil {
		return Offer{}, err
	}
	t := &table{org: b.org, book: b, args: []any{b.org, nil, nil, nil, b.zone.String()}}
	if err := b.restrict(t, by); errors.Is(err, ErrNotAllowed) {
		t.equality = true
		err = b.restrict(t, by)
		if err != nil {
			return Offer{}, err
		}
	} else if err != nil {
		return Offer{}, err
	}
	o := Offer{Scales: b.scales(), Channels: b.channelCodes(), Services: b.offered(t.scope), Directorates: b.directorateCodes(), Limited: t.scope != nil}
	for _, s := range b.surveys {
		o.Surveys = append(o.Surveys, s.SurveyRef)
	}
	sort.SliceStable(o.Surveys, func(i, j int) bool { return o.Surveys[i].Title < o.Surveys[j].Title })
	if len(slugs) == 0 {
		slugs = []string{o.Surveys[0].Slug}
	}
	if o.Limited {
		o.Directorates = nil
	}
	o.choose(b, slugs)
	return o, nil
}

// offered lists the services, or those of the scope.
func (b *book) offered(scope map[string]bool) []Code {
	if scope == nil {
		return b.serviceCodes()
	}
	own := *b
	own.services = slices.DeleteFunc(slices.Clone(b.services), func(s service) bool { return !scope[s.ID] })
	return own.serviceCodes()
}

// choose keeps the surveys of the slugs and lists what they ask.
func (o *Offer) choose(b *book, slugs []string) {
	o.Chosen = slugs
	for _, f := range fixed {
		o.Dimensions = append(o.Dimensions, Code{f.id, f.label})
	}
	add := func(list *[]Code, c Code) {
		if !slices.ContainsFunc(*list, func(have Code) bool { return have.Code == c.Code }) {
			*list = append(*list, c)
		}
	}
	for _, s := range b.surveys {
		if !slices.Contains(slugs, "all") && !slices.Contains(slugs, s.Slug) {
			continue
		}
		for _, d := range s.versions {
			for _, q := range d.Questions() {
				label, _ := q.Text.In("en")
				if q.Coded() || q.Kind == question.Number {
					add(&o.Measures, Code{q.Code, label})
				}
				if q.Coded() {
					add(&o.Dimensions, Code{q.Code, label})
				}
			}
			for _, id := range d.Equality {
				if c, ok := bank.Find(id); ok {
					name, _ := c.Name.In("en")
					add(&o.Characteristics, Code{id, name})
					if len(c.Groups) > 0 {
						add(&o.Characteristics, Code{id + "_group", name + ", in groups"})
					}
				}
			}
		}
	}
}

// PublishedSurvey is a survey with what has come in so far.
type PublishedSurvey struct {
	SurveyRef
	State     string
	Responses int64 // those that count; never by service, so everybody who works here may know it
}

// Published lists the published surveys of an organisation, by title.
func (a *Analytics) Published(ctx context.Context, org tenant.Org) ([]PublishedSurvey, error) {
	tx, err := a.DB.BeginRead(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("opening the figures: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	b, err := open(ctx, tx, org, Query{Surveys: []string{"all"}})
	if refused := (Refusal{}); errors.As(err, &refused) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var counts []struct {
		ID    string `db:"id"`
		State string `db:"state"`
		N     int64  `db:"n"`
	}
	err = tx.SelectContext(ctx, &counts, `
		SELECT s.id::text AS id, s.state,
		       (SELECT count(*)
		        FROM   responses r
		        WHERE  r.organisation_id = $1 AND r.survey_id = s.id AND response_counts(r.state, r.source, r.excluded_no)) AS n
		FROM   surveys s
		WHERE  s.organisation_id = $1`, org)
	if err != nil {
		return nil, fmt.Errorf("counting responses: %w", err)
	}
	var list []PublishedSurvey
	for _, s := range b.surveys {
		p := PublishedSurvey{SurveyRef: s.SurveyRef}
		for _, c := range counts {
			if c.ID == strconv.FormatInt(s.ID, 10) {
				p.State, p.Responses = c.State, c.N
			}
		}
		list = append(list, p)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Title < list[j].Title })
	return list, nil
}
