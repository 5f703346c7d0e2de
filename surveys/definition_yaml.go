package surveys

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// Limits of a questionnaire file. They stop a file that would take all memory or time, long before any real one.
const (
	MaxYAML     = 1 << 20 // bytes
	maxKeys     = 20_000  // the parser's work grows with the square of the keys
	maxDepth    = 20      // nested brackets
	maxIndent   = 100     // columns
	maxProblems = 100     // reported at once
)

// YAMLError is one thing to put right in a questionnaire file. Line and column count from 1.
type YAMLError struct {
	Line, Column int
	wording.Message
}

// Error says where and what.
func (e YAMLError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
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
		return Definition{}, atStart("yaml.too_large|The file is larger than 1 MB. A questionnaire is much smaller: check that this is " +
			"the right file.")
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
			at := r.place(p)
			r.found = append(r.found, YAMLError{at.Line, at.Column, p.Message})
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

// atStart is a problem of a file as a whole.
func atStart(text string, args ...any) YAMLErrors {
	return YAMLErrors{{1, 1, wording.Say(text, args...)}}
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
	return YAMLError{line, column, wording.Say("yaml.bad_character|There is a character here that is not text. Save the file as " +
		"UTF-8 and try again.")}
}

// syntax reads the tree of a file, after refusing what no questionnaire needs and some files use to hide their size.
func syntax(src string) (root ast.Node, err error) {
	// The parser is somebody else's: should it stumble over a file nobody thought of, that is the file's problem and not the program's.
	defer func() {
		if recover() != nil {
			root, err = nil, atStart("yaml.unreadable|The file cannot be read as YAML. Compare it with an exported questionnaire.")
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
			return nil, YAMLErrors{{p.Line, p.Column, wording.Say("yaml.syntax|This cannot be read as YAML: %s. Check the spaces at the start of "+
				"the line, the quotes and the brackets.", wording.Only{Language: "en", Text: at.GetMessage()})}}
		}
		return nil, atStart("yaml.syntax_somewhere|This cannot be read as YAML: %s", wording.Only{Language: "en", Text: err.Error()})
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) == 0 {
		return nil, atStart("yaml.empty|The file is empty. Start with “survey:” and its short name.")
	}
	if len(bodies) > 1 {
		p := position(bodies[1])
		return nil, YAMLErrors{{p.Line, p.Column,
			wording.Say("yaml.second|There is a second questionnaire in this file. Put each in a file of its own.")}}
	}
	return bodies[0], nil
}

func refuse(tokens token.Tokens) YAMLErrors {
	var found YAMLErrors
	keys, depth := 0, 0
	for _, t := range tokens {
		add := func(text string) {
			found = append(found, YAMLError{t.Position.Line, t.Position.Column, wording.Say(text)})
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			add("yaml.names_for_parts|Names for parts (&, * and <<) cannot be used here. Write the part out, or put the text in quotes.")
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			add("yaml.tags|Lines with “!”, “%” or “?” at the start of a value cannot be used here. Put the text in quotes.")
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.MappingValueType:
			keys++
		}
		if block := t.Type == token.SequenceEntryType; depth > maxDepth || depth <= 0 && block && t.Position.Column > maxIndent ||
			t.Position.IndentNum > maxIndent {
			add("yaml.too_deep|This is nested too deeply for a questionnaire. Compare it with an exported one.")
		}
		if keys > maxKeys {
			add("yaml.too_long|The questionnaire is too long. Split it into several surveys.")
		}
		if len(found) > 0 && (depth > maxDepth || keys > maxKeys || len(found) >= maxProblems) {
			break
		}
	}
	return found
}

func (r *reader) definition(n ast.Node) (d Definition) {
	r.start = position(n)
	r.mapping(n, wording.Say("yaml.questionnaire|the questionnaire"), []field{
		{"survey", true, func(n ast.Node) { d.Survey = r.text(n, quoted("survey")) }},
		{"title", true, func(n ast.Node) { d.Title = r.wording(n, quoted("title")) }},
		{"intro", false, func(n ast.Node) { d.Intro = r.wording(n, quoted("intro")) }},
		{"pages", true, func(n ast.Node) {
			r.list(n, quoted("pages"), func(n ast.Node) { d.Pages = append(d.Pages, r.page(n)) })
		}},
		{"equality", false, func(n ast.Node) {
			r.list(n, quoted("equality"), func(n ast.Node) {
				d.Equality = append(d.Equality, r.text(n, entryOf("equality")))
				r.equality = append(r.equality, position(n))
			})
		}},
		{"not_reviewed", false, func(n ast.Node) {
			r.list(n, quoted("not_reviewed"), func(n ast.Node) { d.NotReviewed = append(d.NotReviewed, r.text(n, entryOf("not_reviewed"))) })
		}},
	})
	return d
}

func (r *reader) page(n ast.Node) (p Page) {
	r.pages = append(r.pages, position(n))
	r.questions = append(r.questions, nil)
	r.mapping(n, wording.Say("yaml.page|a page"), []field{
		{"questions", true, func(n ast.Node) {
			r.list(n, quoted("questions"), func(n ast.Node) { p.Questions = append(p.Questions, r.question(n)) })
		}},
		{"title", false, func(n ast.Node) { p.Title = r.wording(n, quoted("title")) }},
	})
	return p
}

func (r *reader) question(n ast.Node) (q question.Question) {
	at := asked{at: position(n)}
	r.mapping(n, wording.Say("yaml.question|a question"), append([]field{
		{"code", true, func(n ast.Node) { q.Code = r.text(n, quoted("code")) }},
		{"kind", true, func(n ast.Node) { q.Kind = question.Kind(r.text(n, quoted("kind"))) }},
		{"options", false, func(n ast.Node) {
			r.list(n, quoted("options"), func(n ast.Node) {
				at.options = append(at.options, position(n))
				q.Options = append(q.Options, r.option(n))
			})
		}},
	}, attributeFields(r, question.Attributes, &q)...))
	last := len(r.questions) - 1
	r.questions[last] = append(r.questions[last], at)
	return q
}

func (r *reader) option(n ast.Node) (o question.Option) {
	r.mapping(n, wording.Say("yaml.option|an option"), append([]field{
		{"code", true, func(n ast.Node) { o.Code = r.text(n, quoted("code")) }},
	}, attributeFields(r, question.OptionAttributes, &o)...))
	return o
}

// attributeFields are the keys of the attributes of a question or an option.
func attributeFields[T any](r *reader, list []question.Attribute[T], of *T) (fields []field) {
	for _, a := range list {
		fields = append(fields, field{a.Key, a.Needed, func(n ast.Node) {
			switch into := a.Of(of).(type) {
			case *bool:
				*into = r.truth(n, quoted(a.Key))
			case *string:
				*into = r.text(n, quoted(a.Key))
			case *question.Text:
				*into = r.wording(n, quoted(a.Key))
			case **float64:
				*into = r.number(n, quoted(a.Key))
			case *int:
				*into = r.whole(n, quoted(a.Key), a.Least, a.Most)
			}
		}})
	}
	return fields
}
