package site_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
)

// markers puts a tiny white word before and after every text of the page's main part, "qx7a" and "qx7z" round the eighth: where
// they are printed tells which sheet the text is on. The value is what each text belongs to: the row of a table or of a drawing
// that may not be cut, and whether it is a heading, which may not be left alone. Texts that are not printed have no place on paper,
// and no say. An empty block before the page moves where sheets end.
const markers = `((down) => {
	const main = document.querySelector('main'), list = [], rows = new Map();
	const unbroken = 'tr, .site-chart__row, h1, h2, h3, h4, caption, figcaption, dt';
	const headings = 'h1, h2, h3, h4, h5, caption, figcaption, dt, thead tr, .site-chart__key';
	const unseen = 'script, style, select, textarea, title, desc, button, .govuk-visually-hidden, [hidden]';
	const useless = '.site-noprint, .site-filters, .govuk-pagination, .govuk-button, .site-buttons';
	const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), texts = [];
	while (walk.nextNode()) texts.push(walk.currentNode);
	for (const text of texts) {
		const parent = text.parentElement;
		if (!text.data.trim() || parent.closest(unseen)) continue;
		const drawn = parent.closest('svg');
		const put = (end, before) => {
			const mark = document.createElementNS(drawn ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml', drawn ? 'tspan' : 'span');
			mark.textContent = 'qx' + list.length + end;
			// Not by an attribute, which the site's own headers forbid. What it takes, the margin gives back.
			const side = getComputedStyle(parent).direction == 'rtl' ? 'left' : 'right';
			mark.style.cssText = 'white-space: nowrap; direction: ltr; unicode-bidi: isolate; line-height: 0; letter-spacing: 0; ' +
				'color: #fff; fill: #fff; font-size: ' + (drawn ? '0.5px' : '1px') + '; margin-' + side + ': -3px';
			parent.insertBefore(mark, before);
		};
		const label = text.data.trim().slice(0, 40), from = text.data.search(/\S/), to = text.data.search(/\s*$/) - 1;
		put('z', text.splitText(to)); // before the last letter: after it, it could stand beyond the edge of the sheet
		put('a', from < to ? text.splitText(from) : text.nextSibling);
		const row = parent.closest(unbroken);
		if (row && !rows.has(row)) rows.set(row, rows.size + 1);
		list.push({text: label, row: row ? rows.get(row) : 0, heading: !!parent.closest(headings), useless: !!parent.closest(useless)});
	}
	if (down) {
		const room = document.createElement('div');
		room.style.height = down + 'mm';
		room.style.borderInlineStart = '1px solid'; // or a sheet that ends in it would look empty
		main.prepend(room);
	}
	return list;
})`

// marked is a text of a page.
type marked struct {
	Text    string
	Row     int
	Heading bool
	Useless bool // on paper: it leads elsewhere, or asks to choose
}

var mark = regexp.MustCompile(`qx(\d+)([az])`)

// sheets is what is wrong with the sheets of a page, whose margin is so many points wide, whatever they say.
func sheets(paper sitetest.Paper, margin int) (list []string) {
	say := func(sheet int, format string, args ...any) {
		list = append(list, fmt.Sprintf("sheet %d of %d: ", sheet+1, len(paper.Sheets))+fmt.Sprintf(format, args...))
	}
	for i, s := range paper.Sheets {
		if s.Width < 594 || s.Width > 597 || s.Height < 841 || s.Height > 843 {
			say(i, "it is %.0f × %.0f points, not A4", s.Width, s.Height)
		}
		bottom := int(s.Height) - margin
		switch ends := s.Ends(); {
		case ends == 0:
			say(i, "it is empty")
		case i < len(paper.Sheets)-1 && bottom-ends > bottom*2/5:
			say(i, "it is empty from %d of %d points on", ends, bottom)
		}
		if i > 0 {
			if wide := cut(paper.Sheets[i-1].Inked(bottom-1), s.Inked(margin)); wide > 5 {
				say(i-1, "something %d points wide is cut by its end", wide)
			}
		}
		words := readable(s.Words)
		for j, a := range words {
			if at := float64(margin) - 3; a.Left < at || a.Right > s.Width-at || a.Top < at || a.Bottom > s.Height-at {
				say(i, "%q reaches into the margin", a.Text)
			}
			for _, b := range words[j+1:] {
				across, down := min(a.Right, b.Right)-max(a.Left, b.Left), min(a.Bottom, b.Bottom)-max(a.Top, b.Top)
				if across > 1.5 && down > 0.35*min(a.Bottom-a.Top, b.Bottom-b.Top) {
					say(i, "%q is printed over %q", a.Text, b.Text)
				}
			}
		}
		if found := regexp.MustCompile(`\((https?:|mailto:|/)[^)]*\)`).FindString(text(words)); found != "" {
			say(i, "the address %s is printed", found)
		}
	}
	return list
}

// placed is on which sheets each text begins and ends: headings of tables are repeated.
func placed(paper sitetest.Paper, texts int) (begins, ends [][]int) {
	begins, ends = make([][]int, texts), make([][]int, texts)
	for i, s := range paper.Sheets {
		for _, w := range s.Words {
			for _, m := range mark.FindAllStringSubmatch(w.Text, -1) {
				n, err := strconv.Atoi(m[1])
				if err != nil || n >= texts {
					continue
				}
				to := &begins[n]
				if m[2] == "z" {
					to = &ends[n]
				}
				if !slices.Contains(*to, i) {
					*to = append(*to, i)
				}
			}
		}
	}
	return begins, ends
}

// broken is what the ends of sheets do to the texts of a page: rows that are cut, and headings that are left alone.
func broken(paper sitetest.Paper, texts []marked) (list []string) {
	say := func(sheet int, format string, args ...any) {
		list = append(list, fmt.Sprintf("sheet %d of %d: ", sheet+1, len(paper.Sheets))+fmt.Sprintf(format, args...))
	}
	begins, ends := placed(paper, len(texts))
	rows := map[int]int{} // the sheet on which each row begins
	last, printed := -1, 0
	for n, t := range texts {
		on, row := 0, t.Row > 0
		if row {
			_, row = rows[t.Row]
		}
		switch {
		case len(begins[n]) == 0 && row:
			list = append(list, fmt.Sprintf("%q is not printed, and the beginning of its row is", t.Text))
			continue
		case len(begins[n]) == 0:
			continue
		}
		on = begins[n][0]
		printed++
		if t.Useless {
			say(on, "%q is printed, which is of no use there", t.Text)
		}
		if row && rows[t.Row] != on {
			say(rows[t.Row], "the row of %q is cut", t.Text)
		}
		if t.Row > 0 && !row {
			rows[t.Row] = on
		}
		if t.Row > 0 && len(ends[n]) > 0 && !slices.Equal(begins[n], ends[n]) { // a mark that stands beyond the edge of its cell may be missing
			say(on, "the row is cut in %q", t.Text)
		}
		if last >= 0 && len(ends[last]) > 0 && ends[last][0] != on {
			say(ends[last][0], "%q is left alone by %q", texts[last].Text, t.Text)
		}
		if last = -1; t.Heading {
			last = n
		}
	}
	if printed == 0 {
		list = append(list, "none of its texts is printed")
	}
	return list
}

// cut is the width of the widest thing that goes on from one line of dots to the next.
func cut(above, below []bool) (widest int) {
	wide := 0
	for x := range above {
		if wide++; !above[x] || !below[x] {
			wide = 0
		}
		widest = max(widest, wide)
	}
	return widest
}

// readable are the words that people see: marks, or what poppler makes of them between letters that run from right to left, are a
// point high.
func readable(words []sitetest.Word) []sitetest.Word {
	return slices.DeleteFunc(slices.Clone(words), func(w sitetest.Word) bool { return w.Bottom-w.Top < 2 })
}

func text(words []sitetest.Word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text + " ")
	}
	return b.String()
}

// notPrinted are the pages that nobody needs on paper, and why.
var notPrinted = map[string]string{
	"GET /f/:code":                                    aForm,
	"GET /F/:code":                                    aForm,
	"GET /f/:code/:token/:page":                       aForm,
	"GET /staff/sign-in":                              aForm,
	"GET /staff/sign-in/:organisation":                aForm,
	"GET /staff/password":                             aForm,
	"GET /staff/choose-password/:organisation/:token": aForm,
	"GET /staff/surveys/new":                          aForm,
	"GET /staff/surveys/:id/texts":                    aForm,
	"GET /staff/surveys/:id/question":                 aForm,
	"GET /staff/surveys/:id/questions/:code":          aForm,
	"GET /staff/surveys/:id/preview":                  "frames that show the questionnaire as phones and desks do",
	"GET /staff/surveys/:id/preview/:page":            aForm,
	"GET /staff/services/new":                         aForm,
	"GET /staff/services/:id":                         aForm,
	"GET /staff/directorates":                         aForm,
	"GET /staff/access-points":                        aForm,
	"GET /staff/channels":                             aForm,
	"GET /staff/brand":                                aForm,
	"GET /staff/complaints":                           aForm,
	"GET /staff/links/new":                            aForm,
	"GET /staff/keying":                               aForm,
	"GET /staff/keying/:place":                        aForm,
	"GET /staff/keying/:place/:token":                 aForm,
	"GET /staff/actions/new":                          aForm,
	"GET /staff/actions/:number/figure":               aForm,
	"GET /staff/published/new":                        aForm,
	"GET /:organisation/receipt":                      aForm,
	"GET /:organisation/you-said-we-did/embed":        "a part of another site's page, which is printed with it",
}

const aForm = "a form, to be filled in on the screen"

// oneSheet are the pages that are made for one.
var oneSheet = []string{"GET /staff/council", "GET /staff/links/:code/poster", "GET /:organisation/you-said-we-did/poster"}

// moving are pages, each in a state, whose tables and drawings are long: they are printed once more with everything so many
// millimetres further down, so that sheets end in other places.
var moving = []string{
	"staff/results filled", "staff/results a table of two dimensions", "staff/equality age by sex with subtotals",
	"staff/equality by ethnic group",
	"staff/equality_report filled", "staff/release crossed", "public/performance two periods", "staff/audit checked",
}

// places are the millimetres by which such a page is moved.
var places = []int{60, 120, 180}

// margins of a page on paper, in points, as the style sheets set them.
func (v pageState) margin() int {
	if strings.HasPrefix(v.page, "staff/") {
		return 28 // 10 mm
	}
	return 43 // 15 mm
}

// printed prints a page, so many millimetres further down, keeps it where SCREENSHOTS names a folder, and gives what is wrong with it.
func (v pageState) printed(t *testing.T, s *sitetest.Site, by sitetest.Printer, to, cookie string, down int) []string {
	t.Helper()
	paper, value := by.Print(s, sitetest.Printing{Path: to, Cookie: cookie, Before: fmt.Sprintf("%s(%d)", markers, down)})
	var texts []marked
	if err := json.Unmarshal(value, &texts); err != nil {
		t.Fatal(err)
	}
	keep(t, paper, fmt.Sprintf("%s %s %d", v.name(), by.Name, down))
	list := append(sheets(paper, v.margin()), broken(paper, texts)...)
	if slices.Contains(oneSheet, v.route) && len(paper.Sheets) != 1 {
		list = append(list, fmt.Sprintf("it takes %d sheets", len(paper.Sheets)))
	}
	for _, s := range paper.Sheets {
		for _, frame := range []string{"Sign out", "Skip to main content"} {
			if strings.Contains(text(s.Words), frame) {
				list = append(list, fmt.Sprintf("the %q of the site is printed", frame))
			}
		}
	}
	return list
}

// keep writes a PDF to a folder, for people to look at, where the environment variable SCREENSHOTS names one.
func keep(t *testing.T, paper sitetest.Paper, name string) {
	t.Helper()
	if folder := os.Getenv("SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".pdf"), paper.PDF, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever is read on paper is whole there, by both browsers: no row or bar is cut, nothing covers another, no heading is left
// alone and no sheet half empty.
func TestPagesOnPaper(t *testing.T) {
	t.Parallel()
	c := newCouncil(t)
	c.freeze()
	printers := sitetest.Printers()
	moved := map[string]bool{}
	for _, v := range pages {
		if v.post != nil || v.ends != 0 || v.route == "" || notPrinted[v.route] != "" {
			continue
		}
		downs := []int{0}
		if name := v.page + " " + v.state; slices.Contains(moving, name) {
			downs, moved[name] = append(downs, places...), true
		}
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			s := v.open(c, t)
			to := v.address(c, s)
			for _, printer := range printers {
				t.Run(printer.Name, func(t *testing.T) {
					for _, down := range downs {
						for _, fault := range v.printed(t, s.In(t), printer, to, v.cookie(c), down) {
							t.Errorf("%d mm down: %s", down, fault)
						}
					}
				})
			}
		})
	}
	for _, name := range moving {
		if !moved[name] {
			t.Errorf("no page is called %q", name)
		}
	}
	for route, why := range notPrinted {
		if why == "" || !slices.ContainsFunc(pages, func(v pageState) bool { return v.route == route }) {
			t.Errorf("there is no page %s that is not printed (%s)", route, why)
		}
	}
}
