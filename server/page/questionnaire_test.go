package page

import (
	"testing"

	"yousaid/surveys/question"
)

// No question can have the name of another field of its form: its answer would be taken for that.
func TestNamesOfFormFieldsAreReserved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{FieldToken, FieldAction} {
		if !question.Reserved(name) {
			t.Errorf("a question may be called %q as a field of its form is: add it to reserved in surveys/question/kinds.go", name)
		}
	}
}
