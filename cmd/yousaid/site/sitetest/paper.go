package sitetest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// Printing is a page of a site on its way to paper: in whose hands, and an expression that is evaluated on it before, if there is one.
type Printing struct {
	Path, Cookie, Before string
}

// Printer is a browser that prints pages of sites.
type Printer struct {
	Name  string
	print func(*Site, Printing) (pdf []byte, value json.RawMessage)
}

// Printers are the browsers in which a page must print well. A test of Firefox skips where the system does not have it.
func Printers() []Printer {
	return []Printer{{"Chromium", byChromium()}, {"Firefox", byFirefox}}
}

// Print prints a page as people would, and gives what the expression was worth.
func (p Printer) Print(s *Site, one Printing) (Paper, json.RawMessage) {
	s.T.Helper()
	pdf, value := p.print(s, one)
	return Read(s.T, pdf), value
}

// byChromium prints by one window at a time, which is opened at the first page.
func byChromium() func(*Site, Printing) ([]byte, json.RawMessage) {
	var use sync.Mutex
	var window *Window
	return func(s *Site, p Printing) (pdf []byte, value json.RawMessage) {
		s.T.Helper()
		use.Lock()
		defer use.Unlock()
		if window == nil {
			window = s.Lasting(1280)
		}
		w := window.Again(s, 1280, p.Cookie).Open(p.Path)
		if p.Before != "" {
			value = Ask[json.RawMessage](w, p.Before)
		}
		ctx, done := w.step()
		defer done()
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
		w.check(err)
		return pdf, value
	}
}

func byFirefox(s *Site, p Printing) (pdf []byte, value json.RawMessage) {
	s.T.Helper()
	inFirefox(s.T, func(m *marionette) (err error) {
		if err = m.visit(s, p.Path, p.Cookie); err != nil {
			return err
		}
		if p.Before != "" {
			if value, err = m.evaluate(p.Before); err != nil {
				return err
			}
		}
		pdf, err = m.print()
		return err
	})
	return pdf, value
}

// Paper is what came out of a printer.
type Paper struct {
	PDF    []byte
	Sheets []Sheet
}

// Sheet is one side of paper. Lengths are points, from its top and its left edge.
type Sheet struct {
	Width, Height float64
	Words         []Word
	grey          []byte // a dot for each square point, 0 is black
	across        int    // dots in a line
}

// Word is a word on a sheet and the box round it.
type Word struct {
	Text                     string
	Left, Top, Right, Bottom float64
}

var (
	sheetBegins = regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">`)
	wordOnSheet = regexp.MustCompile(`<word xMin="(-?[\d.]+)" yMin="(-?[\d.]+)" xMax="(-?[\d.]+)" yMax="(-?[\d.]+)">(.*)</word>`)
)

// Read reads a PDF by the programs of poppler.
func Read(t testing.TB, pdf []byte) Paper {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(program string, arguments ...string) []byte {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, arguments...).Output()
		if err != nil {
			t.Fatalf("%s (poppler-utils, which make test installs): %v", program, err)
		}
		return out
	}
	paper := Paper{PDF: pdf}
	for _, line := range bytes.Split(run("pdftotext", "-bbox", file, "-"), []byte("\n")) {
		if m := sheetBegins.FindSubmatch(line); m != nil {
			paper.Sheets = append(paper.Sheets, Sheet{Width: number(m[1]), Height: number(m[2])})
		} else if m := wordOnSheet.FindSubmatch(line); m != nil && len(paper.Sheets) > 0 {
			last := &paper.Sheets[len(paper.Sheets)-1]
			last.Words = append(last.Words, Word{html.UnescapeString(string(m[5])), number(m[1]), number(m[2]), number(m[3]), number(m[4])})
		}
	}
	run("pdftoppm", "-r", "72", "-gray", file, filepath.Join(folder, "sheet"))
	pictures, err := filepath.Glob(filepath.Join(folder, "sheet-*.pgm"))
	if err != nil || len(pictures) != len(paper.Sheets) {
		t.Fatalf("%d sheets and %d pictures of them: %v", len(paper.Sheets), len(pictures), err)
	}
	slices.Sort(pictures) // their numbers have as many digits as the highest
	for i, picture := range pictures {
		if paper.Sheets[i].across, paper.Sheets[i].grey, err = grey(picture); err != nil {
			t.Fatal(err)
		}
	}
	return paper
}

func number(text []byte) float64 {
	v, _ := strconv.ParseFloat(string(text), 64) // its form is held by the patterns above
	return v
}

// grey reads a picture of grey dots, a PGM.
func grey(file string) (across int, dots []byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReader(f)
	var down, most int
	if _, err := fmt.Fscanf(in, "P5\n%d %d\n%d\n", &across, &down, &most); err != nil || most != 255 {
		return 0, nil, fmt.Errorf("%s is no picture of 256 greys: %w", file, err)
	}
	dots = make([]byte, across*down)
	_, err = io.ReadFull(in, dots)
	return across, dots, err
}

// dark is what is surely printed, and no rounding at the edge of a line.
const dark = 250

// Inked tells where a line of dots, so many points from the top, has ink.
func (s Sheet) Inked(y int) []bool {
	line := make([]bool, s.across)
	if y < 0 || (y+1)*s.across > len(s.grey) {
		return line
	}
	for x, v := range s.grey[y*s.across : (y+1)*s.across] {
		line[x] = v < dark
	}
	return line
}

// Ends is the lowest place with ink, in points from the top; 0 of an empty sheet.
func (s Sheet) Ends() int {
	for y := len(s.grey)/max(s.across, 1) - 1; y >= 0; y-- {
		if slices.Contains(s.Inked(y), true) {
			return y + 1
		}
	}
	return 0
}

// Picture is a sheet, the first being 1, as a PNG of so many dots an inch.
func (p Paper) Picture(t testing.TB, sheet, dots int) []byte {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "paper.pdf")
	if err := os.WriteFile(file, p.PDF, 0o600); err != nil {
		t.Fatal(err)
	}
	n := strconv.Itoa(sheet)
	out, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", strconv.Itoa(dots), "-f", n, "-l", n, "-singlefile", "-png", file).Output()
	if err != nil {
		t.Fatalf("pdftoppm (poppler-utils, which make test installs): %v", err)
	}
	return out
}
