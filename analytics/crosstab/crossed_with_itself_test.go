package crosstab_test

import (
	"testing"
	"time"

	"yousaid/analytics/counciltest"
	"yousaid/analytics/figures"
)

// A question is not crossed with itself: for staff and for the public, by its code, by the name of its scale, and by one answer of several.
func TestAQuestionIsNotCrossedWithItself(t *testing.T) {
	t.Parallel()
	c := satisfaction(t)
	c.Publish(counciltest.Odd)
	c.People(20, sex("female"), "2026-07-10T10")
	c.Store(30, answer{Survey: "odd", Answers: map[string]any{"topics": []string{"a", "b"}, "ease": "easy", "again": "yes"},
		At: "2026-07-10T10"})
	for _, q := range []struct {
		survey, measure string
		by              []string
	}{
		{"customer-satisfaction", "rating", []string{"rating"}},
		{"customer-satisfaction", "rating", []string{"ethnic_group", "rating"}},
		{"customer-satisfaction", "scale:lga-satisfaction-5", []string{"sex", "rating"}},
		{"all", "scale:lga-satisfaction-5", []string{"rating", "channel"}},
		{"all", "rating", []string{"rating"}},
		{"odd", "ease", []string{"ease", "channel"}},
		{"odd", "topics", []string{"topics"}},
		{"odd", "topics", []string{"topics:a"}},
		{"odd", "topics", []string{"channel", "topics:b"}},
	} {
		asked := figures.Query{Surveys: []string{q.survey}, Measure: q.measure, By: q.by}
		c.Refused(asked, "This table counts the answers to ")
		asked.Audience = figures.Public
		asked.From, _ = month(time.July)
		_, asked.To = month(time.July)
		c.Refused(asked, "This table counts the answers to ")
	}
	// Another question, and two answers of one that is not what is counted, are no such thing.
	c.Must(c.Ask.Ask(t.Context(), c.By(), figures.Query{Surveys: []string{"odd"}, Measure: "ease", By: []string{"topics:a", "topics:b"}}))
	c.Must(c.Ask.Ask(t.Context(), c.By(), figures.Query{Surveys: []string{"customer-satisfaction"}, Measure: "rating",
		By: []string{"reason"}}))
}
