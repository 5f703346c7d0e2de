package importing

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a mapping. They stop a file that would take all memory or time, long before any real one.
const (
	maxMap    = 1 << 20 // bytes
	maxKeys   = 20_000
	maxDepth  = 20  // nested brackets
	maxIndent = 100 // columns
)

// Error is one thing to put right in a mapping.
type Error struct {
	At   Pos
	What string
}

// Error says where and what.
func (e Error) Error() string {
	if e.At.Line == 0 {
		return e.What
	}
	return fmt.Sprintf("line %d, column %d: %s", e.At.Line, e.At.Column, e.What)
}

// ParseMap reads a mapping. It is strict: an unknown key, a value of the wrong shape or a missing part is an Error with its line
// and column.
func ParseMap(src []byte) (m Map, err error) {
	if len(src) > maxMap {
		return Map{}, Error{What: fmt.Sprintf("the mapping is larger than %d kB: is this the right file?", maxMap>>10)}
	}
	// The YAML library is not ours and the file is not either: whatever it cannot read is reported as a mistake in the file.
	defer func() {
		if p := recover(); p != nil {
			m, err = Map{}, Error{What: "this is not YAML that can be read: check quotes, brackets and spaces at the start of lines"}
		}
	}()
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if !utf8.Valid(src) || bytes.ContainsRune(src, 0) {
		return Map{}, Error{What: "the mapping holds characters that are no text: save it as UTF-8"}
	}
	tokens := lexer.Tokenize(string(src))
	if err := needless(tokens); err != nil {
		return Map{}, err
	}
	// The parser's own search for repeated keys takes time by the square of the keys: entries does it.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return Map{}, syntaxError(err)
	}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc == nil || doc.Body == nil {
			continue
		}
		if body != nil {
			return Map{}, Error{At: at(doc.Body), What: "a second document starts here: keep one mapping in one file"}
		}
		body = doc.Body
	}
	if body == nil {
		return Map{}, Error{What: "the mapping is empty: write at least `questions:`"}
	}
	r := reader{lists: map[string]Reading{}}
	return r.mapping(body)
}

// needless refuses what a mapping has no use for (value_lists do the work of anchors in the open) and what would bring a parser down.
func needless(tokens token.Tokens) error {
	keys, depth := 0, 0
	for _, t := range tokens {
		here := Pos{t.Position.Line, t.Position.Column}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return Error{here, "&, * and << are not used here: name a list under value_lists and write its name, or put the text in quotes"}
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			return Error{here, "a value that starts with !, % or ? must stand in quotes"}
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.MappingValueType:
			keys++
		}
		if depth > maxDepth || t.Position.IndentNum > maxIndent || t.Type == token.SequenceEntryType && t.Position.Column > maxIndent &&
			depth <= 0 {
			return Error{here, "this is nested too deeply: a mapping needs only a few levels"}
		}
		if keys > maxKeys {
			return Error{here, "the mapping is too long"}
		}
	}
	return nil
}

func syntaxError(err error) error {
	var y yaml.Error
	if errors.As(err, &y) {
		if tk := y.GetToken(); tk != nil && tk.Position != nil {
			what := "this is not YAML that can be read: " + y.GetMessage()
			if strings.Contains(y.GetMessage(), "mapping value is not allowed") {
				what = `there is a colon too many: a text with a colon in it stands in quotes, as in column: "Reference: old"`
			}
			return Error{At: Pos{tk.Position.Line, tk.Position.Column}, What: what}
		}
	}
	return Error{What: "this is not YAML that can be read: " + err.Error()}
}

// at is where a node starts.
func at(n ast.Node) Pos {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Pos{}
	}
	p := n.GetToken().Position
	// The token of a block mapping is the colon of its first line: its first key is where a person looks.
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return at(n.Values[0])
		}
	case *ast.MappingValueNode:
		if n.Key != nil {
			return at(n.Key)
		}
	}
	return Pos{p.Line, p.Column}
}

// entry is one line of a YAML mapping.
type entry struct {
	key   string
	quote bool // the key was no plain number
	value ast.Node
	at    Pos
}

// entries lists a YAML mapping in the order it is written. The error says what it is instead, or which key stands twice.
func entries(n ast.Node, otherwise string) (all []entry, err error) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, Error{at(n), otherwise}
	}
	lines := map[string]int{}
	for _, v := range values {
		key, _ := scalar(v.Key)
		if _, null := v.Key.(*ast.NullNode); null {
			key = v.Key.GetToken().Value // a text of the file may be "null"
		}
		_, number := v.Key.(*ast.IntegerNode)
		here := at(v.Key)
		if line, twice := lines[key]; twice {
			return nil, Error{here, fmt.Sprintf("%q stands on line %d already: keep one of them", clip(key), line)}
		}
		lines[key] = here.Line
		all = append(all, entry{key: key, quote: !number, value: v.Value, at: here})
	}
	return all, nil
}

// scalar gives the text of a value as it is written: 1.0, yes and 0-9 stay what they look like. Nothing at all is the empty text.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	case *ast.NullNode:
		return "", true
	}
	return "", false
}
