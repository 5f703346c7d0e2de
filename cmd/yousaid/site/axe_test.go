package site_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"yousaid/cmd/yousaid/site/sitetest"
)

// axe is the accessibility checker that npm ci puts beside the style sheets.
func axe(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "..", "..", "static", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal("axe-core is not there: run make test, which installs it (npm ci in static)")
	}
	return string(src)
}

// barriers asks axe-core what stands in the way of people on the page, by WCAG 2.2 AA and good practice.
func barriers(w *sitetest.Window, axe string) []string {
	if !sitetest.Ask[bool](w, `!!window.axe`) { // it is half a megabyte
		w.Do(chromedp.Evaluate[chromedp.Void](`(() => { ` + axe + ` })()`))
	}
	return sitetest.Ask[[]string](w,
		`axe.run(document, {
			preload: false,
			resultTypes: ['violations'],
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		}).then(result => result.violations.map(rule => [
			rule.id + ' (' + rule.impact + '): ' + rule.help,
			...rule.nodes.slice(0, 3).flatMap(node => [
				node.html.slice(0, 200),
				'  ' + node.failureSummary.split('\n').slice(1).join(' '),
			]),
		].join('\n  ')))`)
}

// post sends a form from the page that the window shows, by the browser: as if somebody had filled it in so.
func post(w *sitetest.Window, status int64, to string, fields map[string][]string) {
	list, _ := json.Marshal(fields)
	w.Goes(status, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const form = document.createElement('form'), fields = %s, token = document.querySelector('input[name=token]');
		form.method = 'post';
		const to = %q;
		const shown = document.querySelector('main form[action="' + to + '"]') || document.querySelector('main form');
		form.action = shown?.getAttribute('action') || to;
		if (token) fields.token = [token.value];
		for (const name in fields) for (const value of fields[name]) {
			const field = document.createElement('textarea');
			field.name = name;
			field.value = value;
			form.append(field);
		}
		document.body.append(form);
		HTMLFormElement.prototype.submit.call(form);
	})()`, list, to)))
}

// Every page, in every state, for everybody who may see it, on a phone and on a desk: nothing that keeps people out, and nobody
// scrolls sideways.
func TestNoPageKeepsAnybodyOut(t *testing.T) {
	t.Parallel()
	script := axe(t)
	c := newCouncil(t)
	c.freeze()
	windows := make(chan *sitetest.Window, runtime.GOMAXPROCS(0))
	for range cap(windows) {
		windows <- c.full.Browse(1280, "")
	}
	for _, v := range pages {
		t.Run(v.name(), func(t *testing.T) {
			t.Parallel()
			s := v.open(c, t)
			to := v.address(c, s)
			window := <-windows
			defer func() { windows <- window }()
			w := window.Again(s, 1280, v.cookie(c))
			if v.post == nil {
				w.Goes(int64(v.status()), chromedp.Navigate(s.URL+to))
			} else {
				w.Open(to)
				post(w, int64(v.status()), to, v.post)
			}
			for _, width := range []int{1280, 360} {
				w.Fits(width)
				for _, b := range barriers(w, script) {
					t.Errorf("at %d pixels: %s", width, b)
				}
				w.Picture(fmt.Sprintf("%s %d", v.name(), width))
			}
			w.Fits(320)
			for _, nameless := range sitetest.Ask[[]string](w,
				`[
					...[...document.querySelectorAll('main table')]
						.filter(t => !t.caption || !t.caption.textContent.trim())
						.map(t => 'a table without a caption: ' + t.outerHTML.slice(0, 100)),
					...[...document.querySelectorAll('main legend')]
						.map(l => l.textContent.trim().replace(/\s+/g, ' '))
						.filter((name, i, all) => name === '' || all.indexOf(name) !== i)
						.map(n => 'two groups called ' + n),
				]`) {
				t.Error(nameless)
			}
			title := sitetest.Ask[string](w, `document.title`)
			if english := sitetest.Ask[string](w, `document.documentElement.lang`) == "en"; english {
				for _, wrong := range countsOfOne(sitetest.Ask[string](w, `document.body.innerText`)) {
					if things.MatchString(wrong) { // names of services and answers may stand behind any number
						t.Errorf("the page says %q", wrong)
					}
				}
				if list := wordings(t, v.page); len(list) > 0 && !slices.ContainsFunc(list,
					func(one string) bool { return strings.Contains(title, one) }) {
					t.Errorf("the title %q is not of the template %s", title, v.page)
				}
			}
			if problems := sitetest.Ask[bool](w,
				`!!document.querySelector('#problems')`); problems != regexp.MustCompile(`^(Error|Gwall|غلطی): `).MatchString(title) {
				t.Errorf("the title %q and the summary of what is wrong (%v) do not agree", title, problems)
			}
		})
	}
}
