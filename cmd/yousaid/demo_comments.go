package main

import (
	"context"
	"strings"
	"time"

	"yousaid/analytics/insight"
	"yousaid/surveys/redaction"
	"yousaid/surveys/tenant"
)

// said tells a theme or cause by words that a made-up comment has.
var said = []struct{ words, theme string }{
	{"wait", "waiting-times"}, {"answered", "getting-through"}, {"rang", "getting-through"},
	{"passed from", "cause-not-told-what-happens-next"}, {"told", "information"}, {"letter", "information"},
	{"form", "website-and-forms"}, {"web page", "website-and-forms"}, {"staff", "staff"}, {"person I spoke", "staff"},
	{"crew", "quality-of-work"}, {"weeks", "waiting-times"},
	{"step-free", "access-for-everyone"}, {"costs", "cost"}, {"did not finish", "cause-missed-appointment"},
	{"losing my answers", "cause-system-fault"}, {"missed", "cause-missed-appointment"},
}

// comments makes what the insight group has done with the newest comments: themes, marks, and how they are shown. It is done once.
func (d demonstration) comments(ctx context.Context, by tenant.Actor) error {
	there, err := d.Comments.Themes(ctx, by.Org)
	if err != nil || len(there) > 0 {
		return err
	}
	if err := d.Comments.AddDefaultThemes(ctx, by); err != nil {
		return err
	}
	themes, err := d.Comments.Themes(ctx, by.Org)
	if err != nil {
		return err
	}
	ids := map[string]int64{}
	for _, t := range themes {
		ids[t.Slug] = t.ID
	}
	list, err := d.Comments.Comments(ctx, by, insight.Query{Limit: 400, To: time.Now().AddDate(0, 0, -3)})
	if err != nil {
		return err
	}
	var changes []insight.Change
	for i, c := range list.Comments {
		change := insight.Change{Key: c.Key}
		for _, s := range said {
			if strings.Contains(c.Text, s.words) {
				change.Tag = append(change.Tag, ids[s.theme])
			}
		}
		if i%9 == 0 {
			change.Mark = append(change.Mark, insight.WantsReply)
		}
		if i%7 == 0 {
			change.Mark = append(change.Mark, insight.ForYouSaid)
		}
		changes = append(changes, change)
		if i%3 != 0 {
			continue
		}
		state, shown := insight.AsIs, ""
		if spans := redaction.Suggest(c.Text); len(spans) > 0 {
			state, shown = insight.Redacted, redaction.Apply(c.Text, spans)
		}
		if err := d.Comments.Review(ctx, by, c.Key, 1, state, shown); err != nil {
			return err
		}
	}
	return d.Comments.Apply(ctx, by, changes)
}
