package surveys

import (
	"slices"

	"yousaid/surveys/question"
)

// IntroTexts is what stands around the questions: title, introduction, titles of the pages, and which characteristics are asked at the end.
type IntroTexts struct {
	Title, Intro question.Text
	Pages        []question.Text
	Equality     []string
}

// IntroTexts gives what stands around the questions of a definition.
func (d Definition) IntroTexts() IntroTexts {
	a := IntroTexts{Title: d.Title.Clone(), Intro: d.Intro.Clone(), Equality: slices.Clone(d.Equality)}
	for _, p := range d.Pages {
		a.Pages = append(a.Pages, p.Title.Clone())
	}
	return a
}

// Describe changes what stands around the questions, for somebody who saw base and wants it otherwise. What others changed since
// stays where this person left it alone; ErrChanged where both changed the same thing.
func Describe(base Definition, wanted IntroTexts) Edit {
	return func(d *Definition) error {
		merged, clash := MergeIntroTexts(base, wanted, *d)
		if clash {
			return ErrChanged
		}
		d.Title, d.Intro, d.Equality = merged.Title, merged.Intro, merged.Equality
		for i := range d.Pages {
			d.Pages[i].Title = merged.Pages[i]
		}
		return nil
	}
}

// MergeIntroTexts puts what somebody wants, who saw base, on top of what stands there now. It tells whether both changed the same
// thing in different ways.
func MergeIntroTexts(base Definition, wanted IntroTexts, now Definition) (merged IntroTexts, clash bool) {
	was := base.IntroTexts()
	text := func(base, mine, theirs question.Text) question.Text {
		clash = clash || clashing(base, mine, theirs)
		return question.MergeText(base, mine, theirs)
	}
	merged = now.IntroTexts()
	merged.Title, merged.Intro = text(was.Title, wanted.Title, now.Title), text(was.Intro, wanted.Intro, now.Intro)
	clash = clash || !slices.Equal(was.Equality, wanted.Equality) && !slices.Equal(was.Equality, now.Equality) &&
		!slices.Equal(wanted.Equality, now.Equality)
	if !slices.Equal(was.Equality, wanted.Equality) {
		merged.Equality = wanted.Equality
	}
	for i := range min(len(was.Pages), len(wanted.Pages)) {
		at, there := now.PageNow(base, i)
		switch {
		case there:
			merged.Pages[at] = text(was.Pages[i], wanted.Pages[i], merged.Pages[at])
		case !was.Pages[i].Same(wanted.Pages[i]):
			clash = true // a title was written for a page that somebody took out
		}
	}
	return merged, clash
}

// clashing tells whether both changed the wording of a language, and not to the same.
func clashing(base, mine, theirs question.Text) bool {
	for _, t := range []question.Text{base, mine, theirs} {
		for tag := range t {
			if mine[tag] != base[tag] && theirs[tag] != base[tag] && mine[tag] != theirs[tag] {
				return true
			}
		}
	}
	return false
}
