package redaction

// Measure is how well one kind is found, on labelled comments that no rule was written with. Recall is the share of what should be found that is found,
// precision the share of what is found that should be.
type Measure struct {
	Label             string // in the plural, for a sentence: "names without a title"
	Kind              string // as testdata/comments.txt calls it
	Cases             int
	Recall, Precision float64
}

// Measured are the figures of the half of testdata/comments.txt that is held out, to two places. TestHeldOut keeps them and docs/comments.md true.
var Measured = []Measure{
	{"names after a title", "titled", 0, 0, 0},
	{"names without a title", "name", 0, 0, 0},
	{"addresses", "address", 0, 0, 0},
	{"postcodes", "postcode", 0, 0, 0},
	{"phone numbers", "phone", 0, 0, 0},
	{"email addresses", "email", 0, 0, 0},
	{"web addresses", "web", 0, 0, 0},
	{"dates of birth", "dob", 0, 0, 0},
	{"case references", "case", 0, 0, 0},
	{"number plates", "plate", 0, 0, 0},
	{"bank details", "bank", 0, 0, 0},
	{"card numbers", "card", 0, 0, 0},
	{"NHS numbers", "nhs", 0, 0, 0},
	{"National Insurance numbers", "ni", 0, 0, 0},
}
