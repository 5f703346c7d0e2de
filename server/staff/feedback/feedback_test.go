package feedback

import (
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/analytics/insight"
	"yousaid/server/staff/stafftest"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	p := &Pages{Analytics: f.Analytics, Insight: f.Insight, Comment: f.Comments, Actions: f.Actions, Surveys: f.Surveys}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/comments": p.Comments, "POST /staff/comments": p.SaveComments, "GET /staff/comments/:comment": p.OneComment,
		"POST /staff/comments/:comment": p.SaveComment,
		"GET /staff/themes":             p.ThemeList, "POST /staff/themes": p.ChangeThemes,
	})
}

var keyForm = regexp.MustCompile(`name="c0" value="([^"]+)"`)

// first is the key of the newest comment.
func first(t *testing.T, site *stafftest.Site) string {
	t.Helper()
	found := keyForm.FindStringSubmatch(site.Get("consultation", "/staff/comments?survey=customer-satisfaction").Is(200).Body)
	if found == nil {
		t.Fatal("no comment has a form")
	}
	return found[1]
}

func TestComments(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	site.EachFault("consultation", "/staff/comments?survey=customer-satisfaction&rating=1&rating=2", nil).
		Is(200, "remark", "Save the ticks of this page")
	newest := site.Get("consultation", "/staff/comments?survey=all&from=2026-02-01&to=2026-03-31").
		Is(200, "remark 111 about roads &lt;b&gt;", "rel=\"next\"").
		Hides("remark 000")
	older := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(newest.Body)
	site.Get("consultation", regexp.MustCompile(`&amp;`).ReplaceAllString(older[1], "&")).Is(200, "rel=\"prev\"").Hides("remark 111")
	site.Get("consultation", "/staff/comments?words=zebra").Is(200, "No comments fit this")
	site.Get("consultation", "/staff/comments?theme=none&mark=reply&state=withheld").Is(200)
	site.Get("service", "/staff/comments?survey=all&state=withheld").Is(200).Hides("about roads")
	site.Get("consultation", "/staff/comments?to=soon").Is(422, "Write the last day")
	site.Get("consultation", "/staff/comments?older=x").Fails(insight.ErrCursor)
}

// What is ticked in the list is saved, and only what changed.
func TestTicksOfAList(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("consultation", "/staff/themes", url.Values{"do": {"start"}}).LeadsTo("/staff/themes")
	themes, err := f.Insight.Themes(t.Context(), f.Org.ID)
	if err != nil || len(themes) < 2 {
		t.Fatal(themes, err)
	}
	key, mark, theme := first(t, site), string(insight.Marks[0]), strconv.FormatInt(themes[0].ID, 10)
	site.EachFault("consultation", "/staff/comments", url.Values{"c0": {key}, "c0-had": {""}, "c0-mark": {mark}, "c0-theme": {theme},
		"list": {"survey=all"}}).
		LeadsTo("/staff/comments?survey=all")
	site.Get("consultation", "/staff/comments?theme="+theme).Is(200, "What comments are about")
	site.Post("consultation", "/staff/comments", url.Values{"c0": {key}, "c0-had": {mark}}).LeadsTo("/staff/comments?")
	site.Post("consultation", "/staff/comments", url.Values{"c0": {"00000000-0000-0000-0000-000000000000"}, "c0-mark": {mark}}).
		LeadsTo("/staff/comments?")
	site.Post("consultation", "/staff/comments", url.Values{"c0": {"x"}}).Fails(insight.ErrNoComment)
}

// A comment is worked on, redacted, and shown as it was decided. Who may not decide cannot.
func TestOneComment(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	f.Owner.MustExec(`UPDATE comments SET text = 'Ring Mrs Smith on 01632 960001 about the bins' WHERE text LIKE 'remark 111%'`)
	site.Post("consultation", "/staff/themes", url.Values{"do": {"start"}})
	themes, err := f.Insight.Themes(t.Context(), f.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	at := "/staff/comments/" + first(t, site)
	site.EachFault("consultation", at, nil).Is(200, "<mark>01632 960001", "Needs a reply")
	theme, mark := strconv.FormatInt(themes[0].ID, 10), string(insight.Marks[0])
	site.EachFault("consultation", at, url.Values{"do": {"work"}, "theme": {theme}, "mark": {mark}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"work"}, "had": {theme + " " + mark}}).LeadsTo(at)
	site.Post("consultation", at, url.Values{"do": {"suggest"}, "span": {"0"}}).Is(200)
	site.Post("consultation", at, url.Values{"do": {"redact"}, "revision": {"1"}}).Is(422, "Write what may be shown")
	site.EachFault("consultation", at, url.Values{"do": {"redact"}, "revision": {"1"}, "text": {"Ring [name] about the bins"}}).LeadsTo(at)
	site.Post("second", at, url.Values{"do": {"as-is"}, "revision": {"1"}}).Is(422, "Somebody else decided", "Ring [name]")
	site.Get("service", "/staff/comments?survey=all").Hides("Smith")
	site.Post("service", "/staff/comments/"+first(t, site), url.Values{"do": {"work"}})
	site.Post("consultation", at, url.Values{"do": {"withhold"}, "revision": {"2"}}).Is(200, "Withhold this comment?")
	site.Post("consultation", at, url.Values{"do": {"withhold"}, "revision": {"2"}, "sure": {"yes"}}).LeadsTo(at)
	site.Get("consultation", at).Is(200, "Withheld")
	site.Post("consultation", at, url.Values{"do": {"dance"}}).FailsWith(400)
	site.Get("consultation", "/staff/comments/x").Fails(insight.ErrNoComment)
}

// Who may work on comments and not decide about them is refused, also where the button was sent all the same.
func TestWhoMayNotDecide(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	body := site.Get("service", "/staff/comments?survey=all").Is(200, "about bins").Body
	at := "/staff/comments/" + keyForm.FindStringSubmatch(body)[1]
	site.Get("service", at).Is(200).Hides("<mark>", `value="withhold"`)
	site.Post("service", at, url.Values{"do": {"withhold"}, "sure": {"yes"}}).FailsWith(403)
	roads := "/staff/comments/" + first(t, site)
	site.Get("service", roads).Fails(insight.ErrNoComment)
}

func TestThemes(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("consultation", "/staff/themes", nil).Is(200, "Root cause")
	site.EachFault("consultation", "/staff/themes", url.Values{"do": {"add"}, "kind": {"theme"}, "name-en": {"Waiting"}}).
		LeadsTo("/staff/themes")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"add"}, "kind": {"theme"}, "name-en": {"Queues"}}).LeadsTo("/staff/themes")
	themes, err := f.Insight.Themes(t.Context(), f.Org.ID)
	if err != nil || len(themes) != 2 {
		t.Fatal(themes, err)
	}
	id, other := strconv.FormatInt(themes[0].ID, 10), strconv.FormatInt(themes[1].ID, 10)
	site.Get("consultation", "/staff/themes").Is(200, "Waiting", "Queues", `value="merge `+id)
	site.Post("consultation", "/staff/themes", url.Values{"do": {"add"}, "kind": {"theme"}, "name-en": {"waiting"}}).
		Is(422, "There is a theme with this name already")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"add"}, "kind": {"theme"}, "name-en": {"…"}}).Is(422, "Write a name")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"name " + id}, "name" + id + "-en": {"Waiting times"}}).
		LeadsTo("/staff/themes")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"retire " + id}}).LeadsTo("/staff/themes")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"back " + id}}).LeadsTo("/staff/themes")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"merge " + id}, "into" + id: {other}}).Is(200, "Merge these two themes?")
	site.EachFault("consultation", "/staff/themes", url.Values{"do": {"merge " + id}, "into" + id: {other}, "sure": {"yes"}}).
		LeadsTo("/staff/themes")
	site.Post("consultation", "/staff/themes", url.Values{"do": {"retire 7"}}).Fails(insight.ErrNoTheme)
	site.Post("consultation", "/staff/themes", url.Values{"do": {"dance"}}).FailsWith(400)
}
