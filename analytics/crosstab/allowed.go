package crosstab

import (
	"slices"
	"time"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/permission"
	"yousaid/surveys/tenant"
)

// CheckProtected holds the rules of DATA.md for tables that need protection, and fills in the period.
func (t *Table) CheckProtected(by tenant.Actor, now time.Time, first figures.Date) error {
	if t.Equality && !permission.Holds(by, permission.SeeEquality) {
		return refusal.ErrNotAllowed
	}
	if len(t.By) == 0 {
		return refusal.New(refusal.AboutSplit, "", "refusal.choose_one_dimension_to|Choose one dimension to split this table by.")
	}
	if t.Frame.Query.Rounded && t.Frame.Query.Audience != figures.Public {
		return refusal.New(refusal.AboutNothing, "", "refusal.counts_are_rounded_only|Counts are rounded only in tables for the public.")
	}
	for _, d := range t.By {
		if d.Overlaps {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.lets_people_choose_several|%s lets people choose several answers, so its rows do "+
					"not add up. Ask for one answer at a time: split by %s:%s, and so on. What leaves is protected together.", d.ID, d.ID, d.Codes[0].Code)
		}
		if slices.Contains([]string{"week", "day"}, d.ID) {
			return refusal.New(refusal.AboutSplit, d.ID,
				"refusal.a_protected_table_counts|A protected table counts whole months: split it by month "+
					"instead of %s.", d.ID)
		}
	}
	if err := t.refuseDependentDimensions(); err != nil {
		return err
	}
	if t.Frame.Measure.Number || t.Frame.Measure.Several {
		return refusal.New(refusal.AboutMeasure, "",
			"refusal.cannot_be_protected_yet|%s cannot be protected yet: choose a question with one "+
				"answer from a list.", t.Frame.Measure.Code)
	}
	if t.Frame.Query.Audience == figures.Public && len(t.Frame.Query.Where) > 0 {
		return refusal.New(refusal.AboutFilter, t.Frame.Query.Where[0].Dimension,
			"refusal.a_public_table_counts|A public table counts every response of its months: take the filter on %s "+
				"away.", t.Frame.Query.Where[0].Dimension)
	}
	if len(t.Frame.Query.Where) > 1 {
		return refusal.New(refusal.AboutFilter, "",
			"refusal.a_table_with_an|A table with an equality group may have one filter at the most, on "+
				"service, channel or access point.")
	}
	for _, f := range t.Frame.Query.Where {
		if !slices.Contains([]string{"service", "channel", "access_point"}, f.Dimension) || len(f.Values) > 1 {
			return refusal.New(refusal.AboutFilter, f.Dimension,
				"refusal.a_table_with_an_equality|A table with an equality group may have one filter at the most, on one service, one "+
					"channel or one access point. Take the filter on %s away.", f.Dimension)
		}
	}
	return t.closedMonths(now, first)
}

// closedMonths makes the period whole months that are over: an open month could be asked again after one more answer.
func (t *Table) closedMonths(now time.Time, first figures.Date) error {
	today := figures.DateOf(now.In(t.Frame.Zone))
	lastClosed := figures.Date{Year: today.Year, Month: today.Month, Day: 1}.AddDays(-1)
	if t.Frame.From.IsZero() {
		t.Frame.From = first
		if first.IsZero() || lastClosed.Before(first) {
			t.Frame.From = lastClosed
		}
		t.Frame.From.Day = 1
	}
	if t.Frame.To.IsZero() {
		t.Frame.To = lastClosed
	}
	switch {
	case !t.Frame.From.StartsMonth():
		return refusal.New(refusal.AboutFrom, "",
			"refusal.this_table_counts_whole|This table counts whole months: let it start on the first of a "+
				"month, not on %s.", t.Frame.From)
	case !t.Frame.To.EndsMonth():
		return refusal.New(refusal.AboutTo, "",
			"refusal.this_table_counts_whole_months|This table counts whole months: let it end on the last day "+
				"of a month, not on %s.", t.Frame.To)
	case lastClosed.Before(t.Frame.To):
		return refusal.New(refusal.AboutTo, "",
			"refusal.this_table_counts_months|This table counts months that are over. %s is not over yet: the "+
				"last day you can ask for is %s.", t.Frame.To, lastClosed)
	case t.Frame.To.Before(t.Frame.From):
		return refusal.New(refusal.AboutTo, "",
			"refusal.the_period_ends_before|The period ends (%s) before it begins (%s).", t.Frame.To, t.Frame.From)
	}
	t.Counts.From, t.Counts.To = t.Frame.From.String(), t.Frame.To.String()
	return nil
}
