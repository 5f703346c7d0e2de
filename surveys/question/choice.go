package question

// choice: one option of a list.
var choice = kind{name: Choice, check: func(Question) []Problem { return nil }, parse: parseOne, empty: "answer.choose_one"}
