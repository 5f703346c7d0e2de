package responses

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"yousaid/surveys"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
)

// Problems is what a person has to put right on the page they sent, in the order of its questions. It is an error, so that a
// handler finds it with errors.As and shows the page again with the answers on it.
type Problems []question.Problem

// Error gives all sentences.
func (p Problems) Error() string {
	var all []string
	for _, one := range p {
		all = append(all, one.Question+": "+one.String())
	}
	return strings.Join(all, "; ")
}

// Pages counts the pages of a form: those of the questionnaire and, if it asks equality questions, one more for them.
func Pages(d surveys.Definition) int {
	n := len(d.Pages)
	if AsksEquality(d) {
		n++
	}
	return n
}

// AsksEquality tells whether the form ends with a page of equality questions.
func AsksEquality(d surveys.Definition) bool {
	return slices.ContainsFunc(d.Equality, func(id string) bool { // asked for every page that is sent: no list is made
		c, known := bank.Find(id)
		return known && len(c.Questions) > 0
	})
}

// Check turns the fields of one page (0 is the first) into a Submission that Collector.Submit takes. Fields that the page does not
// ask are ignored. The error is Problems when something is to be put right, ErrNoPage when there is no such page.
func Check(d surveys.Definition, page int, form Form, language string, fields url.Values) (Submission, error) {
	s := Submission{Form: form, Language: language, First: page == 0, Last: page == Pages(d)-1}
	var problems Problems
	var err error
	switch {
	case page < 0 || page >= Pages(d):
		return Submission{}, ErrNoPage
	case page == len(d.Pages):
		s.Equality, problems, err = equality(bank.Asked(d.Equality), fields)
	default:
		problems, err = s.fill(d.Pages[page].Questions, fields)
	}
	switch {
	case err != nil:
		return Submission{}, err
	case len(problems) > 0:
		return Submission{}, problems
	}
	return s, nil
}

// CheckAll turns the fields of all questions at once into a first page, which is what staff type in; the equality questions follow
// as their own page, by Check. A later page that was left blank as a whole is one that the respondent did not come to: its
// questions need no answer.
func CheckAll(d surveys.Definition, form Form, language string, fields url.Values) (Submission, error) {
	s := Submission{Form: form, Language: language, First: true, Last: !AsksEquality(d)}
	var asked []question.Question
	for i, p := range d.Pages {
		reached := i == 0 || slices.ContainsFunc(p.Questions,
			func(q question.Question) bool { return strings.TrimSpace(strings.Join(fields[q.Code], "")) != "" })
		for _, q := range p.Questions {
			q.Required = q.Required && reached
			asked = append(asked, q)
		}
	}
	problems, err := s.fill(asked, fields)
	switch {
	case err != nil:
		return Submission{}, err
	case len(problems) > 0:
		return Submission{}, problems
	}
	return s, nil
}

// fill reads the answers to the questions of one page.
func (s *Submission) fill(questions []question.Question, fields url.Values) (Problems, error) {
	var problems Problems
	answers := object{}
	for _, q := range questions {
		answer, problem := question.Parse(q, fields[q.Code])
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		if q.Free() {
			words, _ := answer.(string)
			s.Comments = append(s.Comments, Comment{Question: q.Code, Text: words})
			continue
		}
		s.Codes = append(s.Codes, q.Code)
		if err := answers.add(q.Code, answer); err != nil {
			return nil, err
		}
	}
	s.Answers = answers.String()
	return problems, nil
}

// equality reads the equality answers: a JSON object by question id. A question left blank has no key; "pns" is an answer.
func equality(questions []bank.Question, fields url.Values) (string, Problems, error) {
	var problems Problems
	answers := object{}
	for _, q := range questions {
		answer, problem := question.Parse(q.As(), fields[q.ID])
		if problem != nil {
			problems = append(problems, *problem)
			continue
		}
		if err := answers.add(q.ID, answer); err != nil {
			return "", nil, err
		}
	}
	return answers.String(), problems, nil
}

// object writes a JSON object in the order of the questions, so that equal answers are equal texts.
type object struct{ text []byte }

func (o *object) add(key string, value any) error {
	if value == nil {
		return nil
	}
	k, err := json.Marshal(key)
	if err != nil {
		return err
	}
	v, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if len(o.text) > 0 {
		o.text = append(o.text, ',')
	}
	o.text = append(append(append(o.text, k...), ':'), v...)
	return nil
}

func (o *object) String() string { return "{" + string(o.text) + "}" }
