package sitetest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patience is how long one step of a window may take, on a machine that is busy with other things: what hangs is found by it, and
// no step lives on what another left.
const patience = 5 * time.Minute

// Run runs the tests of a package and closes the browsers that they shared. Call it from TestMain. Twice as many tests as there are
// processors run at a time, unless -parallel says how many: with one for each, half of the time all wait for a browser or for
// PostgreSQL.
func Run(m *testing.M) int {
	flag.Parse()
	// Dozens of sites are alive at a time and little of them is garbage: a heap of a few hundred megabytes more saves a fifth of the
	// processor's time.
	debug.SetGCPercent(400)
	processors := runtime.GOMAXPROCS(0)
	if flag.Lookup("test.parallel").Value.String() == strconv.Itoa(processors) {
		if err := flag.Set("test.parallel", strconv.Itoa(2*processors)); err != nil {
			panic(err)
		}
	}
	defer func() {
		for _, stop := range []func(){browser.stop, firefox.stop} {
			if stop != nil {
				stop()
			}
		}
	}()
	return m.Run()
}

// browser is the one Chromium of a test program: starting it takes longer than most stories.
var browser struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

// chromium finds the browser by the names that .ci/need knows. Its shell without windows would take two thirds of the processor for a
// page, but arrow keys do not choose in it where pages run no script.
func chromium() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium was found: run make test, which installs it, or set CHROMIUM to its path")
}

func open() {
	path, err := chromium()
	if err != nil {
		browser.err = err
		return
	}
	profile, err := os.MkdirTemp("", "yousaid-chromium-")
	if err != nil {
		browser.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(profile))
	// Without its memory of whole pages, Back asks the site's own headers what may be shown again. Every visit has a site of its own, at
	// another port: without isolation of sites they share processes, which are expensive to start.
	options = append(options, chromedp.Flag("renderer-process-limit", "2"), chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("disable-features", "Translate,BackForwardCache,IsolateOrigins,site-per-process,ProactivelySwapBrowsingInstance"))
	for _, name := range []string{"disable-quic", "disable-component-update", "disable-background-networking", "disable-sync"} {
		options = append(options, chromedp.Flag(name, true))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	browser.stop = func() {
		cancel()
		stop()
		_ = os.RemoveAll(profile)
	}
	if err := chromedp.Do(ctx); err != nil {
		browser.err = fmt.Errorf("starting %s: %w", path, err)
		return
	}
	browser.ctx = ctx
}

// Window is a browser window of its own: it shares no cookie and no cache with others.
type Window struct {
	Context context.Context // for chromedp
	t       testing.TB
	site    *Site
}

// Browse opens a window on the site, so many pixels wide. A cookie that SignIn gave makes it that person's.
func (s *Site) Browse(width int, cookie string) *Window {
	s.T.Helper()
	w, closeWindow := s.window(width)
	s.T.Cleanup(closeWindow)
	return w.as(cookie)
}

// Lasting is a window that outlives the test which opens it: Again hands it to the next.
func (s *Site) Lasting(width int) *Window {
	s.T.Helper()
	w, _ := s.window(width)
	return w
}

func (s *Site) window(width int) (*Window, context.CancelFunc) {
	s.T.Helper()
	browser.once.Do(open)
	if browser.err != nil {
		s.T.Fatal(browser.err)
	}
	ctx, closeWindow := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	// The first call opens the window, which lives as long as the context of that call: it is no step with a time of its own.
	if err := chromedp.Do(ctx); err != nil {
		s.T.Fatal(err)
	}
	w := &Window{ctx, s.T, s}
	w.Do(chromedp.EmulateViewport(int64(width), 800))
	return w, closeWindow
}

// Again is the window in the hands of somebody else, perhaps on another site: opening one takes longer than most looks at a page.
func (w *Window) Again(s *Site, width int, cookie string) *Window {
	s.T.Helper()
	next := &Window{w.Context, s.T, s}
	ctx, done := w.step()
	defer done()
	_, err := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
	next.check(err)
	next.Do(chromedp.EmulateViewport(int64(width), 800))
	return next.as(cookie)
}

func (w *Window) as(cookie string) *Window {
	w.t.Helper()
	if name, value, ok := strings.Cut(cookie, "="); ok {
		ctx, done := w.step()
		defer done()
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: w.site.URL})
		w.check(err)
	}
	return w
}

// WithoutScripts is the window of somebody whose browser runs no script.
func (w *Window) WithoutScripts() *Window {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	w.check(err)
	return w
}

// step gives a step of the window its time.
func (w *Window) step() (context.Context, context.CancelFunc) {
	return context.WithTimeout(w.Context, patience)
}

func (w *Window) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// Do runs steps of chromedp that lead to no other page.
func (w *Window) Do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	w.check(chromedp.Do(ctx, steps...))
}

// Goes runs steps that lead to another page, waits until it has loaded, and expects its status.
func (w *Window) Goes(status int64, steps ...chromedp.Action[chromedp.Void]) *Window {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	r, err := chromedp.RunResponse(ctx, steps...)
	w.check(err)
	if r == nil {
		w.t.Fatal("the page came without an answer from the site")
	}
	if r.Status != status {
		w.t.Fatalf("%s answers %d, want %d", r.URL, r.Status, status)
	}
	return w
}

// Open goes to a path.
func (w *Window) Open(path string) *Window {
	w.t.Helper()
	return w.Goes(200, chromedp.Navigate(w.site.URL+path))
}

// Click clicks what leads to another page.
func (w *Window) Click(css string) *Window {
	w.t.Helper()
	return w.Goes(200, chromedp.Click(chromedp.CSS(css)))
}

// Choose clicks an option by its field and value: on its label, as people do.
func (w *Window) Choose(field, value string) *Window {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	id, err := chromedp.Run(ctx, chromedp.AttributeValue(chromedp.CSS(fmt.Sprintf(`input[name=%q][value=%q]`, field, value)), "id"))
	w.check(err)
	w.Do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label[for=%q]`, id.Value))))
	return w
}

// Ask evaluates an expression on the page; it works where pages may run no script, too.
func Ask[T any](w *Window, expression string) T {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	w.check(err)
	return v
}

// Shows expects words in the page's main part, as a reader sees them.
func (w *Window) Shows(words ...string) *Window {
	w.t.Helper()
	text := Ask[string](w, `document.querySelector('main').innerText`)
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.t.Fatalf("the page does not show %q:\n%s", word, text)
		}
	}
	return w
}

// Chosen is the value of the option that stands chosen in a field, or "".
func (w *Window) Chosen(field string) string {
	w.t.Helper()
	return Ask[string](w, fmt.Sprintf(`(document.querySelector('input[name=%s]:checked') || {value: ''}).value`, field))
}

// Table reads the table of a section, see Answer.Table.
func (w *Window) Table(section string) Table {
	w.t.Helper()
	return read(w.t, Ask[string](w, `document.documentElement.outerHTML`), section)
}

// Fits fails where the page is wider than the window.
func (w *Window) Fits(widths ...int) {
	w.t.Helper()
	for _, width := range widths {
		w.Do(chromedp.EmulateViewport(int64(width), 800))
		if wide := Ask[int](w, `document.documentElement.scrollWidth`); wide > width {
			w.t.Errorf("at %d pixels the page is %d wide; too wide are: %s", width, wide, Ask[string](w, `[...document.querySelectorAll('body *')]
				.filter(e => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('.site-scroll'))
				.slice(0, 5).map(e => e.outerHTML.slice(0, 120)).join('\n')`))
		}
	}
}

// Picture writes what the window shows to a folder, for people to look at, where the environment variable SCREENSHOTS names one.
func (w *Window) Picture(name string) {
	w.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	w.check(os.WriteFile(filepath.Join(folder, name+".png"), w.Seen(), 0o644))
}

// Seen is what the window shows, as a PNG.
func (w *Window) Seen() []byte {
	w.t.Helper()
	ctx, done := w.step()
	defer done()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	w.check(err)
	return picture
}
