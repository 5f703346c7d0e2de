package demo

import (
	"slices"
	"time"
)

// service is how much a service is used, when, through what, and how it does.
type service struct {
	slug    string
	weight  float64
	level   float64 // how satisfied people are; 0 is middling
	peak    []time.Month
	bad     []time.Month // months in which things went wrong
	offices bool         // mostly telephone and in person
	young   bool         // used by families
	access  bool         // used by disabled people above all
}

var services = []service{
	{slug: "household-waste-collection", weight: 14, level: 0.45, bad: []time.Month{time.January}},
	{slug: "household-garden-waste", weight: 6, level: 0.35, peak: []time.Month{time.April, time.May, time.June, time.September}},
	{slug: "bulky-household-waste-collections", weight: 4, level: 0.2},
	{slug: "recycling-bags-and-containers", weight: 4, level: 0.5},
	{slug: "litter-removal", weight: 3, level: 0.05},
	{slug: "flytipping", weight: 4, level: -0.35},
	{slug: "pest-control", weight: 1.5, level: 0.3, peak: []time.Month{time.July, time.August}},
	{slug: "road-maintenance", weight: 7, level: -0.75, peak: []time.Month{time.January, time.February, time.March}},
	{slug: "street-lighting", weight: 3, level: 0.15, peak: []time.Month{time.November, time.December, time.January}},
	{slug: "drain-and-gully-clearance", weight: 2, level: -0.3, peak: []time.Month{time.October, time.November}},
	{slug: "parking-permits", weight: 5, level: 0.1},
	{slug: "housing-repairs", weight: 9, level: -0.25, peak: []time.Month{time.December, time.January, time.February},
		bad: []time.Month{time.February}, offices: true},
	{slug: "homelessness-support", weight: 1.5, level: -0.4, offices: true},
	{slug: "housing-benefit-new-claim", weight: 4, level: -0.1, offices: true},
	{slug: "council-tax-annual-notification", weight: 6, level: -0.05, peak: []time.Month{time.March, time.April}},
	{slug: "council-tax-discount", weight: 4, level: 0.15},
	{slug: "primary-school-places", weight: 2.5, level: 0.2, peak: []time.Month{time.January, time.April}, young: true},
	{slug: "secondary-school-places", weight: 2.5, level: 0.05, peak: []time.Month{time.October, time.March}, young: true},
	{slug: "care-needs-assessment", weight: 2, level: 0.1, offices: true, access: true},
	{slug: "disabled-people-parking-permits", weight: 2.5, level: 0.25, offices: true, access: true},
	{slug: "library-facilities", weight: 6, level: 0.95, offices: true},
	{slug: "childrens-libraries", weight: 2, level: 1.1, young: true, peak: []time.Month{time.August}},
	{slug: "electoral-register", weight: 2, level: 0.55, peak: []time.Month{time.April, time.May}},
	{slug: "building-control", weight: 1.2, level: 0.0},
	{slug: "planning-decision-notices", weight: 1.8, level: -0.55},
}

func (v service) season(m time.Month) float64 {
	if slices.Contains(v.peak, m) {
		return 1.9
	}
	return 1
}

func (v service) trouble(m time.Month) bool { return slices.Contains(v.bad, m) }

// channel says how much more or less a service is used through a channel than the council as a whole.
func (v service) channel(code string) float64 {
	if v.offices && (code == "telephone" || code == "face_to_face") {
		return 1.8
	}
	if v.offices && code == "web" {
		return 0.6
	}
	if v.slug == "library-facilities" && code == "kiosk" {
		return 4
	}
	return 1
}

type weighted struct {
	code   string
	weight float64
}

// channel is how people reach the council and how their feedback is then collected.
type channel struct {
	code   string
	weight float64
	level  float64
	always bool // at any hour
	modes  []weighted
}

var channels = []channel{
	{code: "web", weight: 38, level: 0.05, always: true, modes: []weighted{{"online", 1}}},
	{code: "telephone", weight: 27, level: -0.1, modes: []weighted{{"online", 0.6}, {"telephone_interview", 0.4}}},
	{code: "face_to_face", weight: 11, level: 0.35,
		modes: []weighted{{"face_to_face_interview", 0.35}, {"kiosk", 0.3}, {"paper", 0.2}, {"online", 0.15}}},
	{code: "email", weight: 11, level: -0.2, always: true, modes: []weighted{{"online", 1}}},
	{code: "post", weight: 4, level: -0.3, modes: []weighted{{"paper", 0.85}, {"online", 0.15}}},
	{code: "sms", weight: 4, level: 0.1, always: true, modes: []weighted{{"online", 1}}},
	{code: "kiosk", weight: 2.5, level: 0.15, modes: []weighted{{"kiosk", 1}}},
	{code: "social_media", weight: 1.8, level: -0.45, always: true, modes: []weighted{{"online", 1}}},
	{code: "other", weight: 0.7, level: 0, modes: []weighted{{"paper", 0.5}, {"telephone_interview", 0.5}}},
}

// reason is an option of the template's question "What is the main reason?", and how likely each rating gives it.
type reason struct {
	code string
	by   [5]float64 // ratings 1 to 5
}

func (r reason) weight(rating int) float64 { return r.by[rating-1] }

// reasons are the options of the template customer-satisfaction.
var reasons = []reason{
	{"time", [5]float64{34, 30, 22, 18, 15}},
	{"result", [5]float64{26, 22, 18, 16, 17}},
	{"staff", [5]float64{10, 10, 12, 26, 36}},
	{"information", [5]float64{14, 18, 20, 14, 10}},
	{"ease", [5]float64{10, 13, 18, 22, 19}},
	{"other", [5]float64{6, 7, 10, 4, 3}},
}
