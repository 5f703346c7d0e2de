package question

import "slices"

// Several is several of many options.
const Several Kind = "several"

// several: any of many options; an exclusive one ("none of these") stands alone.
var several = kind{name: Several, label: "survey.several_of_a_list|Several of a list",
	hint:  "survey.people_choose_all_that|People choose all that apply",
	coded: true, many: true, keys: []string{"options", "exclusive"}, empty: "answer.choose_some|Choose at least one answer", does: severals{}}

func (severals) parse(q Question, values []string) (any, *Problem) {
	for _, v := range values {
		if _, ok := q.Option(v); !ok {
			return fault(q, notListed)
		}
	}
	codes := []string{}
	var exclusive *Option
	for _, o := range q.Options {
		if slices.Contains(values, o.Code) {
			codes = append(codes, o.Code)
			if o.Exclusive {
				exclusive = &o
			}
		}
	}
	if exclusive != nil && len(codes) > 1 {
		return fault(q, "answer.exclusive|Choose either “{option}” or other answers, not both", arg("option", exclusive.Text))
	}
	return codes, nil
}

type severals struct{}

func (severals) check(Question) []Problem { return nil }
