package equality

import (
	"time"

	"yousaid/analytics"
	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/wording"
)

// fieldOf is the field that a refusal is about, so that the sentence stands where it can be put right.
func fieldOf(f staff.Filters, r refusal.Refusal) string {
	switch r.About {
	case refusal.AboutFrom, refusal.AboutTo, refusal.AboutSurvey, refusal.AboutMeasure:
		return string(r.About)
	case refusal.AboutFilter:
		if r.Of == "channel" || r.Of == "access_point" {
			return r.Of
		}
		return "service"
	case refusal.AboutSplit:
		if f.And != "" && (r.Of != f.By || f.And == f.By) {
			return "and"
		}
	}
	return "by"
}

// coarser is how to ask so that less is hidden: broader groups, one dimension, a longer period. Each link changes one thing.
func coarser(frame page.Page, f staff.Filters, offer analytics.Offer) (links []page.Link) {
	add := func(text string, to staff.Filters) {
		links = append(links, page.Link{Text: text, Href: "/staff/equality?" + to.Values().Encode() + "#table"})
	}
	if staff.HasCode(offer.Characteristics, f.By+"_group") && f.And != f.By+"_group" {
		to := f
		to.By += "_group"
		add(frame.T("equality.use_the_broader_groups|Use the broader groups of the characteristic"), to)
	}
	if f.And != "" && staff.HasCode(offer.Characteristics, f.And+"_group") && f.By != f.And+"_group" {
		to := f
		to.And += "_group"
		add(frame.T("equality.use_the_broader_groups_of|Use the broader groups of the second split"), to)
	}
	if f.From != "" || f.To != "" {
		to := f
		to.From, to.To = "", ""
		add(frame.T("equality.take_all_months_that|Take all months that are over"), to)
	}
	if f.And != "" {
		to := f
		to.And = ""
		add(frame.T("equality.take_the_second_split|Take the second split away"), to)
	}
	if len(f.Channels)+len(f.Services)+len(f.Points) > 0 {
		to := f
		to.Channels, to.Services, to.Points = nil, nil, nil
		add(frame.T("equality.take_the_filter_away|Take the filter away"), to)
	}
	return links
}

// closedMonths offers the last 36 months that are over, by their first and by their last days, newest first.
func closedMonths(now time.Time) (from, to []figures.Code) {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for i := 1; i <= 36; i++ {
		month := first.AddDate(0, -i, 0)
		from = append(from, figures.Code{Code: month.Format(time.DateOnly), Label: wording.Month(month)})
		to = append(to, figures.Code{Code: month.AddDate(0, 1, -1).Format(time.DateOnly), Label: wording.Month(month)})
	}
	return from, to
}
