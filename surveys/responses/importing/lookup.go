package importing

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yousaid/surveys/question"
)

// lookup turns the text of a cell into a code.
type lookup struct {
	exact  map[string]string // as the cell is, to the byte
	loose  map[string]string // plain, and folded where the mapping says so; "" where two codes could be meant
	number map[string]string // texts that are whole numbers, by wholeNumber; "" where two codes could be meant
	ignore map[string]bool
	fold   bool
	blank  bool // an unknown text counts as no answer
}

// choice is one code a cell may stand for, with the words that mean it.
type choice struct {
	code  string
	words []string
}

// newLookup reads by the mapping's values; without any, a cell may hold a choice's code or one of its words.
func newLookup(r Reading, choices []choice) lookup {
	l := lookup{exact: map[string]string{}, loose: map[string]string{}, number: map[string]string{}, ignore: map[string]bool{},
		fold: r.Fold, blank: r.Unknown == "blank"}
	for _, t := range r.Ignore {
		l.ignore[l.key(t)] = true
		if n, ok := wholeNumber(t); ok {
			l.ignore[n] = true
		}
	}
	for _, v := range r.Values {
		l.put(v.Text, v.Code)
	}
	if len(r.Values) == 0 {
		for _, c := range choices {
			l.put(c.code, c.code)
			for _, w := range c.words {
				l.put(w, c.code)
			}
		}
	}
	return l
}

func (l lookup) put(text, code string) {
	if was, there := l.exact[text]; there && was != code {
		code = "" // the same words for two answers: neither can be told
	}
	l.exact[text] = code
	enter(l.loose, l.key(text), code)
	if n, ok := wholeNumber(text); ok {
		enter(l.number, n, code)
	}
}

// enter puts a code under a key; "" where the key stands for another code too.
func enter(in map[string]string, key, code string) {
	if was, there := in[key]; there && was != code {
		code = ""
	}
	in[key] = code
}

// numeral is a whole number as spreadsheets and statistics programs write it: 5, 05, 5.0, 5.00, or 5,0 with a decimal comma (5,000
// is five thousand).
var numeral = regexp.MustCompile(`^(-?)0*([0-9]{1,18})(?:\.0*|,0{1,2})?$`)

// wholeNumber is the number of a text that is one, without needless noughts.
func wholeNumber(s string) (string, bool) {
	m := numeral.FindStringSubmatch(clean(s))
	if m == nil {
		return "", false
	}
	return m[1] + m[2], true
}

func (l lookup) key(s string) string {
	if l.fold {
		return fold(s)
	}
	return plain(s)
}

// blankCell tells whether a cell counts as no answer.
func (l lookup) blankCell(cell string) bool {
	key := l.key(cell)
	if key == "" || l.ignore[key] && l.exact[cell] == "" {
		return true
	}
	n, ok := wholeNumber(cell)
	return ok && l.ignore[n] && l.exact[cell] == "" && l.loose[key] == ""
}

// code gives the code of a cell: "" for no answer. ok is false when no value names it.
func (l lookup) code(cell string) (code string, ok bool) {
	if l.blankCell(cell) {
		return "", true
	}
	if code := l.exact[cell]; code != "" {
		return code, true
	}
	if code, there := l.loose[l.key(cell)]; there && code != "" {
		return code, true
	} else if !there {
		if n, ok := wholeNumber(cell); ok && l.number[n] != "" {
			return l.number[n], true
		}
	}
	return "", l.blank
}

// knows tells whether a text stands for a code.
func (l lookup) knows(text string) bool {
	if l.exact[text] != "" {
		return true
	}
	return l.loose[l.key(text)] != ""
}

// choicesOf lists what a question's options are called, in every language.
func choicesOf(q question.Question) []choice {
	var all []choice
	for _, o := range q.Choices() {
		c := choice{code: o.Code}
		for _, w := range o.Text {
			c.words = append(c.words, w)
		}
		c.words = append(c.words, q.Kind.Spellings(o.Code)...)
		all = append(all, c)
	}
	return all
}

// The cells that mean a box was or was not ticked, where the mapping does not say.
var (
	usuallyTicked   = []string{"1", "yes", "y", "true", "t", "x", "✓", "✔", "ticked", "checked", "selected"}
	usuallyUnticked = []string{"0", "no", "n", "false", "f", "unticked", "unchecked", "unselected", "not ticked", "not checked",
		"not selected"}
)

// tick reads the cell of one option's own column.
type tick struct {
	option string
	words  []string // the option's own words, folded: many programs write them into the cell
	index  int
}

func (t tick) ticked(a Answer, l lookup, cell string) (yes, ok bool) {
	key := fold(cell)
	if n, ok := wholeNumber(cell); ok {
		key = n
	}
	switch {
	case l.blankCell(cell):
		return false, true
	case a.Any:
		return true, true
	case len(a.Ticked) > 0:
		if slices.ContainsFunc(a.Ticked, func(s string) bool { return l.same(s, cell) }) {
			return true, true
		}
	case slices.Contains(usuallyTicked, key), slices.Contains(t.words, key):
		return true, true
	}
	if slices.Contains(usuallyUnticked, key) {
		return false, true
	}
	return false, l.blank
}

// same tells whether two texts mean the same tick.
func (l lookup) same(a, b string) bool {
	if l.key(a) == l.key(b) {
		return true
	}
	m, ok := wholeNumber(a)
	n, too := wholeNumber(b)
	return ok && too && m == n
}

var (
	currency  = strings.NewReplacer("£", "", "€", "", "$", "", "%", "", " ", "", "'", "", "’", "", "−", "-", "–", "-")
	thousands = map[string]*regexp.Regexp{
		".": regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`),
		",": regexp.MustCompile(`^-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?$`),
	}
)

// figures writes a number as the check of questions wants it: no currency, per cent sign, spaces or thousands marks, a point for
// decimals and at most ten of them. ok is false when the marks cannot be told apart.
func figures(cell, decimal string) (s string, ok bool) {
	if decimal == "" {
		decimal = "."
	}
	other := map[string]string{".": ",", ",": "."}[decimal]
	s = strings.TrimPrefix(currency.Replace(clean(cell)), "+")
	if thousands[decimal].MatchString(s) {
		s = strings.ReplaceAll(s, other, "")
	}
	if decimal == "," {
		if strings.Contains(s, ".") {
			return s, false
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	if _, after, ok := strings.Cut(s, "."); ok && (len(after) > 10 || strings.Trim(after, "0") == "") {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			s = strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(f, 'f', 10, 64), "0"), ".")
		}
	}
	return s, true
}
