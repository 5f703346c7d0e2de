package redaction

import (
	"fmt"
	"math"
	"strings"
)

// Measure is how well one kind is found, on labelled comments that no rule was written with. Recall is the share of what
// should be found that is found, precision the share of what is found that should be.
type Measure struct {
	Label             string // in the plural, for a sentence: "names without a title"
	Kind              string // as testdata/comments.txt calls it
	Cases             int
	Recall, Precision float64
}

// unlistedNames is the kind of names that are on no list: the names of the held-out half, each with made-up words in its place.
const unlistedNames = "unlisted"

// Measured are the figures of the half of testdata/comments.txt that is held out, to two places. TestHeldOut keeps them
// and docs/comments.md true.
var Measured = []Measure{
	{"names after a title", "titled", 16, 1.00, 0.94},
	{"names without a title", "name", 38, 0.92, 0.97},
	{"names without a title that are on none of its lists", unlistedNames, 38, 0.37, 0.93},
	{"addresses", "address", 18, 1.00, 0.95},
	{"postcodes", "postcode", 10, 1.00, 0.83},
	{"phone numbers", "phone", 11, 1.00, 1.00},
	{"email addresses", "email", 10, 1.00, 1.00},
	{"web addresses", "web", 8, 1.00, 1.00},
	{"dates of birth", "dob", 10, 0.90, 1.00},
	{"case references", "case", 13, 1.00, 1.00},
	{"number plates", "plate", 11, 0.91, 0.91},
	{"bank details", "bank", 13, 1.00, 1.00},
	{"card numbers", "card", 8, 1.00, 1.00},
	{"NHS numbers", "nhs", 9, 1.00, 1.00},
	{"National Insurance numbers", "ni", 9, 1.00, 1.00},
}

// weakRecall is the recall from which on a kind needs no warning.
const weakRecall = 0.95

// Warnings says of each kind that is often missed how often it is found, a sentence each, for whoever reads a comment.
func Warnings() []string {
	var list []string
	for _, m := range Measured {
		if m.Recall < weakRecall {
			list = append(
				list,
				fmt.Sprintf("%s are found about %.0f in 10 times.", strings.ToUpper(m.Label[:1])+m.Label[1:], math.Floor(10*m.Recall)),
			)
		}
	}
	return list
}
