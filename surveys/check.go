package surveys

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Limits of a questionnaire.
const (
	MaxPages         = 50
	MaxPageQuestions = 20
)

// Problems is everything that must be put right before a questionnaire can be published.
type Problems []question.Problem

// Error gives every sentence on a line of its own.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
		if p.Question != "" {
			lines[i] = "Question “" + p.Question + "”: " + p.String()
		}
	}
	return strings.Join(lines, "\n")
}

// messages are the sentences about a questionnaire as a whole: key|English.
var messages = []string{
	"survey.slug_form|The survey’s short name “{slug}” must be 1 to 63 small letters, digits or “-”, start with a letter or digit, " +
		"and not be “all”.",
	"survey.title_missing|Give the survey a title in at least one language.",
	"survey.wording|The {what} has wording that cannot be used ({why}). Write it again.",
	"survey.no_pages|Give the survey at least one page with a question.",
	"survey.too_many_pages|A survey can have no more than {limit} pages. This one has {count}.",
	"survey.page_empty|Page {page} has no questions. Add one or take the page away.",
	"survey.page_long|Page {page} has {count} questions. Put no more than {limit} on one page.",
	"survey.code_twice|The code “{code}” is used by two questions. Give each question its own code.",
	"survey.equality_unknown|“{id}” is not an equality characteristic. Use any of: {ids}.",
	"survey.equality_twice|The equality characteristic “{id}” is listed twice. List it once.",
	"survey.not_reviewed|“{tag}” is not a language code like en or cy.",
	"survey.code_retired|The code “{code}” was used in an earlier version and taken out. A code is never used again: choose a new one.",
	"survey.option_retired|The answer code “{code}” was used in an earlier version and taken out. A code is never used again: " +
		"choose a new one.",
	"survey.code_changed|The question “{code}” was of {before} in an earlier version. A code keeps its meaning: give the new " +
		"question a new code.",
	"survey.option_changed|The answer “{code}” meant “{before}” in an earlier version. A code keeps its meaning: give the new " +
		"answer a new code.",
	"survey.slug_changed|The survey’s short name is “{slug}” and cannot change, because links and commands use it. Put it back, " +
		"or make a new survey.",
	"survey.unsaveable|The survey has a character that cannot be saved. Type the wording again using letters, numbers and punctuation.",
}

func problem(key string, args ...any) question.Problem {
	i := slices.IndexFunc(messages, func(m string) bool { return strings.HasPrefix(m, key+"|") })
	return question.Problem{Message: wording.Say(messages[i], args...)}
}

// arg is an argument that stands where the sentence has {name}.
func arg(name string, value any) wording.Arg { return wording.Arg{Name: name, Value: value} }

// placed is a problem and where it is: the page and the question in it, or the equality entry; -1 where it is about none.
type placed struct {
	question.Problem
	page, question, equality int
}

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ValidSlug tells whether a survey can have the short name. "all" means every survey.
func ValidSlug(s string) bool { return slug.MatchString(s) && s != "all" }

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// Check says everything that stands between a questionnaire and its customers; nothing when it can be published.
func (d Definition) Check() Problems {
	var all Problems
	for _, p := range d.check() {
		all = append(all, p.Problem)
	}
	return all
}

func (d Definition) check() []placed {
	var found []placed
	ofSurvey := func(key string, args ...any) { found = append(found, placed{problem(key, args...), -1, -1, -1}) }
	if !ValidSlug(d.Survey) {
		ofSurvey("survey.slug_form", arg("slug", clip(d.Survey)))
	}
	if d.Title.Empty() {
		ofSurvey("survey.title_missing")
	}
	for _, t := range []struct {
		what wording.Message
		text question.Text
	}{{wording.Say("survey.the_title|title"), d.Title}, {wording.Say("survey.the_intro|intro"), d.Intro}} {
		if why, faulty := t.text.Fault(); faulty {
			ofSurvey("survey.wording", arg("what", t.what), arg("why", why))
		}
	}
	for _, tag := range d.NotReviewed {
		if !languageTag.MatchString(tag) {
			ofSurvey("survey.not_reviewed", arg("tag", clip(tag)))
		}
	}
	switch {
	case len(d.Pages) == 0:
		ofSurvey("survey.no_pages")
	case len(d.Pages) > MaxPages:
		ofSurvey("survey.too_many_pages", arg("limit", MaxPages), arg("count", len(d.Pages)))
	}
	seen := map[string]bool{}
	for i, page := range d.Pages {
		add := func(p question.Problem) { found = append(found, placed{p, i, -1, -1}) }
		number := strconv.Itoa(i + 1)
		if why, faulty := page.Title.Fault(); faulty {
			add(problem("survey.wording", arg("what", wording.Say("survey.title_of_page|title of page %s", number)), arg("why", why)))
		}
		switch n := len(page.Questions); {
		case n == 0:
			add(problem("survey.page_empty", arg("page", number)))
		case n > MaxPageQuestions:
			add(problem("survey.page_long", arg("page", number), arg("count", n), arg("limit", MaxPageQuestions)))
		}
		for j, q := range page.Questions {
			for _, p := range question.Check(q) {
				found = append(found, placed{p, i, j, -1})
			}
			if q.Code != "" && seen[q.Code] {
				p := problem("survey.code_twice", arg("code", clip(q.Code)))
				p.Question = q.Code
				found = append(found, placed{p, i, j, -1})
			}
			seen[q.Code] = true
		}
	}
	for i, id := range d.Equality {
		if _, ok := bank.Find(id); !ok {
			ids := strings.Join(bank.IDs(), ", ")
			found = append(found, placed{problem("survey.equality_unknown", arg("id", clip(id)), arg("ids", ids)), -1, -1, i})
		} else if slices.Contains(d.Equality[:i], id) {
			found = append(found, placed{problem("survey.equality_twice", arg("id", id)), -1, -1, i})
		}
	}
	return found
}

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
