package bank

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"yousaid/surveys/question"
)

//go:embed harmonised.json
var harmonised []byte

// asked names the questions a form asks for each characteristic: the fewest that tell it. Exact ages, dates of birth, write-ins and
// kinds of impairment are left out: a council does not need them to compare.
var asked = []struct {
	id        string
	questions []string
}{
	{"age", []string{"age_band"}},
	{"sex", []string{"sex"}},
	{"gender_identity", []string{"gender_same"}},
	{"ethnic_group", []string{"ethnic_group_single"}},
	{"disability", []string{"llti", "llti_limit"}},
	{"religion", []string{"religion"}},
	{"sexual_orientation", []string{"sexual_orientation"}},
	{"marriage", []string{"marital_status"}},
	{"pregnancy_maternity", []string{"pregnancy_maternity"}},
	{"carer", []string{"carer_hours"}},
}

// The part of harmonised.json that is used.
type (
	source struct {
		Characteristics []sourceCharacteristic `json:"characteristics"`
	}
	sourceCharacteristic struct {
		ID        string                     `json:"id"`
		Special   any                        `json:"special_category"` // false, or the words of the law
		Groups    map[string]json.RawMessage `json:"groups"`           // a word, or {"en": …, "cy": …}
		Questions []sourceQuestion           `json:"questions"`
	}
	sourceQuestion struct {
		ID       string         `json:"id"`
		EN       string         `json:"en"`
		CY       string         `json:"cy"`
		CYStatus string         `json:"cy_status"`
		HintEN   string         `json:"hint_en"`
		Options  []sourceOption `json:"options"`
	}
	sourceOption struct {
		Code     string `json:"code"`
		EN       string `json:"en"`
		CY       string `json:"cy"`
		CYStatus string `json:"cy_status"`
		Group    string `json:"group"`
		HintEN   string `json:"hint_en"`
		HintCY   string `json:"hint_cy"`
		Divider  string `json:"divider_before"`
	}
)

var characteristics = sync.OnceValue(func() []Characteristic {
	all, err := read(harmonised)
	if err != nil {
		panic("reading the harmonised questions: " + err.Error()) // they are part of the program: a test has read them
	}
	return all
})

func read(file []byte) ([]Characteristic, error) {
	var src source
	if err := json.Unmarshal(file, &src); err != nil {
		return nil, err
	}
	var all []Characteristic
	for _, want := range asked {
		at := slices.IndexFunc(src.Characteristics, func(c sourceCharacteristic) bool { return c.ID == want.id })
		if at < 0 {
			return nil, fmt.Errorf("no characteristic %q", want.id)
		}
		from := src.Characteristics[at]
		c := Characteristic{ID: want.id, Name: text(names[want.id], ""), Special: from.Special != false}
		for _, id := range want.questions {
			at := slices.IndexFunc(from.Questions, func(q sourceQuestion) bool { return q.ID == id })
			if at < 0 {
				return nil, fmt.Errorf("%s: no question %q", want.id, id)
			}
			c.Questions = append(c.Questions, from.Questions[at].question())
		}
		if err := c.label(from.Groups); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (from sourceQuestion) question() Question {
	q := Question{ID: from.ID, Text: text(from.EN, from.CY), Hint: text(from.HintEN, ""), NotReviewed: from.CY == "" || from.CYStatus != ""}
	for _, o := range from.Options {
		group := strings.TrimPrefix(o.Group, "_")
		q.Options = append(q.Options,
			Option{Code: o.Code, Group: group, Text: text(o.EN, o.CY), Hint: text(o.HintEN, o.HintCY), Divider: text(o.Divider, "")})
		q.NotReviewed = q.NotReviewed || o.CY == "" || o.CYStatus != ""
	}
	return q
}

// label fills in the values and groups of a characteristic. Groups come in the order in which the form shows them.
func (c *Characteristic) label(groups map[string]json.RawMessage) error {
	options := c.Questions[0].Options
	pns := options[len(options)-1]
	if pns.Code != PreferNotToSay {
		return fmt.Errorf("%s: %q is last, not %q", c.ID, pns.Code, PreferNotToSay)
	}
	order := []string{}
	if c.ID == "disability" {
		order = []string{"disabled", "not_disabled"}
	} else {
		for _, o := range options {
			c.Codes = append(c.Codes, Label{o.Code, o.Text})
			if o.Group != PreferNotToSay && !slices.Contains(order, o.Group) {
				order = append(order, o.Group)
			}
		}
	}
	if len(order) != len(groups) {
		return fmt.Errorf("%s: the options name %d groups of %d", c.ID, len(order), len(groups))
	}
	for _, code := range order {
		var both struct{ EN, CY string }
		if json.Unmarshal(groups[code], &both.EN) != nil {
			if err := json.Unmarshal(groups[code], &both); err != nil {
				return fmt.Errorf("%s: group %q: %w", c.ID, code, err)
			}
		}
		// A note in brackets is for the statistician, not for the head of a column.
		short, _, _ := strings.Cut(both.EN, " (")
		c.Groups = append(c.Groups, Label{code, text(short, both.CY)})
	}
	c.Groups = append(c.Groups, Label{PreferNotToSay, pns.Text})
	if c.ID == "disability" {
		c.Codes = c.Groups
	}
	return nil
}

// text pairs the English with its Welsh, from the source or from welsh.go.
func text(en, cy string) question.Text {
	if en == "" {
		return nil
	}
	if cy == "" {
		cy = welsh[en]
	}
	t := question.Text{"en": en}
	if cy != "" {
		t["cy"] = cy
	}
	return t
}
