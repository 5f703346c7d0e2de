package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"text/template/parse"

	"yousaid/static"
)

// Set is every page of the site, parsed, in every language that has a catalogue.
type Set struct {
	assets    *static.Assets
	words     map[string]*words // by language; "" for a language without a catalogue
	templates map[string]map[string]*template.Template
	kinds     []string
}

// Load parses every page, partial and question template and reads every catalogue of
// words. One that is wrong is an error that names it: the site does not start.
func Load(assets *static.Assets) (*Set, error) { return load(static.Files, assets) }

func load(files fs.FS, assets *static.Assets) (*Set, error) {
	s := &Set{assets: assets, templates: map[string]map[string]*template.Template{}}
	var err error
	if s.words, err = loadWords(files); err != nil {
		return nil, err
	}
	shared, err := s.shared(files)
	if err != nil {
		return nil, err
	}
	pages, err := fs.Glob(files, "pages/*/*.html")
	if err != nil {
		return nil, err
	}
	for lang, w := range s.words {
		s.templates[lang] = map[string]*template.Template{}
		for _, file := range pages {
			name := strings.TrimSuffix(strings.TrimPrefix(file, "pages/"), ".html")
			folder, base := path.Split(name)
			if folder == "partials/" || base == "layout" {
				continue
			}
			t, err := s.parse(files, w, append(shared, source{"pages/" + folder + "layout.html", ""}, source{file, ""}))
			if err != nil {
				return nil, fmt.Errorf("page %s: %w", name, err)
			}
			s.templates[lang][name] = t
		}
	}
	return s, nil
}

// source is a template file, or its text where that is made here.
type source struct{ file, text string }

// shared lists the partials, the question templates, and the switch from a question's kind to its template.
func (s *Set) shared(files fs.FS) ([]source, error) {
	partials, err := fs.Glob(files, "pages/partials/*.html")
	if err != nil {
		return nil, err
	}
	var all []source
	for _, file := range partials {
		all = append(all, source{file: file})
	}
	questions, err := fs.Glob(files, "questions/*.html")
	if err != nil {
		return nil, err
	}
	choice := `{{define "question"}}{{if false}}`
	for _, file := range questions {
		kind := strings.TrimSuffix(path.Base(file), ".html")
		body, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		all = append(all, source{file, fmt.Sprintf("{{define %q}}%s{{end}}", "questions/"+kind, body)})
		choice += fmt.Sprintf("{{else if eq .Kind %q}}{{template %q .}}", kind, "questions/"+kind)
		s.kinds = append(s.kinds, kind)
	}
	sort.Strings(s.kinds)
	return append(all, source{"questions", choice + `{{else}}{{nokind .Kind}}{{end}}{{end}}`}), nil
}

func (s *Set) parse(files fs.FS, w *words, sources []source) (*template.Template, error) {
	t := template.New("page").Option("missingkey=error").Funcs(w.funcs()).Funcs(template.FuncMap{
		"asset": s.assets.Address,
		"nokind": func(kind string) (string, error) {
			return "", fmt.Errorf("there is no template questions/%s.html", kind)
		},
	}).Funcs(fieldFuncs)
	for _, src := range sources {
		if src.text == "" {
			body, err := fs.ReadFile(files, src.file)
			if err != nil {
				return nil, err
			}
			src.text = string(body)
		}
		if _, err := t.New(src.file).Parse(src.text); err != nil {
			return nil, err
		}
	}
	for _, needed := range []string{"layout", "title", "main"} {
		if t.Lookup(needed) == nil {
			return nil, fmt.Errorf(`it needs {{define %q}}`, needed)
		}
	}
	// <title> holds letters only: a word that falls back to English may not bring its <span> there.
	if err := plainTemplate(t, "title", "title"); err != nil {
		return nil, err
	}
	// html/template looks for mistakes in the markup when it first runs: run it now, without data.
	var wrong *template.Error
	if err := t.ExecuteTemplate(io.Discard, "layout", nil); errors.As(err, &wrong) {
		return nil, err
	}
	return t, nil
}

// RenderBytes gives the whole page as bytes: for Render, and for the store of ready first pages.
// The data embeds Page, started with New or In.
func (s *Set) RenderBytes(name string, data any) ([]byte, error) {
	v, ok := data.(view)
	if !ok {
		return nil, notAPage(name, data)
	}
	p := v.frame()
	if p.Lang == "" || p.Dir == "" {
		return nil, fmt.Errorf("page %s has no language: start it with page.New", name)
	}
	t, ok := s.templates[s.wordsOf(p.Lang).lang][name]
	if !ok {
		return nil, fmt.Errorf("there is no page %s: it would be static/pages/%s.html", name, name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Names lists every page, such as "public/thanks", in order.
func (s *Set) Names() []string {
	var names []string
	for name := range s.templates["en"] {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Kinds lists the question kinds that have a template, in order.
func (s *Set) Kinds() []string { return s.kinds }

// Asset is the address of a file of static/assets, such as "public.css".
func (s *Set) Asset(name string) (string, error) { return s.assets.Address(name) }

// plainTemplate makes every t in a template a tt. Templates that it calls are copied first, since elsewhere they keep their t.
func plainTemplate(t *template.Template, name, as string) error {
	called := t.Lookup(name)
	if called == nil || called.Tree == nil {
		return fmt.Errorf("there is no template %q", name)
	}
	tree := called.Tree.Copy()
	if _, err := t.AddParseTree(as, tree); err != nil {
		return err
	}
	return plainWords(t, tree.Root)
}

func plainWords(t *template.Template, n parse.Node) error {
	children := func(nodes ...parse.Node) error {
		for _, child := range nodes {
			if err := plainWords(t, child); err != nil {
				return err
			}
		}
		return nil
	}
	branch := func(b *parse.BranchNode) error {
		if b.ElseList != nil {
			return children(b.Pipe, b.List, b.ElseList)
		}
		return children(b.Pipe, b.List)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		return children(n.Nodes...)
	case *parse.ActionNode:
		return plainWords(t, n.Pipe)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			if err := children(command.Args...); err != nil {
				return err
			}
		}
	case *parse.IdentifierNode:
		if n.Ident == "t" {
			n.Ident = "tt"
		}
	case *parse.IfNode:
		return branch(&n.BranchNode)
	case *parse.WithNode:
		return branch(&n.BranchNode)
	case *parse.RangeNode:
		return branch(&n.BranchNode)
	case *parse.TemplateNode:
		plain := n.Name + " (plain)"
		if t.Lookup(plain) != nil {
			n.Name = plain
			return nil
		}
		if err := plainTemplate(t, n.Name, plain); err != nil {
			return err
		}
		n.Name = plain
	}
	return nil
}
