package site_test

import (
	"fmt"
	"net/url"
	"strings"

	"yousaid/cmd/yousaid/site/sitetest"
)

// draft is the address of a survey of the council's, and of what belongs to it.
func draft(slug, more string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		s.T.Helper()
		one, err := s.Surveys.BySlug(s.T.Context(), s.Org.ID, slug)
		if err != nil {
			s.T.Fatal(err)
		}
		return fmt.Sprintf("/staff/surveys/%d%s", one.ID, more)
	}
}

// surveyPages are the pages of questionnaires.
var surveyPages = []pageState{
	{route: "GET /staff/surveys/new", page: "staff/survey_new", state: "to fill in", who: "consultation"},
	{route: "POST /staff/surveys/new", page: "staff/survey_new", state: "nothing chosen", who: "consultation",
		at: path("/staff/surveys/new"), post: url.Values{"template": {"empty"}}, ends: 422},
	{route: "GET /staff/surveys/:id", page: "staff/survey", state: "open", who: "consultation", at: draft("customer-satisfaction", "")},
	{route: "GET /staff/surveys/:id", page: "staff/survey", state: "much to put right", who: "consultation", at: draft("every-kind", "")},
	{route: "GET /staff/surveys/:id", page: "staff/survey", state: "deleted", who: "administrator",
		at: draft("access-channels", "?deleted=question&what=ease&from=1")},
	{route: "GET /staff/surveys/:id", page: "staff/survey", state: "answers taken out", who: "administrator",
		at: draft("access-channels", "?deleted=answers&what=ease&from=1")},
	{route: "POST /staff/surveys/:id", page: "staff/survey", state: "cannot be published", who: "consultation",
		at: draft("every-kind", ""), post: url.Values{"do": {"publish"}}, ends: 422},
	{route: "POST /staff/surveys/:id", page: "staff/confirm", state: "closing a survey", who: "consultation",
		at: draft("customer-satisfaction", ""), post: url.Values{"do": {"close"}}},
	{route: "POST /staff/surveys/:id", page: "staff/confirm", state: "deleting a question", who: "consultation",
		at: draft("access-channels", ""), post: url.Values{"do": {"question-delete ease"}}},
	{route: "GET /staff/surveys/:id/texts", page: "staff/survey_describe", state: "filled", who: "consultation",
		at: draft("access-channels", "/texts")},
	{route: "POST /staff/surveys/:id/texts", page: "staff/survey_describe", state: "too long", who: "consultation",
		at: draft("access-channels", "/texts"), post: url.Values{"title-en": {strings.Repeat("long ", 300)}}, ends: 422},
	{route: "GET /staff/surveys/:id/question", page: "staff/question_new", state: "to fill in", who: "consultation",
		at: draft("access-channels", "/question?page=1")},
	{route: "POST /staff/surveys/:id/question", page: "staff/question_new", state: "nothing written", who: "consultation",
		at: draft("access-channels", "/question"), post: url.Values{}, ends: 422},
	{route: "GET /staff/surveys/:id/questions/:code", page: "staff/question", state: "a rating", who: "consultation",
		at: draft("customer-satisfaction", "/questions/rating")},
	{route: "GET /staff/surveys/:id/questions/:code", page: "staff/question", state: "several of many", who: "consultation",
		at: draft("every-kind", "/questions/topics")},
	{route: "GET /staff/surveys/:id/questions/:code", page: "staff/question", state: "a number", who: "consultation",
		at: draft("every-kind", "/questions/visits")},
	{route: "GET /staff/surveys/:id/questions/:code", page: "staff/question", state: "a comment", who: "consultation",
		at: draft("every-kind", "/questions/comment")},
	{route: "GET /staff/surveys/:id/questions/:code", page: "staff/question", state: "yes or no", who: "consultation",
		at: draft("every-kind", "/questions/again")},
	{route: "POST /staff/surveys/:id/questions/:code", page: "staff/question", state: "somebody else was faster", who: "consultation",
		at: draft("every-kind", "/questions/cause"), post: url.Values{"was": {"0000"}, "text-en": {"Why?"}}, ends: 422},
	{route: "GET /staff/surveys/:id/versions", page: "staff/survey_versions", state: "one version", who: "consultation",
		at: draft("customer-satisfaction", "/versions")},
	{route: "GET /staff/surveys/:id/preview", page: "staff/survey_preview", state: "the draft", who: "consultation",
		at: draft("customer-satisfaction", "/preview")},
	{route: "GET /staff/surveys/:id/preview", page: "staff/survey_preview", state: "in Welsh, a version", who: "consultation",
		at: draft("customer-satisfaction", "/preview?version=1&lang=cy&page=2")},
	{route: "GET /staff/surveys/:id/preview/:page", page: "public/questions", state: "previewed", who: "consultation",
		at: draft("customer-satisfaction", "/preview/1?lang=en")},
	{route: "POST /staff/surveys/:id/preview/:page", page: "public/questions", state: "previewed, the next page", who: "consultation",
		at: draft("customer-satisfaction", "/preview/1?lang=cy"), post: url.Values{}},
}
