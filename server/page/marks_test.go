package page

import (
	"strings"
	"testing"
	"time"

	"yousaid/surveys/question"
)

// Where a text in another language comes to stand decides how its language is said.
func TestPartsSayTheirLanguage(t *testing.T) {
	en := func(s string) string { return inLanguage("en", s) }
	for name, c := range map[string]struct{ page, body, want string }{
		"nothing marked": {"ur", `<p title="x">گھر</p>`, `<p title="x">گھر</p>`},
		"a sentence":     {"ur", "<p>" + en("Send") + " گھر</p>", `<p><span lang="en" dir="ltr">Send</span> گھر</p>`},
		"a part in a part": {"ur", "<p>" + en("You chose "+apart("ur", "گھر")+".") + "</p>",
			`<p><span lang="en" dir="ltr">You chose <bdi lang="ur" dir="auto">گھر</bdi>.</span></p>`},
		"right to left": {"en", "<p>" + inLanguage("ur", "گھر") + "</p>", `<p><span lang="ur" dir="rtl">گھر</span></p>`},
		"two sentences": {"ur", "<p>" + en("One.") + " " + en("Two.") + " گھر</p>", `<p><span lang="en" dir="ltr">One. Two.</span> گھر</p>`},
		"three, one inside": {"ur", "<p>" + en("A "+apart("ur", "گھر")+".") + "\n" + en("B") + " " + inLanguage("cy", "C") + "</p>",
			"<p><span lang=\"en\" dir=\"ltr\">A <bdi lang=\"ur\" dir=\"auto\">گھر</bdi>.\nB</span> <span lang=\"cy\" dir=\"ltr\">C</span></p>"},
		"an attribute": {"ur", `<nav aria-label="` + en("Pages") + `"><a lang="ur" href="/">گھر</a></nav>`,
			`<nav aria-label="Pages" lang="en"><a lang="ur" href="/">گھر</a></nav>`},
		"its own language": {"ur", `<img lang="cy" alt="` + en("Logo") + `">`, `<img lang="cy" alt="Logo">`},
		"closed by itself": {"ur", `<input placeholder="` + en("Name") + `"/>`, `<input placeholder="Name" lang="en"/>`},
		"an option": {"ur", `<option value="">` + en("All") + `</option><option selected>گھر</option>`,
			`<option value="" lang="en" dir="ltr">All</option><option selected>گھر</option>`},
		"a title, English": {"ur", `<title>` + en("Thank you for your feedback") + ` - گھر</title>`,
			`<title lang="en" dir="ltr">Thank you for your feedback - گھر</title>`},
		"a title, Urdu":  {"ur", `<title>` + en("Error: ") + `آپ کتنے مطمئن تھے</title>`, `<title>Error: آپ کتنے مطمئن تھے</title>`},
		"a title, Welsh": {"cy", `<title>` + en("Sent") + `</title>`, `<title lang="en">Sent</title>`},
		"a drawing": {"ur", `<svg><title>` + en("Share") + `</title><text x="0">` + en("n = 5") + `</text><text>گھر</text></svg>`,
			`<svg><title lang="en" dir="ltr">Share</title><text x="0" lang="en" dir="ltr">n = 5</text><text>گھر</text></svg>`},
		"escaped letters":    {"ur", `<title>` + en("&lt;&lt;&lt;&lt;&lt;") + `گھر</title>`, `<title>&lt;&lt;&lt;&lt;&lt;گھر</title>`},
		"never closed":       {"ur", "<p>\uFDD0en\uFDD1Send</p><p>گھر</p>", `<p><span lang="en" dir="ltr">Send</span></p><p>گھر</p>`},
		"never opened":       {"ur", "<p>\uFDD2گھر\uFDD1\uFDD2 " + en("x") + "</p>", `<p>گھر <span lang="en" dir="ltr">x</span></p>`},
		"cut short":          {"ur", "<p>\uFDD0en</p>", `<p>en</p>`},
		"a made-up language": {"ur", "<p>\uFDD0a&#34; onload=x\uFDD1x\uFDD2</p>", `<p><span lang="und" dir="ltr">x</span></p>`},
		"in a style":         {"ur", "<style>a{content:'" + en("x") + "'}</style>", ""},
		"in a comment":       {"ur", "<!-- " + en("x") + " --><p>گھر</p>", ""},
	} {
		got := string(settle([]byte(c.body), c.page))
		if c.want != "" && got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
		if strings.Contains(got, "<span lang=\"a") || strings.Contains(got, "lang=\"\"") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := Unmarked(en("You chose " + apart("ur", "گھر") + ".")); got != "You chose گھر." {
		t.Errorf("without marks: %q", got)
	}
}

// A file has no marks, whatever the language lacks.
func TestFilesHaveNoMarks(t *testing.T) {
	set := all(t)
	p := set.In("ur").Plain()
	day := DateParts{"3", "2", "2026"}
	when, _, _ := day.Time(time.UTC)
	for _, s := range []string{p.T("thanks.title|Thank you for your feedback"), p.T("questions.chosen|You chose %s. You can change it "+
		"before you send it.", "گھر"), p.Date(when), p.Month(when),
		p.Plural("questions.minutes|It takes about %s minute.|It takes about %s minutes.", 2, 2), p.Period("2026-01-01", "2026-03-31"),
		p.Word(question.Text{"en": "Bins"})} {
		if strings.ContainsRune(s, openMark) || strings.ContainsRune(s, closeMark) || s == "" {
			t.Errorf("a file would have %q", s)
		}
	}
	if s := set.In("ur").T("thanks.title|Thank you for your feedback"); s != inLanguage("en", "Thank you for your feedback") {
		t.Errorf("a page would have %q", s)
	}
}
