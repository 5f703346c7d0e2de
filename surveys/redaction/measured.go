package redaction

import (
	"math"
	"strings"

	"yousaid/surveys/wording"
)

// Measure is how well one kind is found, on labelled comments that no rule was written with. Recall is the share of what
// should be found that is found, precision the share of what is found that should be.
type Measure struct {
	Label             string // key|English, in the plural: "names without a title"
	Kind              string // as testdata/comments.txt calls it
	Cases             int
	Recall, Precision float64
}

// unlistedNames is the kind of names that are on no list: the names of the held-out half, each with made-up words in its place.
const unlistedNames = "unlisted"

// Measured are the figures of the half of testdata/comments.txt that is held out, to two places. TestHeldOut keeps them
// and docs/comments.md true.
var Measured = []Measure{
	{"redaction.many_titled|names after a title", "titled", 16, 1.00, 0.94},
	{"redaction.many_name|names without a title", "name", 38, 0.92, 0.97},
	{"redaction.many_unlisted|names without a title that are on none of its lists", unlistedNames, 38, 0.37, 0.93},
	{"redaction.many_address|addresses", "address", 18, 1.00, 0.95},
	{"redaction.many_postcode|postcodes", "postcode", 10, 1.00, 0.83},
	{"redaction.many_phone|phone numbers", "phone", 11, 1.00, 1.00},
	{"redaction.many_email|email addresses", "email", 10, 1.00, 1.00},
	{"redaction.many_web|web addresses", "web", 8, 1.00, 1.00},
	{"redaction.many_dob|dates of birth", "dob", 10, 0.90, 1.00},
	{"redaction.many_case|case references", "case", 13, 1.00, 1.00},
	{"redaction.many_plate|number plates", "plate", 11, 0.91, 0.91},
	{"redaction.many_bank|bank details", "bank", 13, 1.00, 1.00},
	{"redaction.many_card|card numbers", "card", 8, 1.00, 1.00},
	{"redaction.many_nhs|NHS numbers", "nhs", 9, 1.00, 1.00},
	{"redaction.many_ni|National Insurance numbers", "ni", 9, 1.00, 1.00},
}

// weakRecall is the recall from which on a kind needs no warning.
const weakRecall = 0.95

// Called is the kind in the plural, for a sentence.
func (m Measure) Called() wording.Message { return wording.Say(m.Label) }

// Warnings says of each kind that is often missed how often it is found, a sentence each, for whoever reads a comment.
func Warnings() []wording.Message {
	var list []wording.Message
	for _, m := range Measured {
		if m.Recall < weakRecall {
			kind := wording.Part{Message: m.Called(), Shape: func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }}
			list = append(list, wording.Say("redaction.missed|%s are found about %s in 10 times.", kind, math.Floor(10*m.Recall)))
		}
	}
	return list
}
