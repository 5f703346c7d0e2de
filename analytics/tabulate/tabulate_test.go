package tabulate

import "testing"

// Two fields are the same when they split responses in the same way.
func TestFields(t *testing.T) {
	t.Parallel()
	each := map[int64]string{1: "rating", 2: "overall"}
	for _, c := range []struct {
		name string
		a, b Field
		same bool
	}{
		{"one question", AnswerTo("rating"), AnswerTo("rating"), true},
		{"two questions", AnswerTo("rating"), AnswerTo("reason"), false},
		{"the question of each survey", AnswerInEach(each), AnswerInEach(map[int64]string{2: "overall", 1: "rating"}), true},
		{"another question of one survey", AnswerInEach(each), AnswerInEach(map[int64]string{1: "rating", 2: "mood"}), false},
		{"an answer and something else", AnswerTo("rating"), Field{}, false},
	} {
		if c.a.Is(c.b) != c.same || c.b.Is(c.a) != c.same {
			t.Errorf("%s: the same is %v", c.name, !c.same)
		}
	}
}
