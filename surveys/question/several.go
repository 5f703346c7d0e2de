package question

import "slices"

// several: any of many options; an exclusive one ("none of these") stands alone.
var several = kind{name: Several, check: func(Question) []Problem { return nil }, parse: parseSeveral, empty: "answer.choose_some"}

func parseSeveral(q Question, values []string) (any, *Problem) {
	for _, v := range values {
		if _, ok := q.Option(v); !ok {
			return fault(q, "answer.not_listed")
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
		wording, _ := exclusive.Text.In("en")
		return fault(q, "answer.exclusive", "option", wording)
	}
	return codes, nil
}
