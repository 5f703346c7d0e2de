package sitetest

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focused says what has the focus: its words, as somebody hears them, and its kind.
const focused = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return '';
	const clean = s => (s || '').replace(/\s+/g, ' ').trim();
	const labels = e.labels ? [...e.labels].map(l => l.textContent).join(' ') : '';
	const group = e.closest('fieldset') ? clean(e.closest('fieldset').querySelector('legend')?.textContent) : '';
	return clean(e.getAttribute('aria-label') || labels || e.textContent || e.value) + ' | ' + e.tagName.toLowerCase()
		+ ' | ' + (e.type || '') + ' | ' + group;
})()`

// Keyboard is a window in the hands of somebody who has no mouse: it goes to no address but the first, and clicks nothing.
type Keyboard struct{ *Window }

// Hands gives the window's keyboard.
func (w *Window) Hands() Keyboard { return Keyboard{w} }

// Press presses keys that lead to no other page.
func (k Keyboard) Press(keys string) {
	k.t.Helper()
	k.Do(chromedp.KeyEvent(keys))
}

// Focus is what has the focus.
func (k Keyboard) Focus() string {
	k.t.Helper()
	return Ask[string](k.Window, focused)
}

// TabTo presses Tab until what has the focus begins with the words (and is of the kind, where one is named: "button", "a", "input",
// "select", "textarea"). What cannot be reached, or shows no focus when it is reached, fails.
func (k Keyboard) TabTo(words, kind string) Keyboard {
	k.t.Helper()
	var passed []string
	for range 150 {
		k.Press(kb.Tab)
		at := k.Focus()
		if strings.HasPrefix(at, words) && (kind == "" || strings.Contains(at, " | "+kind+" | ")) {
			if !Ask[bool](k.Window, `(() => {
				const s = getComputedStyle(document.activeElement), l = document.activeElement.labels?.[0];
				const b = l ? getComputedStyle(l, '::before') : s;
				return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || b.boxShadow !== 'none' || b.outlineStyle !== 'none'; })()`) {
				k.t.Errorf("%q shows no focus", words)
			}
			return k
		}
		passed = append(passed, at)
		if len(passed) > 20 && at == "" && passed[len(passed)-2] == "" {
			break
		}
	}
	k.t.Fatalf("the keyboard does not reach %q (%s); it passed:\n%s", words, kind, strings.Join(passed[:min(len(passed), 45)], "\n"))
	return k
}

// Enter presses Enter on what has the focus and waits for the page that it leads to.
func (k Keyboard) Enter(status int64) Keyboard {
	k.t.Helper()
	k.Goes(status, chromedp.KeyEvent(kb.Enter))
	return k
}

// Go tabs to something and presses Enter on it.
func (k Keyboard) Go(words, kind string) Keyboard {
	k.t.Helper()
	return k.TabTo(words, kind).Enter(200)
}

// Write tabs to a field and puts a text in the place of what stands there.
func (k Keyboard) Write(label, text string) Keyboard {
	k.t.Helper()
	k.TabTo(label, "")
	k.Do(chromedp.KeyEvent("a", chromedp.KeyModifiers(2))) // Ctrl+A
	k.Press(kb.Backspace)
	k.Press(text)
	return k
}

// Tick tabs to a tick box and presses the space bar.
func (k Keyboard) Tick(label string) Keyboard {
	k.t.Helper()
	k.TabTo(label, "input")
	k.Press(" ")
	return k
}

// Pick tabs to the radios of a question and goes to one of them with the arrows.
func (k Keyboard) Pick(group, label string) Keyboard {
	k.t.Helper()
	for range 150 {
		k.Press(kb.Tab)
		if at := k.Focus(); strings.Contains(at, " | radio | ") && strings.HasSuffix(at, group) {
			break
		}
	}
	k.Press(" ")
	var passed []string
	for range 20 {
		at := k.Focus()
		if strings.HasPrefix(at, label) && strings.Contains(at, " | input | radio") {
			return k
		}
		passed = append(passed, at)
		k.Press(kb.ArrowDown)
	}
	k.t.Fatalf("the arrows do not reach %q of %q; they passed:\n%s", label, group, strings.Join(passed, "\n"))
	return k
}

// Select tabs to a list and goes to an entry with the arrows.
func (k Keyboard) Select(label, entry string) Keyboard {
	k.t.Helper()
	k.TabTo(label, "select")
	now := func() string {
		return Ask[string](k.Window, `document.activeElement.selectedOptions[0]?.text.trim() || ''`)
	}
	k.Press(kb.Home)
	for range 200 {
		if strings.HasPrefix(now(), entry) {
			return k
		}
		k.Press(kb.ArrowDown)
	}
	k.t.Fatalf("the list %q has no %q; it stands at %q", label, entry, now())
	return k
}

// There is the address of the page.
func (k Keyboard) There() string {
	k.t.Helper()
	return strings.TrimPrefix(Ask[string](k.Window, `location.href`), k.site.URL)
}

// Says fails unless the page shows the words; the same as Shows, for a chain.
func (k Keyboard) Says(words ...string) Keyboard {
	k.t.Helper()
	k.Shows(words...)
	return k
}

// Hides fails if the page shows the words.
func (k Keyboard) Hides(words ...string) Keyboard {
	k.t.Helper()
	text := Ask[string](k.Window, `document.querySelector('main').innerText`)
	for _, word := range words {
		if strings.Contains(text, word) {
			k.t.Fatalf("the page shows %q:\n%s", word, text)
		}
	}
	return k
}
