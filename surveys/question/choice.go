package question

// Choice is one option of a list.
const Choice Kind = "choice"

// choice: one option of a list.
var choice = kind{name: Choice, label: "survey.one_of_a_list|One of a list",
	hint:  "survey.people_choose_one_answer|People choose one answer",
	coded: true, chart: Parts, keys: []string{"options"}, empty: chooseOne, does: choices{}}

type choices struct{}

func (choices) check(Question) []Problem { return nil }

func (choices) parse(q Question, values []string) (any, *Problem) { return parseOne(q, values) }
