package analytics

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"yousaid/analytics/codebook"
	"yousaid/analytics/crosstab"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Offer is what an actor can choose from when asking for figures: the words of a filter form.
type Offer struct {
	Surveys         []figures.SurveyRef // every published survey, by title
	Chosen          []string            // slugs of those the rest is about
	Scales          []figures.Code      // on which surveys rate, by their names
	Measures        []figures.Code      // questions that can be counted, in the order of the questionnaire
	Dimensions      []figures.Code      // fixed ways to split, then questions answered from a list
	Characteristics []figures.Code      // equality characteristics that the chosen surveys ask, each followed by its groups where it has them
	Channels        []figures.Code
	Services        []figures.Code // of a service officer: their own only
	Directorates    []figures.Code
	Points          []figures.Code // access points
	Limited         bool           // the actor sees the figures of some services only

	first     string // the measure where none was chosen
	elsewhere map[string]bool
}

// Fitting gives the measure for the chosen surveys: the wanted one, or another where it is empty or belongs to surveys
// that were not chosen, or is asked in them in ways that cannot be counted together. A code that no survey here has
// stays, and Ask refuses it. It is "" where the chosen surveys ask nothing that can be counted.
func (o Offer) Fitting(wanted string) string {
	offered := slices.ContainsFunc(o.Measures, func(c figures.Code) bool { return c.Code == wanted })
	if offered || wanted != "" && !o.elsewhere[wanted] {
		return wanted
	}
	return o.first
}

// Elsewhere tells whether a dimension is a question of surveys that were not chosen.
func (o Offer) Elsewhere(dimension string) bool {
	code, _, _ := strings.Cut(dimension, ":")
	return o.elsewhere[code] && !slices.ContainsFunc(o.Dimensions, func(c figures.Code) bool { return c.Code == code })
}

// Offer lists what the actor can choose. Without slugs it chooses the first survey; "all" chooses every one. No published survey is no
// error: the offer is empty. It returns refusal.ErrNotAllowed where the actor may see neither figures nor equality tables.
func (a *Analytics) Offer(ctx context.Context, by tenant.Actor, slugs []string) (o Offer, err error) {
	err = a.Read(ctx, by, func(s *Snapshot) error {
		o, err = s.Offer(ctx, slugs)
		return err
	})
	return o, err
}

// Offer is Offer of Analytics.
func (s *Snapshot) Offer(ctx context.Context, slugs []string) (Offer, error) {
	b, err := s.open(ctx, []string{"all"})
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
		return Offer{}, nil
	}
	if err != nil {
		return Offer{}, err
	}
	t := &crosstab.Table{Org: b.Org, Codebook: b}
	if err := t.Restrict(s.by); errors.Is(err, refusal.ErrNotAllowed) {
		t.Equality = true
		err = t.Restrict(s.by)
		if err != nil {
			return Offer{}, err
		}
	} else if err != nil {
		return Offer{}, err
	}
	o := Offer{Scales: b.Scales(), Channels: b.ChannelCodes(), Services: b.Offered(t.Scope), Directorates: b.DirectorateCodes(),
		Points: b.PointCodes(), Limited: t.Scope != nil}
	for _, one := range b.Surveys {
		o.Surveys = append(o.Surveys, one.SurveyRef)
	}
	sort.SliceStable(o.Surveys, func(i, j int) bool { return o.Surveys[i].Title.String() < o.Surveys[j].Title.String() })
	if len(slugs) == 0 {
		slugs = []string{o.Surveys[0].Slug}
	}
	if o.Limited {
		o.Directorates = nil
	}
	o.choose(b, slugs)
	return o, nil
}

// choose keeps the surveys of the slugs and lists what they ask.
func (o *Offer) choose(b *codebook.Book, slugs []string) {
	o.Chosen = slugs
	o.elsewhere = b.Measures()
	o.Dimensions = figures.Dimensions()
	add := func(list *[]figures.Code, c figures.Code) {
		if !slices.ContainsFunc(*list, func(have figures.Code) bool { return have.Code == c.Code }) {
			*list = append(*list, c)
		}
	}
	chosen := *b
	chosen.Surveys = slices.DeleteFunc(slices.Clone(b.Surveys),
		func(s codebook.Survey) bool { return !slices.Contains(slugs, "all") && !slices.Contains(slugs, s.Slug) })
	for _, s := range chosen.Surveys {
		for _, d := range s.Versions {
			for _, q := range d.Questions() {
				if q.Countable() {
					add(&o.Measures, figures.Code{Code: q.Code, Label: wording.Named(q.Text)})
				}
				if q.Coded() {
					add(&o.Dimensions, figures.Code{Code: q.Code, Label: wording.Named(q.Text)})
				}
			}
			for _, id := range d.Equality {
				if c, ok := bank.Find(id); ok {
					add(&o.Characteristics, figures.Code{Code: id, Label: wording.Named(c.Called())})
					if len(c.Groups) > 0 {
						add(&o.Characteristics, figures.Code{Code: id + "_group", Label: wording.Say("sheet.in_groups|%s, in groups", c.Called())})
					}
				}
			}
		}
	}
	o.measure(&chosen)
}

// AllRatings is a scale as a measure, by the name of the scale.
func AllRatings(scale wording.Message) wording.Message {
	return wording.Say("staff.all_ratings_on_the|All ratings on the scale %s", scale)
}

// measure leaves out the questions that the chosen surveys ask in ways that cannot be counted together, adds the scales
// on which several of them rate, and chooses the measure where nobody has: the question "rating", else the scale on
// which most of several surveys rate, else the first question that rates, else the first.
func (o *Offer) measure(chosen *codebook.Book) {
	if len(chosen.Surveys) > 1 {
		o.Measures = slices.DeleteFunc(o.Measures, func(c figures.Code) bool {
			own := *chosen
			own.Surveys = slices.DeleteFunc(slices.Clone(chosen.Surveys), func(s codebook.Survey) bool { _, asks := s.Find(c.Code); return !asks })
			_, err := own.Joined(c.Code)
			return err != nil
		})
	}
	ratings := map[string]bool{}
	for _, s := range chosen.Surveys {
		for _, q := range s.Versions[0].Questions() {
			ratings[q.Code] = ratings[q.Code] || q.Rates()
		}
	}
	for _, s := range chosen.Scales() {
		if len(chosen.Surveys) > 1 {
			o.Measures = append(o.Measures, figures.Code{Code: figures.ScalePrefix + s.Code, Label: AllRatings(s.Label)})
		} else {
			delete(o.elsewhere, figures.ScalePrefix+s.Code) // it can be counted, and has no entry in the list beside the question itself
		}
	}
	for _, wanted := range []func(figures.Code) bool{func(c figures.Code) bool { return c.Code == "rating" },
		func(c figures.Code) bool {
			return strings.HasPrefix(c.Code,
				figures.ScalePrefix)
		}, func(c figures.Code) bool { return ratings[c.Code] }, func(figures.Code) bool { return true }} {
		if i := slices.IndexFunc(o.Measures, wanted); i >= 0 {
			o.first = o.Measures[i].Code
			return
		}
	}
}

// PublishedSurvey is a survey with what has come in so far.
type PublishedSurvey struct {
	figures.SurveyRef
	State     string
	Responses int64 // those that count; never by service, so everybody who works here may know it
}

// Published lists the published surveys of an organisation, by title.
func (a *Analytics) Published(ctx context.Context, org tenant.Org) (list []PublishedSurvey, err error) {
	err = a.Read(ctx, tenant.Actor{Org: org}, func(s *Snapshot) error {
		list, err = s.published(ctx)
		return err
	})
	return list, err
}

func (s *Snapshot) published(ctx context.Context) ([]PublishedSurvey, error) {
	b, err := s.open(ctx, []string{"all"})
	if refused := (refusal.Refusal{}); errors.As(err, &refused) {
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
	err = s.tx.SelectContext(ctx, &counts, `
		SELECT s.id::text AS id, s.state,
		       (SELECT count(*)
		        FROM   responses r
		        WHERE  r.organisation_id = $1 AND r.survey_id = s.id AND response_counts(r.state, r.source, r.excluded_no)) AS n
		FROM   surveys s
		WHERE  s.organisation_id = $1`, s.by.Org)
	if err != nil {
		return nil, fmt.Errorf("counting responses: %w", err)
	}
	var list []PublishedSurvey
	for _, one := range b.Surveys {
		p := PublishedSurvey{SurveyRef: one.SurveyRef}
		for _, c := range counts {
			if c.ID == strconv.FormatInt(one.ID, 10) {
				p.State, p.Responses = c.State, c.N
			}
		}
		list = append(list, p)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Title.String() < list[j].Title.String() })
	return list, nil
}
