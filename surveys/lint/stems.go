package lint

import (
	"regexp"
	"strings"

	"yousaid/surveys/wording"
)

// joined are pairs that ask one thing.
var joined = []string{"satisfied or dissatisfied", "easy or difficult", "agree or disagree", "likely or unlikely", "safe or unsafe",
	"good or bad", "good or poor", "clear or unclear", "yes or no",
	"terms and conditions", "more or less", "health and safety", "health or", "condition or illness", "conditions or illnesses",
	"research and development", "bed and breakfast", "race and ethnicity", "sexual orientation", "and/or", "to and from", "up and down",
	"one or more", "better or worse", "fair or unfair", "helpful or unhelpful", "and how", "quick or slow", "well or badly",
	"in or out", "what, if anything"}

var joining = regexp.MustCompile(`(?i)\b(\w[\w’']+)(?: (?:and|or) | ?[/&] ?)(?:the |your |our |a |an )?(\w[\w’']+)`)

// doubleBarrelled looks for two things in one question.
func doubleBarrelled(a asked) []wording.Message {
	stem := strings.ToLower(a.stem)
	for _, pair := range joined {
		stem = strings.ReplaceAll(stem, pair, "")
	}
	if m := joining.FindString(stem); m != "" {
		return say("lint.double_barrelled|It may ask two things at once: “%s”. Ask about one thing, or make two questions.", strings.TrimSpace(m))
	}
	return nil
}

var (
	leads = regexp.MustCompile(`(?i)\b(don[’']t you (agree|think)|wouldn[’']t you|isn[’']t it|surely|` +
		`how (good|great|helpful|friendly|excellent|easy|satisfied|happy|pleased) (is|was|were|are|do|did|did you find)|` +
		`how much do you (like|enjoy|love)|do you agree that)\b`)
	praise   = regexp.MustCompile(`(?i)\b(excellent|great|wonderful|award-winning|improved|friendly|hard-working|dedicated|world-class) \w+`)
	balanced = regexp.MustCompile(`(?i)\b(or (dis|un|in)?\w+)\b`)
)

// leading looks for words that push towards an answer.
func leading(a asked) []wording.Message {
	if m := leads.FindString(a.stem); m != "" && !balanced.MatchString(a.stem) {
		return say("lint.leading|“%s” leads people to an answer. Name both ends, such as “How satisfied or dissatisfied were you …”.", m)
	}
	if m := praise.FindString(a.stem); m != "" {
		return say("lint.leading_2|“%s” praises what people should judge. Take the praise out.", m)
	}
	return nil
}

var (
	not = regexp.MustCompile(`(?i)\b(not|never|cannot|\w+n[’']t|no longer|without)\b`)
	un  = regexp.MustCompile(`(?i)\b(disagree|dissatisfied|unhappy|unable|unclear|unhelpful|unsafe|unfair|impossible)\b`)
)

// negative looks for questions that must be turned round in the head.
func negative(a asked) []wording.Message {
	stem := a.stem
	for _, pair := range joined { // “satisfied or dissatisfied” negates nothing
		stem = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(pair)).ReplaceAllString(stem, "")
	}
	m := not.FindAllString(stem, -1)
	switch {
	case len(m) > 1, len(m) == 1 && un.MatchString(stem):
		return say("lint.negative|It says no twice. Turn the question round so that yes means yes.")
	case len(m) == 1 && !regexp.MustCompile(`(?i)\bwhy\b|whether or not`).MatchString(stem):
		return say("lint.negative_2|“%s” makes it hard to see what yes means. Turn the question round.", m[0])
	}
	return nil
}

var months = map[string]int{"two": 24, "three": 36, "four": 48, "five": 60, "ten": 120}

var recall = regexp.MustCompile(`(?i)\b(?:past|last|previous) (\d+|two|three|four|five|ten) (years|months)\b`)

// longRecall looks for more than people remember.
func longRecall(a asked) []wording.Message {
	m := recall.FindStringSubmatch(a.stem + " " + a.hint)
	if m == nil {
		return nil
	}
	n, word := 0, months[strings.ToLower(m[1])]/12
	for _, r := range m[1] {
		if r >= '0' && r <= '9' && n < 10_000 {
			n = 10*n + int(r-'0')
		}
	}
	n = max(n, word)
	if strings.EqualFold(m[2], "years") {
		n *= 12
	}
	if n > 12 {
		return say("lint.long_recall|People do not remember %s well. Ask about the past 12 months or less.", m[0])
	}
	return nil
}

// plain are words that customers may not know, with what to say instead.
var plain = [][2]string{{"stakeholder", "people"}, {"stakeholders", "people"}, {"utilise", "use"}, {"utilised", "used"},
	{"facilitate", "help"}, {"in respect of", "about"}, {"regarding", "about"},
	{"commence", "start"}, {"prior to", "before"}, {"purchase", "buy"}, {"in order to", "to"}, {"approximately", "about"},
	{"assistance", "help"}, {"additional", "more"},
	{"customer journey", "what happened"}, {"service user", "you"}, {"service provision", "service"}, {"signposted", "sent"},
	{"outcome", "result"}, {"interaction", "contact"}, {"touchpoint", "contact"},
	{"csat", "satisfaction"}, {"nps", "score"}, {"asb", "antisocial behaviour"}, {"send", ""}, {"ehcp", "education plan"},
	{"dfg", "adaptations grant"}, {"ctr", "council tax reduction"}, {"hmo", "shared house"}, {"pcn", "parking fine"}, {"lgbtq", ""},
	{"adult social care", "care and support"}}

// jargon looks for words of the office.
func jargon(a asked) []wording.Message {
	if all := Jargon(a.stem + " " + a.hint); len(all) > 0 {
		return all
	}
	if m := regexp.MustCompile(`\b[A-Z]{3,}\b`).FindString(a.stem); m != "" && m != "GOV" && m != "PIN" {
		return say("lint.abbreviation|Not everybody knows what “%s” stands for. Write it out.", m)
	}
	return nil
}

// Jargon finds the first word of the office in a text, with what to say instead.
func Jargon(text string) []wording.Message {
	text = " " + strings.ToLower(text) + " "
	for _, w := range plain {
		if w[1] != "" && regexp.MustCompile(`[^\p{L}]`+regexp.QuoteMeta(w[0])+`[^\p{L}]`).MatchString(text) {
			return say("lint.jargon|Not everybody knows “%s”. Say “%s”.", w[0], w[1])
		}
	}
	return nil
}

const (
	mostWords = 25
	mostGrade = 6 // of Flesch and Kincaid: a reading age of about 11
)

// tooLong counts words.
func tooLong(a asked) []wording.Message {
	var all []wording.Message
	if n := len(strings.Fields(a.stem)); n > mostWords {
		all = append(all, say("lint.too_long|The question has %s words. Keep it to %s.", n, mostWords)...)
	}
	if strings.Contains(a.hint, "http") || strings.Contains(a.hint, "www.") {
		all = append(all, say("lint.too_long_2|The hint has a link. People who follow it do not come back: take it out.")...)
	}
	if strings.Count(strings.TrimRight(a.hint, ".!?"), ". ") > 0 || strings.HasSuffix(a.hint, ".") {
		all = append(all, say("lint.too_long_3|Keep the hint to one short phrase without a full stop: screen readers read it out each time.")...)
	}
	return all
}

// hardToRead measures the question with its hint.
func hardToRead(a asked) []wording.Message {
	if len(strings.Fields(a.stem)) < 6 {
		return nil // a few words have no grade worth naming
	}
	text := strings.ToLower(a.stem + " " + a.hint)
	for _, pair := range joined { // “satisfied or dissatisfied” is long and known to all
		one, _, _ := strings.Cut(pair, " ")
		text = strings.ReplaceAll(text, pair, one)
	}
	if g := Grade(strings.ReplaceAll(text, "satisfied", "pleased")); g > mostGrade {
		return say("lint.hard_to_read|It reads like a text for people of %s years. Aim for 9 to 11: shorter words, shorter sentences.",
			int(g+5.5))
	}
	return nil
}

var who = regexp.MustCompile(`(?i)\b(your|full|first|last|family|sur) ?names?\b|\bpostcode\b|\bdate of birth\b|` +
	`\b(home|email|e-mail|postal|your|full) address\b|\b(phone|telephone|mobile) number\b|\bnational insurance\b|\bNHS number\b`)

// identifying looks for questions whose answer says who somebody is.
func identifying(a asked) []wording.Message {
	if !a.Free() && !a.Numeric() {
		return nil
	}
	if m := who.FindString(a.stem + " " + a.hint); m != "" {
		return say("lint.identifying|It asks for something that says who a person is (“%s”). Answers here have no name: take the question out.",
			m)
	}
	return nil
}
