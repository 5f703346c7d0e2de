package main

import (
	"context"
	"errors"
	"time"

	"yousaid/analytics/actions"
	"yousaid/analytics/figures"
	"yousaid/analytics/insight"
	"yousaid/analytics/quoted"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/server/accounts"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// promise is one thing that the made-up council says it does.
type promise struct {
	service, theme string
	kind           actions.Kind
	said, saidCy   string
	did, didCy     string
	target, done   int // days from today; 0 for none
	figure         bool
	quote          bool
	state          actions.State
}

var promises = []promise{
	{"household-waste-collection", "quality-of-work", actions.Did, "Bins were left across the pavement.",
		"Roedd biniau’n cael eu gadael ar draws y palmant.", "Crews now put each bin back where it stood. We check ten streets a week.",
		"Mae criwiau’n rhoi pob bin yn ôl. Rydym yn gwirio deg stryd yr wythnos.", -60, -62, true, true, actions.Published},
	{"housing-repairs", "waiting-times", actions.Doing, "You wait too long for a repair.",
		"Rydych yn aros yn rhy hir am waith trwsio.", "We are taking on six more fitters and will offer evening visits.",
		"Rydym yn cyflogi chwe gosodwr arall a byddwn yn cynnig ymweliadau gyda’r nos.", 75, 0, true, true, actions.Published},
	{"road-maintenance", "quality-of-work", actions.Doing, "Potholes come back after a few weeks.",
		"Mae tyllau’n dod yn ôl ar ôl ychydig wythnosau.", "We are changing to hot repairs that last, road by road.",
		"Rydym yn newid i waith trwsio poeth sy’n para.", -20, 0, true, false, actions.Published},
	{"parking-permits", "cost", actions.Cannot, "Permits cost too much.", "Mae trwyddedau’n costio gormod.",
		"The price pays for the wardens and we have no other money for them. You can now pay by month.",
		"Mae’r pris yn talu am y wardeiniaid. Gallwch dalu bob mis nawr.", 0, 0, false, false, actions.Published},
	{"library-facilities", "access-for-everyone", actions.Did, "There were too few large print books.",
		"Doedd dim digon o lyfrau print bras.", "We bought 400 and put them by the door.", "Fe wnaethom brynu 400 a’u rhoi wrth y drws.",
		-30, -31, true, false, actions.Published},
	{"council-tax-annual-notification", "information", actions.Did, "The bill did not say what had changed.",
		"Doedd y bil ddim yn dweud beth oedd wedi newid.", "The first page now shows what changed and why.",
		"Mae’r dudalen gyntaf nawr yn dangos beth newidiodd a pham.", -200, -205, true, false, actions.Published},
	{"street-lighting", "waiting-times", actions.Doing, "Broken lamps stay dark for weeks.",
		"Mae lampau sydd wedi torri’n aros yn dywyll am wythnosau.", "A new contract will have lamps mended in five working days.",
		"Bydd contract newydd yn trwsio lampau mewn pum diwrnod gwaith.", 120, 0, false, false, actions.Published},
	{"planning-decision-notices", "information", actions.Did, "Notices use words you do not know.",
		"Mae hysbysiadau’n defnyddio geiriau nad ydych yn eu gwybod.", "We rewrote all 12 letters in plain words.",
		"Fe wnaethom ailysgrifennu pob un o’r 12 llythyr mewn geiriau plaen.", -15, -15, true, false, actions.Published},
	{"flytipping", "quality-of-work", actions.Did, "Rubbish is dumped behind the garages.",
		"Mae sbwriel yn cael ei adael y tu ôl i’r garejys.", "We put up lights and a camera, and clear the place each Monday.",
		"Rydym wedi gosod goleuadau a chamera ac yn clirio bob dydd Llun.", -90, -88, true, false, actions.Published},
	{"household-garden-waste", "website-and-forms", actions.Doing, "The form loses what you wrote.",
		"Mae’r ffurflen yn colli’r hyn a ysgrifennoch.", "We are building a new form that saves each page.",
		"Rydym yn creu ffurflen newydd sy’n cadw pob tudalen.", 40, 0, false, false, actions.Published},
	{"housing-repairs", "getting-through", actions.Did, "Nobody rings you back.", "Does neb yn eich ffonio’n ôl.",
		"Everybody who asks is rung back in two working days.", "Mae pawb sy’n gofyn yn cael galwad yn ôl mewn dau ddiwrnod gwaith.", -45,
		-44, true, false, actions.Published},
	{"library-facilities", "waiting-times", actions.Did, "The reading room closes too early.",
		"Mae’r ystafell ddarllen yn cau’n rhy gynnar.", "It is open until 7pm on Thursdays.", "Mae ar agor tan 7pm ar ddydd Iau.", -10,
		-12, false, false, actions.Withdrawn},
	{"road-maintenance", "information", actions.Doing, "Nobody says when a road will be shut.",
		"Does neb yn dweud pryd y bydd ffordd ar gau.", "We will put a sign up a week before.",
		"Byddwn yn codi arwydd wythnos ymlaen llaw.", 60, 0, true, false, actions.Review},
	{"parking-permits", "website-and-forms", actions.Doing, "The permit page is hard to find.", "Mae’n anodd dod o hyd i’r dudalen.",
		"We will put it on the first page.", "Byddwn yn ei rhoi ar y dudalen gyntaf.", 30, 0, false, false, actions.Draft},
}

// actions makes "you said, we did" of the made-up council, with figures from tables that it really released. It is done once.
func (d demonstration) actions(until time.Time) func(context.Context, tenant.Actor) error {
	return func(ctx context.Context, by tenant.Actor) error {
		there, err := d.Actions.Actions(ctx, by, actions.Filter{Limit: 1})
		if err != nil || len(there) > 0 {
			return err
		}
		services, err := d.Catalogue.Services(ctx, by.Org)
		if err != nil {
			return err
		}
		themes, err := d.Comments.Themes(ctx, by.Org)
		if err != nil {
			return err
		}
		people, err := d.Accounts.People(ctx, by.Org)
		if err != nil {
			return err
		}
		table, err := d.released(ctx, by, until, 12, 6)
		if err != nil {
			return err
		}
		later, err := d.released(ctx, by, until, 6, 0)
		if err != nil {
			return err
		}
		for _, p := range promises {
			n, err := d.Actions.Create(ctx, by, p.content(services, themes, people, until))
			if err != nil {
				return err
			}
			if p.figure {
				if err := d.figures(ctx, by, n, p, table, later); err != nil {
					return err
				}
			}
			if p.quote {
				if err := d.quote(ctx, by, n, p.service); err != nil {
					return err
				}
			}
			if err := d.act(ctx, by, n, p.state); err != nil {
				return err
			}
		}
		return d.correctFirst(ctx, by)
	}
}

// content is what an officer writes for the promise, with its days counted from the last day of the made-up year.
func (p promise) content(services []catalogue.Service, themes []insight.Theme, people []accounts.Person, until time.Time) actions.Content {
	c := actions.Content{Kind: p.kind,
		Texts: actions.Texts{YouSaid: question.Text{"en": p.said, "cy": p.saidCy}, WeDid: question.Text{"en": p.did, "cy": p.didCy}}}
	for _, s := range services {
		if s.Slug == p.service {
			c.Service = s.ID
		}
	}
	for _, one := range people {
		if one.Email == demoEmail(tenant.Consultation) && p.kind == actions.Doing { // a promise needs somebody who looks after it
			c.Owner = one.ID
		}
	}
	for _, t := range themes {
		if t.Slug == p.theme {
			c.Theme = t.ID
		}
	}
	day := func(n int) string {
		if n == 0 {
			return ""
		}
		return until.AddDate(0, 0, n).Format(time.DateOnly)
	}
	c.Target, c.Completed = day(p.target), day(p.done)
	return c
}

// correctFirst corrects the first action: one officer proposes other words, another approves them.
func (d demonstration) correctFirst(ctx context.Context, by tenant.Actor) error {
	first, _, err := d.Actions.Action(ctx, by, 1)
	if err != nil {
		return err
	}
	if err := d.Actions.Correct(ctx, secondPerson(by.Org), 1, first.Revision,
		actions.Texts{YouSaid: question.Text{"en": promises[0].said, "cy": promises[0].saidCy},
			WeDid: question.Text{"en": "Crews now put each bin back where it stood. We check 20 streets a week.",
				"cy": "Mae criwiau’n rhoi pob bin yn ôl. Rydym yn gwirio 20 stryd yr wythnos."}},
		question.Text{"en": "We check 20 streets a week, not ten.", "cy": "Rydym yn gwirio 20 stryd yr wythnos, nid deg."}, ""); err != nil {
		return err
	}
	one, _, err := d.Actions.Action(ctx, by, 1)
	if err != nil {
		return err
	}
	return d.Actions.ApproveChange(ctx, by, 1, one.Waiting.ID)
}

// figures chooses how satisfied people were with the service: before, and where something was done afterwards too.
func (d demonstration) figures(ctx context.Context, by tenant.Actor, number int64, p promise, before, after tables.Protected) error {
	chosen := map[actions.Slot]tables.Protected{actions.Before: before}
	if p.kind == actions.Did {
		chosen[actions.After] = after
	}
	for _, slot := range actions.Slots {
		id := chosen[slot].Release
		if id == 0 {
			continue
		}
		r, err := d.Register.Table(ctx, by, id)
		if err != nil {
			return err
		}
		for i, row := range tables.Rows(r) {
			if row.Total || row.Codes[0] != p.service || row.Hidden {
				continue
			}
			a, _, err := d.Actions.Action(ctx, by, number)
			if err == nil {
				_, err = d.Actions.ChooseFigure(ctx, by, number, a.Revision, slot,
					&actions.Choice{Release: id, Row: i, Measured: quoted.Satisfied}, nil)
			}
			if err != nil && !errors.Is(err, actions.ErrNoFigure) {
				return err
			}
		}
	}
	return nil
}

// quote quotes the newest reviewed comment on a service that is short enough.
func (d demonstration) quote(ctx context.Context, by tenant.Actor, number int64, service string) error {
	list, err := d.Comments.Comments(ctx, by, insight.Query{Quotable: true, Services: []string{service}, Limit: 50})
	if err != nil {
		return err
	}
	for _, c := range list.Comments {
		a, _, err := d.Actions.Action(ctx, by, number)
		if err == nil {
			_, err = d.Actions.QuoteComment(ctx, by, number, a.Revision, c.Key, nil)
		}
		if !errors.Is(err, actions.ErrLongQuote) {
			return err
		}
	}
	return nil
}

// act brings a draft as far as its state.
func (d demonstration) act(ctx context.Context, by tenant.Actor, n int64, state actions.State) error {
	second := secondPerson(by.Org)
	a, _, err := d.Actions.Action(ctx, by, n)
	if err != nil || state == actions.Draft {
		return err
	}
	if err := d.Actions.Send(ctx, by, n, a.Revision, ""); err != nil || state == actions.Review {
		return err
	}
	today, err := d.Actions.Today(ctx, by.Org)
	if err != nil {
		return err
	}
	if err := d.Actions.Approve(ctx, second, n, a.Revision, today); err != nil || state == actions.Published {
		return err
	}
	return d.Actions.Withdraw(ctx, second, n,
		question.Text{"en": "The new hours did not last: there were too few staff.",
			"cy": "Ni pharhaodd yr oriau newydd: doedd dim digon o staff."})
}

// released is the table of satisfaction by service from so many months before the day to so many, as it left.
func (d demonstration) released(ctx context.Context, by tenant.Actor, until time.Time, from, to int) (tables.Protected, error) {
	first := time.Date(until.Year(), until.Month(), 1, 0, 0, 0, 0, until.Location())
	answer, err := d.Analytics.Ask(ctx, by,
		figures.Query{Surveys: []string{demoSurvey}, Measure: "rating", By: []string{"service"}, Audience: figures.Public,
			From: figures.DateOf(first.AddDate(0, -from, 0)), To: figures.DateOf(first.AddDate(0, -to, -1))})
	if err != nil {
		var refused refusal.Refusal
		if errors.As(err, &refused) {
			return tables.Protected{}, nil // a demonstration without answers has nothing to quote
		}
		return tables.Protected{}, err
	}
	return answer.(tables.Protected), nil
}
