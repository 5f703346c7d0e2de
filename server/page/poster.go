package page

import (
	"math"
	"strings"
	"unicode/utf8"
)

// PosterPart is what a poster of a feedback link says in one language.
type PosterPart struct {
	Lang, Dir    string
	Organisation string
	Title        string // of the survey
	Service      string // "" where the link is about no one service
	How          Text   // what to do; in English where the language has no words
}

// HowToAnswer is the sentence above the code of a poster, in the language or in English. A council's own words of the language are used
// where there are some.
func (c *Catalogue) HowToAnswer(lang string, own *Words) Text {
	if own == nil {
		own = c.wordsOf(lang)
	}
	text, native := own.find("poster.how|Scan the code with the camera of your phone, or go to:")
	if native {
		return Text{Text: text}
	}
	return Text{Text: text, Lang: "en", Dir: Direction("en")}
}

// LetterSizes are what letters of a poster may measure on A4, in pixels, the largest first. Each has a class in the style sheets, poster-40
// and so on.
var LetterSizes = []int{40, 36, 32, 28, 25, 22, 20, 18, 16, 15, 14, 13, 12, 11, 10, 9, 8}

// Letters picks the largest size in which paragraphs surely stand in so much room, whatever system font the reader has: the widest takes
// 0.68 of its size for
// a letter on average. The smallest size may be too large still: then fits is false.
func Letters(wide, high float64, paragraphs []string) (size int, fits bool) {
	for _, size = range LetterSizes {
		px := float64(size)
		inLine := math.Max(1, math.Floor(wide/(0.68*px)))
		took := 0.0
		for _, p := range paragraphs {
			for line := range strings.Lines(p) {
				took += 1.25 * px * math.Ceil(float64(utf8.RuneCountInString(line))/inLine)
			}
			took += 0.5 * px
		}
		if took <= high {
			return size, true
		}
	}
	return size, false
}

// FromAfar is the smallest size that can be read on a wall.
const FromAfar = 16

// OnPoster is the size of the letters in which items of "you said, we did" stand on one sheet, between its title and its foot.
func OnPoster(items []ItemView) (size int, fits bool) {
	var paragraphs []string
	for _, i := range items {
		paragraphs = append(
			paragraphs,
			i.Service.Text,
			i.Said.Text,
			i.YouSaid.Text,
			i.Figure.Text.Text+i.Figure.Mark.Text,
			i.Did.Text,
			i.WeDid.Text,
			i.After.Text.Text+i.After.Mark.Text,
			i.State.Text+i.StateMore.Text,
		)
		if i.Deliverable.Text != "" {
			paragraphs = append(paragraphs, "", i.Deliverable.Text)
		}
	}
	return Letters(posterWide, posterHigh, paragraphs)
}

// The room for items on a poster, in pixels: A4 without its margins, the title in two lines, and the code.
const posterWide, posterHigh = 670, 590
