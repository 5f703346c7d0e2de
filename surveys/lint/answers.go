package lint

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// unbalanced looks for scales with more of one side than of the other.
func unbalanced(a asked) []wording.Message {
	if !a.Kind.Has("score") { // the scale is not the author's
		return nil
	}
	var scores []float64
	for _, o := range a.Options {
		if o.Score != nil {
			scores = append(scores, *o.Score)
		}
	}
	if len(scores) < 2 {
		return nil
	}
	middle := (slices.Min(scores) + slices.Max(scores)) / 2
	above, below := 0, 0
	for _, s := range scores {
		switch c := cmp.Compare(s, middle); {
		case c > 0:
			above++
		case c < 0:
			below++
		}
	}
	if above != below {
		return say("lint.unbalanced|Good answers of the scale: %s; bad ones: %s. Give both sides as many.", above, below)
	}
	return nil
}

var letter = regexp.MustCompile(`\p{L}`)

// figure is an answer that is a number: "0", "10", "-3".
var figure = regexp.MustCompile(`^\s*[-−–+]?\p{Nd}+\s*$`)

// pictured looks for points of a scale that are pictures or signs only: screen readers name each their own way, or not at all.
func pictured(a asked) []wording.Message {
	if !a.Rates() {
		return nil
	}
	for _, o := range a.Options {
		for _, text := range o.Text {
			if text != "" && !letter.MatchString(text) && !figure.MatchString(text) {
				return say("lint.pictured|The answer “%s” has no words. Say in words what each point of the scale means.", text)
			}
		}
	}
	return nil
}

// inFigures tells whether the points of a rating are numbers, words at some of them or not: most have none.
func inFigures(q question.Question) bool {
	if !q.Rates() {
		return false
	}
	numbers, points := 0, 0
	for _, o := range q.Options {
		if o.DontKnow || o.Exclusive {
			continue
		}
		points++
		if figure.MatchString(english(o.Text)) {
			numbers++
		}
	}
	return points > 2 && 2*numbers > points
}

// numbered looks for scales whose ends have numbers only, and no words in the question or its hint that name them.
func numbered(a asked) []wording.Message {
	if !inFigures(a.Question) {
		for _, o := range a.Options {
			if a.Rates() && figure.MatchString(english(o.Text)) {
				return say("lint.numbered|The answer “%s” is a number among words. Say in words what it means.", english(o.Text))
			}
		}
		return nil
	}
	points := slices.DeleteFunc(slices.Clone(a.Options), func(o question.Option) bool { return o.DontKnow || o.Exclusive })
	for _, end := range []question.Option{points[0], points[len(points)-1]} {
		label := strings.TrimSpace(english(end.Text))
		if figure.MatchString(label) &&
			!regexp.MustCompile(`(^|[^\p{Nd}])`+regexp.QuoteMeta(label)+` (is|means|being|=|–)`).MatchString(a.stem+" "+a.hint) {
			return say("lint.numbered_2|The answer “%s” is a number only. Say what the lowest and the highest number mean, in the answers "+
				"or in the hint: "+
				"“0 is not at all, 10 is completely”.", label)
		}
	}
	return nil
}

// optOut tells whether somebody who cannot or will not say can answer truly.
func optOut(q question.Question) bool {
	return slices.ContainsFunc(q.Options, func(o question.Option) bool { return o.DontKnow || o.Exclusive })
}

// noDontKnow looks for ratings that some people cannot answer.
func noDontKnow(a asked) []wording.Message {
	if a.Rates() && !a.first && !optOut(a.Question) {
		return say("lint.no_dont_know|Some people cannot judge this. Add an answer such as “Does not apply to me” that leaves the figures.")
	}
	return nil
}

// noWayOut looks for questions that hold people up: only the rating may have to be answered, and whatever else must be needs a way
// to say nothing.
func noWayOut(a asked) []wording.Message {
	if !a.Required || a.first {
		return nil
	}
	if a.Coded() && optOut(a.Question) {
		return nil
	}
	if a.Coded() {
		return say("lint.no_way_out|People must answer it and cannot say “I do not know” or “I prefer not to say”. Let them leave it " +
			"out, or add such an answer.")
	}
	return say("lint.no_way_out_2|People must answer it and have no way out. Only the rating may have to be answered: let them " +
		"leave this one out.")
}

var band = regexp.MustCompile(`(\d+)\s*(?:to|-|–)\s*(\d+)`)

// overlappingBands looks for bands of numbers that share a number or leave one out.
func overlappingBands(a asked) []wording.Message {
	var ends []int
	for _, o := range a.Options {
		m := band.FindStringSubmatch(english(o.Text))
		if m == nil {
			continue
		}
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if len(ends) > 0 {
			switch last := ends[len(ends)-1]; {
			case from > ends[len(ends)-2] && from <= last:
				return say("lint.overlapping_bands|Two answers hold the number %s. Let each number be in one answer only.", from)
			case from > last+1:
				return say("lint.overlapping_bands_2|No answer holds the numbers from %s to %s. Close the gap.", last+1, from-1)
			}
		}
		ends = append(ends, from, to)
	}
	return nil
}

var other = regexp.MustCompile(`(?i)^(other|something else|somewhere else|someone else|another way|none|no |don[’']t know|not sure|` +
	`prefer not|does not apply|i have not|i do not)`)

// notExhaustive looks for lists in which some people do not find their answer, and for “other” without a place to say what.
func notExhaustive(a asked) []wording.Message {
	if !a.Listed() || a.Rates() { // yes and no, and the points of a scale, are all there are
		return nil
	}
	rest, way := false, optOut(a.Question)
	for _, o := range a.Options {
		label := english(o.Text)
		rest = rest || o.Code == "other" || strings.HasPrefix(strings.ToLower(label), "other")
		way = way || other.MatchString(label)
	}
	switch {
	case rest && !slices.ContainsFunc(a.next, question.Question.Free):
		return say("lint.not_exhaustive|People who choose “other” have no box to say what they mean. Add a question for a few words behind it.")
	case !rest && !way && len(a.Options) > 2:
		return say("lint.not_exhaustive_2|Some people may not find their answer. Add “Something else” or “None of these”.")
	}
	return nil
}

const manyOptions = 7

// tooManyOptions counts answers.
func tooManyOptions(a asked) []wording.Message {
	if n := len(a.Options); n > manyOptions && !inFigures(a.Question) { // numbers in order need no keeping in mind
		return say("lint.too_many_options|There are %s answers to choose from. More than %s are hard to keep in mind: join some, or "+
			"ask in two steps.", n, manyOptions)
	}
	return nil
}
