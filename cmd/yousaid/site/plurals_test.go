package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"yousaid/analytics/actions"
	"yousaid/cmd/yousaid/site/sitetest"
)

var (
	// ofOne is a number one (not the end of "2.1", of "11", of a code or of "1 of 3") and the words after it.
	ofOne = regexp.MustCompile(`(?:^|[^\d.,:/–_%+-])1 ((?:[a-z]+(?:-[a-z]+)? ){0,2}?)([a-z]+)\b`)
	// plural words begin no singular: "1 person who has answers" is right, "1 new answers" is not.
	plural   = regexp.MustCompile(`^(people|children|[a-z]+[^su]s)$`)
	singular = strings.Fields("counts is was has does this its less address access process business progress plus always yes news " +
		"status basis analysis")
	closing = regexp.MustCompile(`\b(of|to|and|or|in|on|at|by|for|from|with|that|who|which|is|was|` +
		`has|a|the|as|if|does|can|may|has|page|row|version|number)\b`)
	// things are what the product counts.
	things = regexp.MustCompile(`(answers|responses|comments|people|persons|customers|links|surveys|versions|services|` +
		`directorates|themes|actions|promises|items|rows|columns|pages|questions|` +
		`days|weeks|hours|minutes|seconds|months|quarters|years|periods|groups|cells|numbers|figures|tables|` +
		`releases|publications|files|exports|imports|entries|characters|words|wordings|letters|languages|things|pieces|points|` +
		`roles|accounts|networks|changes|proposals|plans|places|channels)\W*$`)
)

// countsOfOne finds "1 answers" and the like in words of English.
func countsOfOne(text string) (wrong []string) {
	for _, line := range strings.Split(text, "\n") {
		line = strings.ToLower(strings.Join(strings.Fields(line), " "))
		for _, at := range ofOne.FindAllStringSubmatchIndex(line, -1) {
			rest := strings.Fields(strings.TrimRight(line[at[2]:], " "))
			for i, word := range rest[:min(len(rest), 3)] {
				bare := strings.TrimRight(word, ".,;:)?!”")
				if closing.MatchString(bare) || slices.Contains(singular, bare) || strings.ContainsAny(bare, "“(·=–&1234567890") {
					break
				}
				if plural.MatchString(bare) {
					wrong = append(wrong, "1 "+strings.Join(rest[:i+1], " "))
					break
				}
				if bare != word {
					break
				}
			}
		}
	}
	return wrong
}

func TestCountsOfOneAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1 answers": "1 answers", "There are 1 published promises.": "1 published promises.", "Only 1 people said so": "1 people",
		"(1 responses)": "1 responses)", "1 response counts": "",
		"1 answer, 2 comments": "", "11 answers": "", "2.1 answers": "", "page 1 of 3 pages": "", "1 person who answers": "",
		"1 address": "", "Version 1 is published": "", "1 service has fewer than 50 answers": "",
		"1 December": "", "n = 1 answers": "1 answers", "1 – very dissatisfied customers": "", "1 thing to put right": "",
		"–1 points": "", "1 minutes,": "1 minutes,", "1,000 answers": "", "10:1 words": "",
	} {
		if got := strings.Join(countsOfOne(text), "; "); got != want {
			t.Errorf("in %q is found %q, want %q", text, got, want)
		}
	}
}

// wordsOf are the words of a page, a line for each block, with what only a screen reader or a tooltip says.
func wordsOf(page string) string {
	var b strings.Builder
	inline := map[string]bool{"a": true, "strong": true, "b": true, "span": true, "bdi": true, "em": true, "code": true, "abbr": true,
		"time": true}
	hidden := 0
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := z.Next()
		token := z.Token()
		switch kind {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(token.Data)
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			if token.Data == "style" || token.Data == "script" {
				hidden += map[html.TokenType]int{html.StartTagToken: 1, html.EndTagToken: -1}[kind]
			}
			if !inline[token.Data] {
				b.WriteString("\n")
			}
			for _, a := range token.Attr {
				if a.Key == "title" || a.Key == "aria-label" || a.Key == "alt" || a.Key == "placeholder" {
					b.WriteString("\n" + a.Val + "\n")
				}
			}
		}
	}
}

// oneOfEach is a council on which everything was done once: one service, one survey, one link, one answer with a comment, one
// action, one import, one export.
func oneOfEach(t *testing.T) *sitetest.Site {
	t.Helper()
	s := sitetest.Empty(t)
	if _, err := s.Catalogue.Import(t.Context(), s.By(),
		strings.NewReader("directorate,service,slug,lgsl_id,parent\nHousing,Housing repairs,repairs,141,\n")); err != nil {
		t.Fatal(err)
	}
	s.Publish("customer-satisfaction")
	s.Send(s.LinkTo("customer-satisfaction", "repairs", "web"),
		sitetest.Feedback{Rating: "2", Reasons: url.Values{"reason": {"time"}, "comment": {"It took long"}},
			About: url.Values{"sex": {"female"}}})
	s.LastMonth()
	promised(s, actions.Published, late)
	consultation := s.SignIn(s.Person("consultation"))
	s.Post("/staff/exports", url.Values{"survey": {"customer-satisfaction"}, "format": {"xlsx"}, "comments": {"yes"}}, "Cookie",
		consultation).Is(http.StatusSeeOther)
	drain(s)
	keys := s.SignIn(s.Person("frontline"))
	at := s.Post("/staff/keying",
		url.Values{"survey": {"customer-satisfaction"}, "service": {"repairs"}, "channel": {"telephone"},
			"mode": {"telephone_interview"}}, "Cookie", keys).Is(http.StatusSeeOther).To()
	s.Post(at, url.Values{"token": {s.Get(at, "Cookie", keys).Token()}, "do": {"declined"}}, "Cookie", keys).Is(http.StatusSeeOther)
	return s
}

// mostOfAPage is how many choices of one page are looked at.
const mostOfAPage = 25

// Wherever one may look when there is one of everything, no sentence has a plural.
func TestNoPageSaysOneAnswers(t *testing.T) {
	t.Parallel()
	s := oneOfEach(t)
	seen := map[string]bool{}
	walk := func(who, cookie string, start ...string) {
		visited, ofPath := map[string]bool{}, map[string]int{}
		for todo := start; len(todo) > 0; todo = todo[1:] {
			at := todo[0]
			path, _, _ := strings.Cut(at, "?")
			if visited[at] || ofPath[path] == mostOfAPage {
				continue
			}
			visited[at] = true
			ofPath[path]++
			a := s.Get(at, "Cookie", cookie)
			kind, text := a.Header.Get("Content-Type"), a.Text
			switch {
			case a.StatusCode == http.StatusSeeOther:
				todo = append(todo, a.Header.Get("Location"))
				continue
			case a.StatusCode >= http.StatusInternalServerError:
				t.Errorf("%s meets %d at %s", who, a.StatusCode, at)
				continue
			case strings.HasPrefix(kind, "text/html"):
				todo = append(todo, leads(a.Text, at)...)
				text = wordsOf(a.Text)
			case strings.Contains(kind, "spreadsheetml"):
				text = a.WorkbookWords()
			case !strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "json") && !strings.Contains(kind, "xml"):
				continue
			}
			for _, wrong := range countsOfOne(text) {
				if !seen[wrong] {
					seen[wrong] = true
					t.Errorf("%s reads %q at %s", who, wrong, at)
				}
			}
		}
		t.Logf("%s: %d addresses of %d pages", who, len(visited), len(ofPath))
	}
	walk("a reader", "", "/testham?lang=en", "/testham/you-said-we-did?lang=en", "/testham/performance?lang=en", "/testham/privacy?lang=en")
	for _, role := range []string{"administrator", "consultation", "service", "viewer", "equality", "frontline"} {
		email := role + "@testham.example"
		if role != "consultation" && role != "frontline" {
			email = s.Person(role)
		}
		walk(role, s.SignIn(email), "/staff")
	}
}

// leads are the pages that a page leads to on this site, and those that its forms to look for something open with each of their choices.
func leads(page, at string) (list []string) {
	here, err := url.Parse(at)
	if err != nil {
		return nil
	}
	add := func(to string) {
		u, err := here.Parse(to)
		if err == nil && u.Host == "" && !strings.HasPrefix(u.Path, "/assets/") && !strings.Contains(u.RawQuery, "lang=cy") &&
			!strings.Contains(u.Path, "/file") {
			u.Fragment = ""
			list = append(list, u.String())
		}
	}
	form, field := "", ""
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return list
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			get := func(name string) string {
				for _, a := range token.Attr {
					if a.Key == name {
						return a.Val
					}
				}
				return ""
			}
			switch token.Data {
			case "a":
				if to := get("href"); to != "" {
					add(to)
				}
			case "form":
				if form = ""; !strings.EqualFold(get("method"), "post") {
					form = get("action")
				}
			case "select":
				field = get("name")
			case "option":
				if form != "" && get("value") != "" {
					query := here.Query()
					query.Set(field, get("value"))
					add(fmt.Sprintf("%s?%s", form, query.Encode()))
				}
			}
		}
	}
}
