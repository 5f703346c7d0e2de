package surveys

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"yousaid/surveys/question"
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
func (r *reader) place(p placed, d Definition) spot {
	switch {
	case p.equality >= 0:
		return r.equality[p.equality]
	case p.question >= 0:
		at := r.questions[p.page][p.question]
		if key := p.Key(); strings.HasPrefix(key, "question.option_") || strings.HasPrefix(key, "question.score_") {
			options := d.Pages[p.page].Questions[p.question].Options
			for i := len(options) - 1; i >= 0; i-- { // of two that are alike, the second is the wrong one
				if options[i].Code == p.Arg("code") {
					return at.options[i]
				}
			}
		}
		return at.at
	case p.page >= 0:
		return r.pages[p.page]
	default:
		return r.start
	}
}

func (r *reader) problem(n ast.Node, format string, args ...any) {
	p := position(n)
	r.found = append(r.found, YAMLError{p.Line, p.Column, fmt.Sprintf(format, args...)})
}

// field is a key that a mapping may have.
type field struct {
	name     string
	required bool
	read     func(ast.Node)
}

// mapping reads the keys of a mapping: only those known, each once, none of the required missing.
func (r *reader) mapping(n ast.Node, what string, fields []field) {
	values, ok := pairs(n)
	if !ok {
		r.problem(n, "%s must be keys and values, like “%s: …”. %s", what, fields[0].name, found(n))
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
			r.problem(v.Key, "“%s” is not a key of %s. The keys are: %s.", clip(key), strings.ToLower(what[:1])+what[1:], strings.Join(names, ", "))
		case seen[key]:
			r.problem(v.Key, "“%s” stands here twice. Keep one of them.", key)
		default:
			fields[at].read(v.Value)
		}
		seen[key] = true
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			r.problem(n, "%s has no “%s”. Add it.", what, f.name)
		}
	}
}

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
func found(n ast.Node) string {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "There is nothing here: write it or take the key away."
	case *ast.MappingNode, *ast.MappingValueNode:
		return "There are keys and values here."
	case *ast.SequenceNode:
		return "There is a list here."
	case *ast.StringNode, *ast.LiteralNode:
		return "There is a text here."
	default:
		return fmt.Sprintf("There is %s here.", clip(n.GetToken().Value))
	}
}

func (r *reader) list(n ast.Node, what string, read func(ast.Node)) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		r.problem(n, "%s must be a list, each entry starting with “- ”. %s", what, found(n))
		return
	}
	for _, v := range seq.Values {
		read(v)
	}
}

func (r *reader) text(n ast.Node, what string) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		r.problem(n, "%s must be a text. Put it in quotes: \"%s\".", what, clip(n.GetToken().Value))
	default:
		r.problem(n, "%s must be a text. %s", what, found(n))
	}
	return ""
}

// wording reads a text by language. A bare text is not enough: nobody could tell its language.
func (r *reader) wording(n ast.Node, what string) question.Text {
	values, ok := pairs(n)
	if !ok || len(values) == 0 {
		r.problem(n, "%s must say its language, like {en: Yes, cy: Ie}.", what)
		return nil
	}
	t := question.Text{}
	for _, v := range values {
		tag := v.Key.GetToken().Value
		if _, twice := t[tag]; twice {
			r.problem(v.Key, "“%s” stands here twice. Keep one of them.", clip(tag))
			continue
		}
		if !languageTag.MatchString(tag) {
			r.problem(v.Key, "“%s” is not a language code like en or cy.", clip(tag))
		}
		t[tag] = r.text(v.Value, what)
	}
	return t
}

func (r *reader) truth(n ast.Node, what string) bool {
	b, ok := n.(*ast.BoolNode)
	if !ok {
		r.problem(n, "%s must be true or false, without quotes. %s", what, found(n))
		return false
	}
	return b.Value
}

func (r *reader) number(n ast.Node, what string) *float64 {
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
		r.problem(n, "%s must be a number, without quotes. %s", what, found(n))
	}
	return &f
}
