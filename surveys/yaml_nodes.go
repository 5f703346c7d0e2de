package surveys

import (
	"math"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// spot is a place in the file.
type spot struct{ Line, Column int }

func position(n ast.Node) spot {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return position(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return position(n.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return spot{t.Position.Line, t.Position.Column}
	}
	return spot{1, 1}
}

// reader turns the tree into a Definition, noting every problem and remembering where the parts were.
type reader struct {
	found     YAMLErrors
	start     spot
	pages     []spot
	questions [][]asked
	equality  []spot
}

type asked struct {
	at      spot
	options []spot
}

// place finds where in the file a problem of Check is.
func (r *reader) place(p placed) spot {
	switch {
	case p.equality >= 0:
		return r.equality[p.equality]
	case p.question >= 0 && p.Option > 0:
		return r.questions[p.page][p.question].options[p.Option-1]
	case p.question >= 0:
		return r.questions[p.page][p.question].at
	case p.page >= 0:
		return r.pages[p.page]
	default:
		return r.start
	}
}

func (r *reader) problem(n ast.Node, text string, args ...any) {
	p := position(n)
	r.found = append(r.found, YAMLError{p.Line, p.Column, wording.Say(text, args...)})
}

// quoted names what stands under a key.
func quoted(key string) wording.Message { return wording.Plain("“" + key + "”") }

// entryOf names what stands in the list under a key.
func entryOf(key string) wording.Message {
	return wording.Say("yaml.entry_of|Each entry of “%s”", key)
}

// field is a key that a mapping may have.
type field struct {
	name     string
	required bool
	read     func(ast.Node)
}

// mapping reads the keys of a mapping: only those known, each once, none of the required missing.
func (r *reader) mapping(n ast.Node, what wording.Message, fields []field) {
	values, ok := pairs(n)
	if !ok {
		r.problem(n, "yaml.no_mapping|In place of %s there must be keys and values, like “%s: …”. %s", what, fields[0].name, found(n))
		return
	}
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		switch {
		case at < 0:
			var names []string
			for _, f := range fields {
				names = append(names, f.name)
			}
			r.problem(v.Key, "yaml.unknown_key|“%s” is not a key of %s. The keys are: %s.", clip(key), what, strings.Join(names, ", "))
		case seen[key]:
			r.problem(v.Key, twice, key)
		default:
			fields[at].read(v.Value)
		}
		seen[key] = true
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			r.problem(n, "yaml.key_missing|There is no “%s” in %s. Add it.", f.name, what)
		}
	}
}

const twice = "yaml.twice|“%s” stands here twice. Keep one of them."

func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// found says what stands where something else should.
func found(n ast.Node) wording.Message {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return wording.Say("yaml.found_nothing|There is nothing here: write it or take the key away.")
	case *ast.MappingNode, *ast.MappingValueNode:
		return wording.Say("yaml.found_keys|There are keys and values here.")
	case *ast.SequenceNode:
		return wording.Say("yaml.found_list|There is a list here.")
	case *ast.StringNode, *ast.LiteralNode:
		return wording.Say("yaml.found_text|There is a text here.")
	default:
		return wording.Say("yaml.found|There is %s here.", clip(n.GetToken().Value))
	}
}

func (r *reader) list(n ast.Node, what wording.Message, read func(ast.Node)) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.problem(n, "yaml.no_list|%s must be a list, each entry starting with “- ”. %s", what, found(n))
		return
	}
	for _, v := range seq.Values {
		read(v)
	}
}

func (r *reader) text(n ast.Node, what wording.Message) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		r.problem(n, "yaml.unquoted_text|%s must be a text. Put it in quotes: \"%s\".", what, clip(n.GetToken().Value))
	default:
		r.problem(n, "yaml.no_text|%s must be a text. %s", what, found(n))
	}
	return ""
}

// wording reads a text by language. A bare text is not enough: nobody could tell its language.
func (r *reader) wording(n ast.Node, what wording.Message) question.Text {
	values, ok := pairs(n)
	if !ok || len(values) == 0 {
		r.problem(n, "yaml.no_language|%s must say its language, like {en: Yes, cy: Ie}.", what)
		return nil
	}
	t := question.Text{}
	for _, v := range values {
		tag := v.Key.GetToken().Value
		if _, there := t[tag]; there {
			r.problem(v.Key, twice, clip(tag))
			continue
		}
		if !languageTag.MatchString(tag) {
			r.problem(v.Key, badLanguage, clip(tag))
		}
		t[tag] = r.text(v.Value, what)
	}
	return t
}

func (r *reader) truth(n ast.Node, what wording.Message) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.problem(n, "yaml.no_truth|%s must be true or false, without quotes. %s", what, found(n))
		return false
	}
	return b.Value
}

func (r *reader) number(n ast.Node, what wording.Message) *float64 {
	var f float64
	switch n := n.(type) {
	case *ast.IntegerNode:
		switch v := n.Value.(type) {
		case int64:
			f = float64(v)
		case uint64:
			f = float64(v)
		}
	case *ast.FloatNode:
		f = n.Value
	default:
		r.problem(n, "yaml.no_number|%s must be a number, without quotes. %s", what, found(n))
	}
	return &f
}

func (r *reader) whole(n ast.Node, what wording.Message, least, most float64) int {
	f := *r.number(n, what)
	if f != math.Trunc(f) || f < least || f > most {
		r.problem(n, "yaml.whole_number|%s must be a whole number from %s to %s.", what, question.Decimal(least), question.Decimal(most))
		return 0
	}
	return int(f)
}
