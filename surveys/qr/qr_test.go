package qr

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scan reads a picture with a decoder that has nothing to do with our encoder.
func scan(t *testing.T, picture []byte) string {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("zbarimg is not there: run make test, which installs it (Debian's zbar-tools)")
	}
	file := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", file).Output()
	if err != nil {
		t.Errorf("zbarimg cannot read the code: %v", err)
	}
	return strings.TrimSpace(string(out))
}

const address = "https://feedback.council.gov.uk/f/A7K9M2QX4P"

func TestCodesAreRead(t *testing.T) {
	t.Parallel()
	c, err := New(Address(address))
	if err != nil {
		t.Fatal(err)
	}
	if c.Modules() != 29+8 {
		t.Errorf("%d modules: 44 capitals fit version 3 (29) at level M, with 4 on each side", c.Modules())
	}
	for _, s := range Sizes {
		s = s.For(c)
		picture, err := c.PNG(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := scan(t, picture); got != strings.ToUpper(address) {
			t.Errorf("%s reads %q", s.Name, got)
		}
		if mm := s.MM(c); s.Dots < 4 || mm < 20 {
			t.Errorf("%s: %d dots a module, %.1f mm", s.Name, s.Dots, mm)
		}
		if s.DPI == receiptDPI && c.Modules()*s.Dots > 576 {
			t.Errorf("%s is %d dots wide, 80 mm paper has 576", s.Name, c.Modules()*s.Dots)
		}
	}
}

// A worn printer loses dots: one in ten stays white, and elsewhere one in ten white ones is stained. The print is looked at as a
// verifier of printed codes does (see aperture), and what comes out is given to zbarimg, at every size for receipts. Without the
// aperture zbarimg reads none of these: it follows lines of single dots.
func TestAWornCodeIsRead(t *testing.T) {
	t.Parallel()
	c, err := New(Address(address))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range Sizes {
		if size.DPI != receiptDPI {
			continue
		}
		for _, part := range []float64{0.5, 0.8} { // of a module; the standard leaves the choice between them to the application
			for seed := range uint64(10) {
				worn, lost := wear(c, size.For(c), 0.10, seed)
				if lost < 0.08 {
					t.Fatalf("only %.3f of the black dots are lost", lost)
				}
				if got := read(t, aperture(worn, part*float64(size.For(c).Dots))); got != strings.ToUpper(address) {
					t.Errorf("%s, an aperture of %.1f modules, seed %d: %q", size.Name, part, seed, got)
				}
			}
		}
	}
}

// The test above would notice: where a little under half of the dots are wrong, the same way of reading finds nothing.
func TestARuinedPrintIsNotRead(t *testing.T) {
	t.Parallel()
	c, err := New(Address(address))
	if err != nil {
		t.Fatal(err)
	}
	receipt, _ := SizeOf("receipt")
	worn, _ := wear(c, receipt.For(c), 0.45, 1)
	if got := read(t, aperture(worn, 0.8*float64(receipt.For(c).Dots))); got != "" {
		t.Errorf("it reads %q", got)
	}
}

// wear prints a code with a share of its dots wrong, and tells which share of the black ones is lost.
func wear(c Code, s Size, share float64, seed uint64) (*image.Paletted, float64) {
	n := c.Modules() * s.Dots
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	r := rand.New(rand.NewPCG(seed, 1))
	black, lost := 0, 0
	for y := range n {
		for x := range n {
			dot := c.modules[y/s.Dots][x/s.Dots]
			wrong := r.Float64() < share
			if dot {
				black++
				if wrong {
					lost++
				}
			}
			if dot != wrong {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img, float64(lost) / float64(black)
}

// aperture looks at a print as ISO/IEC 15415 measures codes of two dimensions: through a round aperture of so many dots, and as
// dark or light by one threshold half-way between the darkest and the lightest place.
func aperture(printed *image.Paletted, dots float64) *image.Gray {
	const steps = 5 // in a dot
	box, r := printed.Bounds(), dots/2
	var within [][2]float64
	for y := -r; y <= r; y += 1.0 / steps {
		for x := -r; x <= r; x += 1.0 / steps {
			if x*x+y*y <= r*r {
				within = append(within, [2]float64{x, y})
			}
		}
	}
	light := make([]int, 0, box.Dx()*box.Dy())
	for y := range box.Dy() {
		for x := range box.Dx() {
			n := 0
			for _, d := range within {
				at := image.Pt(int(math.Floor(float64(x)+0.5+d[0])), int(math.Floor(float64(y)+0.5+d[1])))
				if !at.In(box) || printed.ColorIndexAt(at.X, at.Y) == 0 {
					n++
				}
			}
			light = append(light, n)
		}
	}
	out, half := image.NewGray(box), slices.Min(light)+slices.Max(light)
	for i, n := range light {
		if 2*n >= half {
			out.SetGray(i%box.Dx(), i/box.Dx(), color.Gray{Y: 255})
		}
	}
	return out
}

// read gives a picture to zbarimg; "" where it finds nothing.
func read(t *testing.T, img image.Image) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "code.png")
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", file).Output()
	if exit := new(exec.ExitError); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 4) { // 4: nothing found
		t.Fatalf("zbarimg: %v (make test installs it: Debian's zbar-tools)", err)
	}
	return strings.TrimSpace(string(out))
}

// A code of which half is gone is not read.
func TestARuinedCodeIsNotRead(t *testing.T) {
	t.Parallel()
	c, err := New(Address(address))
	if err != nil {
		t.Fatal(err)
	}
	n := c.Modules() * 4
	img := image.NewPaletted(image.Rect(0, 0, n, n), color.Palette{color.White, color.Black})
	for y := range n / 2 {
		for x := range n {
			if c.modules[y/4][x/4] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	if got := read(t, img); got != "" {
		t.Errorf("half a code reads %q", got)
	}
}

func TestOnlyOurOwnPathsAreCapitals(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		address:                                  strings.ToUpper(address),
		"http://127.0.0.1:8080/f/TST2345678":     "HTTP://127.0.0.1:8080/F/TST2345678",
		"https://a.example/surveys/f/TST2345678": "https://a.example/surveys/f/TST2345678",
		"https://a.example/f/TST2345678?job=x":   "https://a.example/f/TST2345678?job=x",
	} {
		if got := Address(in); got != want {
			t.Errorf("%s becomes %s", in, got)
		}
	}
}

// A drawing has as many dark modules as the code, and its title is no markup.
func TestADrawingIsTheCode(t *testing.T) {
	t.Parallel()
	c, err := New(address)
	if err != nil {
		t.Fatal(err)
	}
	dark := 0
	for y := range c.Modules() {
		for x := range c.Modules() {
			if c.modules[y][x] {
				dark++
			}
		}
	}
	svg := string(c.SVG(`Bins <b> & "more"`))
	drawn := 0
	for _, run := range regexp.MustCompile(`M\d+ \d+h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1) {
		n, err := strconv.Atoi(run[1])
		if err != nil || run[1] != run[2] {
			t.Fatalf("the run %v is no rectangle: %v", run, err)
		}
		drawn += n
	}
	if drawn != dark || !strings.Contains(svg, `viewBox="0 0 37 37"`) || !strings.Contains(svg, "<title>Bins &lt;b&gt; &amp; ") {
		t.Errorf("%d modules are drawn of %d: %.200s", drawn, dark, svg)
	}
	if s, ok := SizeOf("poster"); !ok || s.DPI != 300 {
		t.Errorf("the size of posters is %+v", s)
	}
	if _, ok := SizeOf("stamp"); ok {
		t.Error("a size that is not there was found")
	}
	if _, err := New(strings.Repeat("x", 5000)); err == nil {
		t.Error("more than a code holds was drawn")
	}
}
