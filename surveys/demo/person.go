package demo

import "strings"

// person is who answers, in the codes of the harmonised equality questions. What a person does not want to say is drawn later.
type person struct {
	age, sex, ethnic, condition, limits string
}

var ages = []weighted{
	{"16_17", 0.6}, {"18_24", 7}, {"25_34", 14}, {"35_44", 17}, {"45_54", 18}, {"55_64", 18}, {"65_74", 15}, {"75_84", 8}, {"85_plus", 2.4},
}

// ethnicGroups has very small groups on purpose: tables of a real council have them too, and must hide them.
var ethnicGroups = []weighted{
	{"white_british", 74}, {"white_irish", 0.9}, {"white_gypsy_traveller", 0.1}, {"white_roma", 0.15}, {"white_other", 5.5},
	{"mixed_white_black_caribbean", 0.9}, {"mixed_white_black_african", 0.4}, {"mixed_white_asian", 0.7}, {"mixed_other", 0.6},
	{"asian_indian", 4.5}, {"asian_pakistani", 3.2}, {"asian_bangladeshi", 1.4}, {"asian_chinese", 0.8}, {"asian_other", 1.6},
	{"black_caribbean", 1.2}, {"black_african", 2.4}, {"black_other", 0.5}, {"other_arab", 0.5}, {"other_any", 0.9},
}

// disabledShare rises with age, as it does in the census.
var disabledShare = map[string]float64{
	"16_17": 0.07, "18_24": 0.1, "25_34": 0.11, "35_44": 0.13, "45_54": 0.17, "55_64": 0.22, "65_74": 0.27, "75_84": 0.38, "85_plus": 0.55,
}

func weight(w weighted) float64 { return w.weight }

func (s *simulator) person(v service) person {
	var p person
	p.age = pick(s.rng, ages, func(w weighted) float64 {
		if v.young && (w.code == "25_34" || w.code == "35_44") {
			return w.weight * 4
		}
		if v.access && (w.code == "75_84" || w.code == "85_plus") {
			return w.weight * 3
		}
		return w.weight
	}).code
	p.sex = "female"
	if s.rng.Float64() < 0.46 {
		p.sex = "male"
	}
	p.ethnic = pick(s.rng, ethnicGroups, weight).code
	share := disabledShare[p.age]
	if v.access {
		share = 0.75
	}
	p.condition = "no"
	if s.rng.Float64() < share*1.3 {
		p.condition = "yes"
		p.limits = pick(s.rng, []weighted{{"lot", 35}, {"little", 42}, {"not", 23}}, weight).code
	}
	return p
}

// level is how much more or less satisfied a person is with the same service: these are the differences an equality officer should find.
func (p person) level(v service) float64 {
	level := 0.0
	switch p.age {
	case "16_17", "18_24", "25_34":
		level -= 0.2
	case "65_74", "75_84", "85_plus":
		level += 0.25
	}
	if p.limits == "lot" || p.limits == "little" {
		level -= 0.35
		if v.slug == "household-waste-collection" {
			level -= 0.3 // bins left where they cannot be reached
		}
	}
	if v.slug == "housing-repairs" && (strings.HasPrefix(p.ethnic, "black_") || strings.HasPrefix(p.ethnic, "asian_")) {
		level -= 0.45
	}
	return level
}

// equality is what the person puts on the page: each question may be left out, or answered with "prefer not to say".
func (s *simulator) equality(p person) map[string]string {
	answers := map[string]string{}
	put := func(question, code string, silent float64) {
		switch x := s.rng.Float64(); {
		case code == "" || x < 0.05:
		case x < 0.05+silent:
			answers[question] = "pns"
		default:
			answers[question] = code
		}
	}
	put("age_band", p.age, 0.03)
	put("sex", p.sex, 0.04)
	put("ethnic_group_single", p.ethnic, 0.06)
	put("llti", p.condition, 0.07)
	if answers["llti"] == "yes" {
		put("llti_limit", p.limits, 0.03)
	}
	return answers
}
