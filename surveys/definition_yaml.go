package surveys

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"yousaid/surveys/question"
)

// Limits of a questionnaire file. They stop a file that would take all memory or time, long before any real one.
const (
	MaxYAML     = 1 << 20 // bytes
	maxKeys     = 20_000  // the parser's work grows with the square of the keys
	maxDepth    = 20      // nested brackets
	maxIndent   = 100     // columns
	maxProblems = 100     // told at once
)

// YAMLError is one thing to put right in a questionnaire file. Line and column count from 1.
type YAMLError struct {
	Line, Column int
	Problem      string
}

// Error says where and what.
func (e YAMLError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// YAMLErrors is everything to put right in a questionnaire file, from top to bottom.
type YAMLErrors []YAMLError

// Error gives every problem on a line of its own.
func (es YAMLErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// ParseYAML reads a questionnaire (docs/questionnaire-yaml.md). Unknown and repeated keys, wrong types and whatever Check refuses
// come back as YAMLErrors, all at once.
func ParseYAML(src []byte) (Definition, error) {
	if len(src) > MaxYAML {
		return Definition{}, YAMLErrors{{1, 1,
			"The file is larger than 1 MB. A questionnaire is much smaller: check that this is the right file."}}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !utf8.Valid(src) || bytes.ContainsRune(src, 0) {
		return Definition{}, YAMLErrors{badCharacter(src)}
	}
	root, err := syntax(string(src))
	if err != nil {
		return Definition{}, err
	}
	r := reader{}
	def := r.definition(root)
	if len(r.found) == 0 {
		for _, p := range def.check() {
			r.found = append(r.found, YAMLError{r.place(p, def).Line, r.place(p, def).Column, p.English})
		}
	}
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, func(a, b YAMLError) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return Definition{}, r.found[:min(len(r.found), maxProblems)]
	}
	return def, nil
}

func badCharacter(src []byte) YAMLError {
	line, column := 1, 1
	for len(src) > 0 {
		c, n := utf8.DecodeRune(src)
		if c == 0 || c == utf8.RuneError && n == 1 {
			break
		}
		if column++; c == '\n' {
			line, column = line+1, 1
		}
		src = src[n:]
	}
	return YAMLError{line, column, "There is a character here that is not text. Save the file as UTF-8 and try again."}
}

// syntax reads the tree of a file, after refusing what no questionnaire needs and some files use to hide their size.
func syntax(src string) (root ast.Node, err error) {
	// The parser is somebody else's: should it stumble over a file nobody thought of, that is the file's problem and not the program's.
	defer func() {
		if recover() != nil {
			root, err = nil, YAMLErrors{{1, 1, "The file cannot be read as YAML. Compare it with an exported questionnaire."}}
		}
	}()
	tokens := lexer.Tokenize(src)
	if refused := refuse(tokens); len(refused) > 0 {
		return nil, refused
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
			p := at.GetToken().Position
			return nil, YAMLErrors{{p.Line, p.Column, "This cannot be read as YAML: " + at.GetMessage() + ". Check the spaces at the " +
				"start of the line, the quotes and the brackets."}}
		}
		return nil, YAMLErrors{{1, 1, "This cannot be read as YAML: " + err.Error()}}
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) == 0 {
		return nil, YAMLErrors{{1, 1, "The file is empty. Start with “survey:” and its short name."}}
	}
	if len(bodies) > 1 {
		p := position(bodies[1])
		return nil, YAMLErrors{{p.Line, p.Column, "There is a second questionnaire in this file. Put each in a file of its own."}}
	}
	return bodies[0], nil
}

func refuse(tokens token.Tokens) YAMLErrors {
	var found YAMLErrors
	keys, depth := 0, 0
	for _, t := range tokens {
		add := func(problem string) { found = append(found, YAMLError{t.Position.Line, t.Position.Column, problem}) }
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			add("Names for parts (&, * and <<) cannot be used here. Write the part out, or put the text in quotes.")
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			add("Lines with “!”, “%” or “?” at the start of a value cannot be used here. Put the text in quotes.")
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.MappingValueType:
			keys++
		}
		if block := t.Type == token.SequenceEntryType; depth > maxDepth || depth <= 0 && block && t.Position.Column > maxIndent ||
			t.Position.IndentNum > maxIndent {
			add("This is nested too deeply for a questionnaire. Compare it with an exported one.")
		}
		if keys > maxKeys {
			add("The questionnaire is too long. Split it into several surveys.")
		}
		if len(found) > 0 && (depth > maxDepth || keys > maxKeys || len(found) >= maxProblems) {
			break
		}
	}
	return found
}

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
		if strings.HasPrefix(p.Key, "question.option_") || strings.HasPrefix(p.Key, "question.score_") {
			options := d.Pages[p.page].Questions[p.question].Options
			for i := len(options) - 1; i >= 0; i-- { // of two that are alike, the second is the wrong one
				if options[i].Code == p.Args["code"] {
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

func (r *reader) definition(n ast.Node) (d Definition) {
	r.start = position(n)
	r.mapping(n, "The questionnaire", []field{
		{"survey", true, func(n ast.Node) { d.Survey = r.text(n, "The survey’s short name") }},
		{"title", true, func(n ast.Node) { d.Title = r.wording(n, "The title") }},
		{"intro", false, func(n ast.Node) { d.Intro = r.wording(n, "The intro") }},
		{"pages", true, func(n ast.Node) {
			r.list(n, "The pages", func(n ast.Node) { d.Pages = append(d.Pages, r.page(n)) })
		}},
		{"equality", false, func(n ast.Node) {
			r.list(n, "The equality characteristics", func(n ast.Node) {
				d.Equality = append(d.Equality, r.text(n, "An equality characteristic"))
				r.equality = append(r.equality, position(n))
			})
		}},
		{"not_reviewed", false, func(n ast.Node) {
			r.list(n, "The languages not reviewed", func(n ast.Node) { d.NotReviewed = append(d.NotReviewed, r.text(n, "A language code")) })
		}},
	})
	return d
}

func (r *reader) page(n ast.Node) (p Page) {
	r.pages = append(r.pages, position(n))
	r.questions = append(r.questions, nil)
	r.mapping(n, "A page", []field{
		{"questions", true, func(n ast.Node) {
			r.list(n, "The questions", func(n ast.Node) { p.Questions = append(p.Questions, r.question(n)) })
		}},
		{"title", false, func(n ast.Node) { p.Title = r.wording(n, "The title of a page") }},
	})
	return p
}

func (r *reader) question(n ast.Node) (q question.Question) {
	at := asked{at: position(n)}
	r.mapping(n, "A question", []field{
		{"code", true, func(n ast.Node) { q.Code = r.text(n, "The code of a question") }},
		{"kind", true, func(n ast.Node) { q.Kind = question.Kind(r.text(n, "The kind of a question")) }},
		{"text", true, func(n ast.Node) { q.Text = r.wording(n, "The text of a question") }},
		{"hint", false, func(n ast.Node) { q.Hint = r.wording(n, "The hint") }},
		{"required", false, func(n ast.Node) { q.Required = r.truth(n, "“required”") }},
		{"options", false, func(n ast.Node) {
			r.list(n, "The options", func(n ast.Node) {
				at.options = append(at.options, position(n))
				q.Options = append(q.Options, r.option(n))
			})
		}},
		{"scale", false, func(n ast.Node) { q.Scale = r.text(n, "The scale") }},
		{"bank", false, func(n ast.Node) { q.Bank = r.text(n, "The bank name") }},
		{"max_length", false, func(n ast.Node) {
			f := *r.number(n, "max_length")
			if f != math.Trunc(f) || f < 1 || f > question.MostText {
				r.problem(n, "max_length must be a whole number from 1 to %d.", question.MostText)
				return
			}
			q.MaxLength = int(f)
		}},
		{"min", false, func(n ast.Node) { q.Min = r.number(n, "min") }},
		{"max", false, func(n ast.Node) { q.Max = r.number(n, "max") }},
	})
	last := len(r.questions) - 1
	r.questions[last] = append(r.questions[last], at)
	return q
}

func (r *reader) option(n ast.Node) (o question.Option) {
	r.mapping(n, "An option", []field{
		{"code", true, func(n ast.Node) { o.Code = r.text(n, "The code of an option") }},
		{"text", true, func(n ast.Node) { o.Text = r.wording(n, "The text of an option") }},
		{"score", false, func(n ast.Node) { o.Score = r.number(n, "The score") }},
		{"satisfied", false, func(n ast.Node) { o.Satisfied = r.truth(n, "“satisfied”") }},
		{"dont_know", false, func(n ast.Node) { o.DontKnow = r.truth(n, "“dont_know”") }},
		{"exclusive", false, func(n ast.Node) { o.Exclusive = r.truth(n, "“exclusive”") }},
	})
	return o
}
