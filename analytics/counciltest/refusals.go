package counciltest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/analytics/refusal"
	"yousaid/surveys/bank"
)

// groupsOf are the codes of what a query is split by, but for those that are words of the sentences.
func groupsOf(q figures.Query) (codes []string) {
	for _, id := range q.By {
		switch id {
		case "channel":
			codes = append(codes, "web", "telephone", "face_to_face", "email", "post", "sms", "kiosk", "social_media")
		case "mode":
			codes = append(codes, "online", "telephone_interview", "face_to_face_interview", "paper", "kiosk")
		case "service", "directorate":
			codes = append(codes, "bins", "garden", "repairs", "streets", "housing")
		}
		if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
			for _, l := range slices.Concat(c.Codes, c.Groups) {
				codes = append(codes, l.Code)
			}
		}
	}
	return slices.DeleteFunc(codes, func(code string) bool { return slices.Contains([]string{"", "other", "no", "none", "yes"}, code) })
}

// NamesNoGroup holds that a refusal names no group of the table, and says of no release that it would give anybody away.
func (c *Council) NamesNoGroup(q figures.Query, r refusal.Refusal) {
	c.T.Helper()
	for _, code := range groupsOf(q) {
		if regexp.MustCompile(`\b` + regexp.QuoteMeta(code) + `\b`).MatchString(r.Error()) {
			c.T.Errorf("asked for %s by %v, the refusal names %s: %s", q.Measure, q.By, code, r.Error())
		}
	}
	if strings.ContainsAny(r.Error(), "[]") || strings.Contains(r.Error(), "give") {
		c.T.Errorf("the refusal says more than is known: %s", r.Error())
	}
	for _, id := range r.AuditedWith {
		if !strings.Contains(r.Error(), fmt.Sprintf("release %d", id)) {
			c.T.Errorf("the refusal does not name release %d: %s", id, r.Error())
		}
	}
}
