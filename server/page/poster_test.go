package page

import (
	"fmt"
	"strings"
	"testing"

	"yousaid/static"
)

// The style sheets know every size that is picked.
func TestEverySizeOfLettersHasAClass(t *testing.T) {
	for _, name := range []string{"assets/staff.css", "assets/reading.css"} {
		css, err := static.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range LetterSizes {
			if class := fmt.Sprintf(".site-letters-%d{font-size:%[1]dpx}", size); !strings.Contains(string(css), class) {
				t.Errorf("%s has no %s", name, class)
			}
		}
	}
}

// More words are set in smaller letters, never in larger ones, and what is too much is said.
func TestLettersGetSmaller(t *testing.T) {
	last, fitted := LetterSizes[0], true
	for n := 1; n < 30_000; n = n*3/2 + 1 {
		size, fits := Letters(700, 600, []string{"A council", strings.Repeat("a", n)})
		if size > last || fits && !fitted {
			t.Errorf("%d letters: %d pixels, fits: %v; fewer were %d, %v", n, size, fits, last, fitted)
		}
		last, fitted = size, fits
	}
	if first, _ := Letters(700, 600, []string{"A council"}); first != LetterSizes[0] || last != LetterSizes[len(LetterSizes)-1] || fitted {
		t.Errorf("from %d to %d pixels, the last fits: %v", first, last, fitted)
	}
	// Line ends in what people write take their line each.
	if size, _ := Letters(700, 600, []string{strings.Repeat("a\n", 40)}); size >= 20 {
		t.Errorf("forty lines of %d pixels do not fit", size)
	}
}
