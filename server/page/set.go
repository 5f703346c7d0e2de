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
	"sync"
	"text/template/parse"

	"yousaid/static"
)

// Set is every page of the site, parsed, in every language that has a catalogue.
type Set struct {
	*Catalogue
	assets    *static.Assets
	templates map[string]map[string]*template.Template // by language and name
	masters   map[string]*template.Template            // by name: never run, for other languages to be made of
	kinds     []string

	making sync.Mutex
	made   map[leaf]*template.Template
}

// leaf is a page in the words of a council, or in a language without words.
type leaf struct {
	words *Words
	name  string
}

// mostMade is how many pages in other languages are kept ready to run. Each takes about 80 kB; making one takes a few milliseconds.
const mostMade = 256

// Load gives every page, partial and question template, parsed, and every catalogue of words. One that is wrong is an error that names it:
// the site does not
// start. They are parsed once, however many sites a program runs.
func Load() (*Set, error) { return loaded() }

var loaded = sync.OnceValues(func() (*Set, error) {
	words, err := LoadCatalogue()
	if err != nil {
		return nil, err
	}
	return loadWith(static.Files, words)
})

// LoadFrom gives the pages and words of other files than those of the program.
func LoadFrom(files fs.FS) (*Set, error) {
	words, err := loadCatalogue(files)
	if err != nil {
		return nil, err
	}
	return loadWith(files, words)
}

func loadWith(files fs.FS, words *Catalogue) (*Set, error) {
	assets, err := static.Load()
	if err != nil {
		return nil, fmt.Errorf("reading the assets: %w", err)
	}
	return load(files, assets, words)
}

func load(files fs.FS, assets *static.Assets, words *Catalogue) (*Set, error) {
	s := &Set{Catalogue: words, assets: assets, templates: map[string]map[string]*template.Template{}}
	shared, err := s.shared(files)
	if err != nil {
		return nil, err
	}
	pages, err := fs.Glob(files, "pages/*/*.html")
	if err != nil {
		return nil, err
	}
	if s.masters, err = s.parse(files, english, shared, pages, false); err != nil {
		return nil, err
	}
	for lang, w := range s.words {
		if s.templates[lang], err = s.parse(files, w, shared, pages, true); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// parse reads every page with the words of a language. Those that are to be run are run once without data, which finds the mistakes in
// their markup.
func (s *Set) parse(files fs.FS, w *Words, shared []source, pages []string, run bool) (map[string]*template.Template, error) {
	list := map[string]*template.Template{}
	common := s.empty(w)
	if err := parseAll(common, files, shared); err != nil {
		return nil, err
	}
	for _, file := range pages {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "pages/"), ".html")
		folder, base := path.Split(name)
		if folder == "partials/" || base == "layout" {
			continue
		}
		t := s.empty(w)
		err := parseAll(t, files, []source{{"pages/" + folder + "layout.html", ""}, {file, ""}})
		if err == nil {
			err = finish(t, common)
		}
		var wrong *template.Error
		if err == nil && run && errors.As(t.ExecuteTemplate(io.Discard, "layout", nil), &wrong) {
			err = wrong
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		list[name] = t
	}
	return list, nil
}

// template gives a page to run with the words.
func (s *Set) template(w *Words, name string) (*template.Template, error) {
	missing := fmt.Errorf("there is no page %s: it would be static/pages/%s.html", name, name)
	if w.built {
		if t, ok := s.templates[w.lang][name]; ok {
			return t, nil
		}
		return nil, missing
	}
	s.making.Lock()
	defer s.making.Unlock()
	if t := s.made[leaf{w, name}]; t != nil {
		return t, nil
	}
	master, ok := s.masters[name]
	if !ok {
		return nil, missing
	}
	t, err := master.Clone()
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	t.Funcs(w.funcs())
	if s.made == nil {
		s.made = map[leaf]*template.Template{}
	}
	for other := range s.made { // any one
		if len(s.made) < mostMade {
			break
		}
		delete(s.made, other)
	}
	s.made[leaf{w, name}] = t
	return t, nil
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

// empty is a template that can call everything pages call.
func (s *Set) empty(w *Words) *template.Template {
	return template.New("page").Option("missingkey=error").Funcs(w.funcs()).Funcs(template.FuncMap{
		"asset": s.assets.Address,
		"nokind": func(kind string) (string, error) {
			return "", fmt.Errorf("there is no template questions/%s.html", kind)
		},
	}).Funcs(fieldFuncs)
}

func parseAll(t *template.Template, files fs.FS, sources []source) error {
	for _, src := range sources {
		if src.text == "" {
			body, err := fs.ReadFile(files, src.file)
			if err != nil {
				return err
			}
			src.text = string(body)
		}
		if _, err := t.New(src.file).Parse(src.text); err != nil {
			return err
		}
	}
	return nil
}

// finish gives a page the common templates that it calls, and no others, and looks whether it is whole.
func finish(t, common *template.Template) error {
	for _, needed := range []string{"layout", "title", "main"} {
		if t.Lookup(needed) == nil {
			return fmt.Errorf(`it needs {{define %q}}`, needed)
		}
	}
	return borrow(t, common, "layout", map[string]bool{})
}

// borrow copies what the template name calls out of common, as html/template writes into the templates it runs. What is nowhere is found
// when the page first runs.
func borrow(t, common *template.Template, name string, seen map[string]bool) error {
	if seen[name] {
		return nil
	}
	seen[name] = true
	called := t.Lookup(name)
	if called == nil || called.Tree == nil {
		from := common.Lookup(name)
		if from == nil || from.Tree == nil {
			return nil
		}
		var err error
		if called, err = t.AddParseTree(name, from.Tree.Copy()); err != nil {
			return err
		}
	}
	return each(called.Tree.Root, func(n parse.Node) error {
		if call, is := n.(*parse.TemplateNode); is {
			return borrow(t, common, call.Name, seen)
		}
		return nil
	})
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
	w := p.words
	if w == nil {
		w = s.wordsOf(p.Lang)
	}
	t, err := s.template(w, name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout", data); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return settle(b.Bytes(), p.Lang), nil
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

// each goes through a template, node by node, the outer ones first.
func each(n parse.Node, do func(parse.Node) error) error {
	if err := do(n); err != nil {
		return err
	}
	var inner []parse.Node
	branch := func(b *parse.BranchNode) {
		inner = append(inner, b.Pipe, b.List)
		if b.ElseList != nil {
			inner = append(inner, b.ElseList)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		inner = n.Nodes
	case *parse.ActionNode:
		inner = append(inner, n.Pipe)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			inner = append(inner, command.Args...)
		}
	case *parse.ChainNode:
		inner = append(inner, n.Node)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			inner = append(inner, n.Pipe)
		}
	}
	for _, child := range inner {
		if err := each(child, do); err != nil {
			return err
		}
	}
	return nil
}
