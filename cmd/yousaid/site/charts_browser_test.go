package site_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"yousaid/cmd/yousaid/site/sitetest"
)

// collisions lists letters of drawings that stand on other letters or on points of a line, or reach out of the drawing.
const collisions = `[...document.querySelectorAll('.site-chart__drawing')].flatMap(svg => {
	const frame = svg.getBoundingClientRect();
	const texts = [...svg.querySelectorAll('text')]
		.map(e => ({words: e.textContent, at: e.getBoundingClientRect()}))
		.filter(t => t.at.width > 0);
	const over = texts.filter(t => t.at.left < frame.left - 1 || t.at.right > frame.right + 1).map(t => t.words + ' leaves the drawing');
	const points = [...svg.querySelectorAll('circle')].map(e => ({words: 'the point of ' + e.textContent, at: e.getBoundingClientRect()}));
	const under = texts.flatMap(t => points
		.filter(p => t.at.left < p.at.right && p.at.left < t.at.right && t.at.top + 3 < p.at.bottom && p.at.top < t.at.bottom - 3)
		.map(p => t.words + ' x ' + p.words));
	const each = texts.flatMap((a, i) => texts.slice(i + 1)
		.filter(b => a.at.left < b.at.right - 1 && b.at.left < a.at.right - 1 && a.at.top < b.at.bottom - 4 && b.at.top < a.at.bottom - 4)
		.map(b => a.words + ' x ' + b.words));
	return over.concat(each, under);
}).join('; ')`

// faint lists letters (below 4.5 to 1) and lines that carry figures (below 3 to 1) that can hardly be told from what is behind
// them: the last shape drawn before them at their middle, or the page.
const faint = `(() => {
	const rgb = c => (c.match(/[\d.]+/g) || []).map(Number);
	const light = c => {
		const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
	const ground = e => {
		for (; e; e = e.parentElement) {
			const c = getComputedStyle(e).backgroundColor;
			if (rgb(c).length < 4 || rgb(c)[3] > 0) return c;
		}
		return 'rgb(255, 255, 255)';
	};
	return [...document.querySelectorAll('.site-chart__drawing')].flatMap(svg => {
		const page = ground(svg.parentElement);
		return [...svg.querySelectorAll('text, polyline, circle, g[stroke-width] line')].flatMap(e => {
			const at = e.getBoundingClientRect(), x = at.left + at.width / 2, y = at.top + at.height / 2, letters = e.tagName == 'text';
			let behind = page;
			if (letters) for (const r of svg.querySelectorAll('rect')) {
				const b = r.getBoundingClientRect();
				if (r.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING
					&& b.left <= x && x <= b.right && b.top <= y && y <= b.bottom)
					behind = getComputedStyle(r).fill;
			}
			const style = getComputedStyle(e), own = letters || e.tagName == 'circle' ? style.fill : style.stroke, c = contrast(own, behind);
			return c < (letters ? 4.5 : 3) ? [(e.textContent.trim() || e.tagName) + ': ' + own + ' on ' + behind] : [];
		});
	}).slice(0, 8).join('; ');
})()`

// On a phone no words of a drawing stand on others, and whatever colours the reader's system chooses, its words and lines can be seen.
func TestDrawingsCanBeReadOnPhonesAndInForcedColours(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(2000)
	at := outThere(&council{cookies: map[string]string{"consultation": s.SignIn(s.Person("consultation"))}}, s)
	w := s.Browse(1280, s.SignIn(s.Person("administrator")))
	for _, page := range []string{"/staff/council", "/staff/results?survey=customer-satisfaction", "/testham/performance"} {
		w.Open(page)
		if n := sitetest.Ask[int](w, `document.querySelectorAll('.site-chart__drawing text').length`); n < 5 {
			t.Errorf("%s draws %d words (%s)", page, n, at)
		}
		for _, width := range []int64{320, 360, 1280} {
			w.Do(chromedp.EmulateViewport(width, 800))
			if found := sitetest.Ask[string](w, collisions); found != "" {
				t.Errorf("%s at %d pixels: %s", page, width, found)
			}
		}
		for _, colours := range [][2]string{{"none", "light"}, {"active", "light"}, {"active", "dark"}} {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "forced-colors", Value: colours[0]},
				{Name: "prefers-color-scheme", Value: colours[1]}}}
			if _, err := chromedp.Call(w.Context, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			if forced := sitetest.Ask[bool](w, `matchMedia('(forced-colors: active)').matches`); forced != (colours[0] == "active") {
				t.Fatalf("the browser does not force colours: %v", forced)
			}
			if found := sitetest.Ask[string](w, faint); found != "" {
				t.Errorf("%s, forced colours %s, %s: %s", page, colours[0], colours[1], found)
			}
			w.Picture("forced-" + colours[0] + "-" + colours[1])
		}
		if serif := sitetest.Ask[string](w,
			`[...document.querySelectorAll('body *')]
				.filter(e => /^(Times|serif)|Times/.test(getComputedStyle(e).fontFamily))
				.slice(0, 3).map(e => e.tagName + '.' + e.className).join(' ')`); serif != "" {
			t.Errorf("%s: in the browser's own letters: %s", page, serif)
		}
	}
}
