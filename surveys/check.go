package surveys

import (
	"regexp"
	"slices"
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
		lines[i] = at(p.Question, p.Message).String()
	}
	return strings.Join(lines, "\n")
}

// at says which question a sentence is about.
func at(code string, sentence wording.Message) wording.Message {
	if code == "" {
		return sentence
	}
	return wording.Say("survey.at_question|Question “%s”: %s", code, sentence)
}

// problem makes a problem of a questionnaire as a whole: key|English, and what is filled in.
func problem(text string, args ...any) question.Problem {
	return question.Problem{Message: wording.Say(text, args...)}
}

// ofQuestion makes a problem of a question.
func ofQuestion(code, text string, args ...any) question.Problem {
	return question.Problem{Question: code, Message: wording.Say(text, args...)}
}

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
	found := d.checkSurvey()
	seen := map[string]bool{}
	for i, page := range d.Pages {
		for _, p := range checkPage(i+1, page) {
			found = append(found, placed{p, i, -1, -1})
		}
		for j, q := range page.Questions {
			problems := question.Check(q)
			if q.Code != "" && seen[q.Code] {
				problems = append(problems, codeTwice(q.Code))
			}
			for _, p := range problems {
				found = append(found, placed{p, i, j, -1})
			}
			seen[q.Code] = true
		}
	}
	for i, id := range d.Equality {
		if _, ok := bank.Find(id); !ok {
			found = append(found, placed{problem("survey.equality_unknown|“%s” is not an equality characteristic. Use any of: %s.", clip(id),
				strings.Join(bank.IDs(), ", ")), -1, -1, i})
		} else if slices.Contains(d.Equality[:i], id) {
			found = append(found, placed{problem("survey.equality_twice|The equality characteristic “%s” is listed twice. "+
				"List it once.", id), -1, -1, i})
		}
	}
	return found
}

// checkSurvey holds what is true of a questionnaire as a whole.
func (d Definition) checkSurvey() (found []placed) {
	add := func(text string, args ...any) { found = append(found, placed{problem(text, args...), -1, -1, -1}) }
	if !ValidSlug(d.Survey) {
		add(badSlug, clip(d.Survey))
	}
	if d.Title.Empty() {
		add("survey.title_missing|Give the survey a title in at least one language.")
	}
	if why, bad := d.Title.Fault(); bad {
		add("survey.title_wording|The title has wording that cannot be used: %s. Write it again.", why)
	}
	if why, bad := d.Intro.Fault(); bad {
		add("survey.intro_wording|The intro has wording that cannot be used: %s. Write it again.", why)
	}
	for _, tag := range d.NotReviewed {
		if !languageTag.MatchString(tag) {
			add(badLanguage, clip(tag))
		}
	}
	switch n := len(d.Pages); {
	case n == 0:
		add("survey.no_pages|Give the survey at least one page with a question.")
	case n > MaxPages:
		add("survey.too_many_pages|A survey can have no more than %s pages. This one has %s.", MaxPages, n)
	}
	return found
}

// checkPage holds what is true of a page as a whole.
func checkPage(number int, page Page) (found []question.Problem) {
	if why, bad := page.Title.Fault(); bad {
		found = append(found, problem("survey.page_wording|The title of page %s has wording that cannot be used: %s. Write it again.",
			number, why))
	}
	switch n := len(page.Questions); {
	case n == 0:
		found = append(found, problem("survey.page_empty|Page %s has no questions. Add one or take the page away.", number))
	case n > MaxPageQuestions:
		found = append(found, problem("survey.page_long|Page %s has %s questions. Put no more than %s on one page.", number, n, MaxPageQuestions))
	}
	return found
}

const badLanguage = "survey.not_a_language|“%s” is not a language code like en or cy."

const badSlug = "survey.bad_slug|The survey’s short name “%s” must be 1 to 63 small letters, digits or “-”, start with a letter " +
	"or digit, and not " +
	"be “all”."

func codeTwice(code string) question.Problem {
	return ofQuestion(code, "survey.code_twice|The code “%s” is used by two questions. Give each question its own code.", clip(code))
}

// clip keeps what somebody else wrote short enough to quote.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
