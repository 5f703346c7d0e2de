package surveys

import (
	"fmt"
	"strings"

	"yousaid/surveys/bank"
	"yousaid/surveys/catalogue"
)

// Template reads a ready questionnaire by its name.
func Template(name string) (Definition, error) {
	src, ok := bank.Template(name)
	if !ok {
		return Definition{}, fmt.Errorf("there is no template “%s”; the templates are %s: %w", clip(name),
			strings.Join(bank.Templates(), ", "), ErrMissing)
	}
	return ParseYAML(src)
}

// Templates lists the names of the ready questionnaires.
func Templates() []string { return bank.Templates() }

// ProposeSlug is a short name made from the title, or the one the definition has.
func ProposeSlug(d Definition) string {
	title, _ := d.Title.In("en")
	if s := catalogue.Slug(title); ValidSlug(s) {
		return s
	}
	if ValidSlug(d.Survey) {
		return d.Survey
	}
	return "survey"
}
