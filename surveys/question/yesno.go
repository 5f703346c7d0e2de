package question

// yesno: yes or no, with the usual words unless the question brings its own.
var yesno = kind{name: YesNo, check: checkYesNo, parse: parseOne, empty: "answer.choose_one"}

// usual are the answers of a yes or no question that lists none.
var usual = []Option{
	{Code: "yes", Text: Text{"en": "Yes", "cy": "Ie"}},
	{Code: "no", Text: Text{"en": "No", "cy": "Na"}},
}

// Choices lists the answers to choose from: the options, or Yes and No where a yes or no question lists none.
func (q Question) Choices() []Option {
	if q.Kind == YesNo && len(q.Options) == 0 {
		return usual
	}
	return q.Options
}

func checkYesNo(q Question) []Problem {
	yes, no := 0, 0
	for _, o := range q.Choices() {
		switch {
		case o.Code == "yes" && !o.DontKnow:
			yes++
		case o.Code == "no" && !o.DontKnow:
			no++
		case !o.DontKnow:
			return []Problem{problem(q, "question.yes_no")}
		}
	}
	if yes == 0 || no == 0 {
		return []Problem{problem(q, "question.yes_no")}
	}
	return nil
}
