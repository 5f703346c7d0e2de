package question

// YesNo is yes or no; codes "yes" and "no".
const YesNo Kind = "yesno"

// yesno: yes or no, with the usual words unless the question brings its own.
var yesno = kind{name: YesNo, label: "survey.yes_or_no|Yes or no",
	coded: true, chart: Parts, own: usual, keys: []string{"options"}, empty: chooseOne, does: yesnos{},
	spellings: map[string][]string{
		"yes": {"1", "YES", "Y", "y", "TRUE", "True", "true", "T", "t"},
		"no":  {"0", "NO", "N", "n", "FALSE", "False", "false", "F", "f"},
	}}

// usual are the answers of a yes or no question that lists none.
var usual = []Option{
	{Code: "yes", Text: Text{"en": "Yes", "cy": "Ie"}},
	{Code: "no", Text: Text{"en": "No", "cy": "Na"}},
}

func (yesnos) check(q Question) []Problem {
	yes, no, other := 0, 0, 0
	for _, o := range q.Choices() {
		switch {
		case o.Code == "yes" && !o.DontKnow:
			yes++
		case o.Code == "no" && !o.DontKnow:
			no++
		case !o.DontKnow:
			other++
		}
	}
	if yes == 0 || no == 0 || other > 0 {
		return []Problem{problem(q, "question.yes_no|A yes or no question has the answers “yes” and “no”; any other answer must be marked "+
			"dont_know. Leave the options out to use the usual words.")}
	}
	return nil
}

type yesnos struct{}

func (yesnos) parse(q Question, values []string) (any, *Problem) { return parseOne(q, values) }
