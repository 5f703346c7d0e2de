package main

import (
	"context"
	"errors"
	"time"

	"yousaid/analytics/calendar"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/analytics/tables"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// published fills the calendar of the made-up council: half-years by service and by channel that were published, one of them late,
// one that is late now or soon will be, and one to come. The half-year is that of the figures that its actions quote: tables of
// overlapping periods could be subtracted. It is done once.
func (d demonstration) published(until time.Time) func(context.Context, tenant.Actor) error {
	return func(ctx context.Context, by tenant.Actor) error {
		there, err := d.Publications.Publications(ctx, by.Org)
		if err != nil || len(there) > 0 {
			return err
		}
		survey, err := d.Surveys.BySlug(ctx, by.Org, demoSurvey)
		if err != nil {
			return err
		}
		month := time.Date(until.Year(), until.Month(), 1, 0, 0, 0, 0, time.UTC)
		for _, split := range []struct {
			by    string
			title question.Text
		}{{"service", question.Text{"en": "Satisfaction by service", "cy": "Bodlonrwydd yn ôl gwasanaeth"}},
			{"channel", question.Text{"en": "Satisfaction by how people contacted us", "cy": "Bodlonrwydd yn ôl sut y cysylltodd pobl â ni"}}} {
			var plan []calendar.Publication
			for half := -2; half <= 0; half++ {
				from := month.AddDate(0, 6*half, 0)
				to := from.AddDate(0, 6, -1)
				plan = append(plan, calendar.Publication{Titles: split.title, Survey: survey.ID, Measure: "rating", By: split.by,
					From: from.Format(time.DateOnly), To: to.Format(time.DateOnly), Due: to.AddDate(0, 0, 15).Format(time.DateOnly)})
			}
			if _, err := d.Publications.Plan(ctx, by, plan); err != nil {
				return err
			}
			if err := d.agree(ctx, by.Org, 0, ""); err != nil {
				return err
			}
		}
		return d.publish(ctx, by, month)
	}
}

// publish releases the half-years that are over, but for the last one by channel: the public sees that it is missing, or soon will be.
func (d demonstration) publish(ctx context.Context, by tenant.Actor, month time.Time) error {
	list, err := d.Publications.Publications(ctx, by.Org)
	if err != nil {
		return err
	}
	for _, p := range list {
		from, err1 := figures.ParseDate(p.From)
		to, err2 := figures.ParseDate(p.To)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if last := month.AddDate(0, 0, -1).Format(time.DateOnly); p.To > last || p.To == last && p.By == "channel" {
			continue
		}
		answer, err := d.Analytics.Ask(ctx, by,
			figures.Query{Surveys: []string{demoSurvey}, Measure: "rating", By: []string{p.By}, From: from, To: to, Audience: figures.Public})
		if refused := (refusal.Refusal{}); errors.As(err, &refused) {
			continue // a demonstration of few answers has little to publish
		}
		if err != nil {
			return err
		}
		labels, err := d.Catalogue.NamesOf(ctx, by.Org, p.By)
		if err != nil {
			return err
		}
		days := -3
		if p.To == month.AddDate(0, -6, -1).Format(time.DateOnly) && p.By == "service" {
			days = 4 // late
		}
		due, err := time.Parse(time.DateOnly, p.Due)
		if err != nil {
			return err
		}
		on := due.AddDate(0, 0, days).Format(time.DateOnly)
		if today := time.Now().Format(time.DateOnly); on > today {
			on = today
		}
		if err := d.Publications.Publish(ctx, by, p.ID, answer.(tables.Protected).Release, labels); err != nil {
			return err
		}
		if err := d.agree(ctx, by.Org, p.ID, on); err != nil {
			return err
		}
	}
	return nil
}

// secondPerson approves what the demonstration proposes for the public.
func secondPerson(org tenant.Org) tenant.Actor {
	return tenant.Actor{Org: org, Name: "consultation@demo.example", Via: "demonstration", Grants: tenant.CommandLine(org).Grants}
}

// agree has a second person approve what waits about a publication (0: the calendar), to be public from a day on.
func (d demonstration) agree(ctx context.Context, org tenant.Org, publication int64, on string) error {
	waiting, err := d.Publications.Waiting(ctx, org, publication)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if err := d.Publications.ApproveChange(ctx, secondPerson(org), publication, w.ID, on); err != nil {
			return err
		}
	}
	return nil
}
