package links

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys"
	"yousaid/surveys/links"
	"yousaid/surveys/permission"
	"yousaid/surveys/qr"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"
)

// LinkPage is staff/link: a link and everything to put it on.
type LinkPage struct {
	page.Page
	Link     links.Use
	Survey   string
	Title    question.Text // of the survey, as customers see it
	Service  string
	Channel  string
	Place    string
	State    string
	Address  string
	QR       string // the address as a QR code holds it
	Snippets []Snippet
	Sizes    []QRSize
	Secrets  bool
}

// Snippet is an email signature in one language: a link for each answer of the rating.
type Snippet struct {
	staff.Language
	HTML, Text string
	Shown      template.HTML // as mail programs show it
}

// QRSize is a picture on offer.
type QRSize struct{ Label, Href string }

// address is where a link leads, by the council's own address or the program's.
func (p *Pages) address(c echo.Context, code string) string {
	base := staff.Organisation(c).BaseURL
	if base == "" {
		base = p.BaseURL
	}
	return links.Address(base, code)
}

// Link shows a link with all it offers.
func (p *Pages) Link(c echo.Context) error {
	view, err := p.linkPage(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/link", view)
}

func (p *Pages) linkPage(c echo.Context) (LinkPage, error) {
	ctx, org := c.Request().Context(), staff.Organisation(c)
	used, err := p.Links.Called(ctx, org.ID, c.Param("code"))
	if err != nil {
		return LinkPage{}, err
	}
	all, err := staff.AboutChoices(c, p.Surveys, p.Catalogue, staff.AllServices)
	if err != nil {
		return LinkPage{}, err
	}
	view := LinkPage{
		Page:    page.New(c),
		Link:    used,
		Service: cmp.Or(staff.OptionText(all.Services, used.Service), page.T(c, staff.NotOneService)),
		Channel: cmp.Or(staff.OptionText(all.Channels, used.Channel), page.T(c, staff.NoChannel)),
		State:   staff.OptionText(linkStates(page.New(c)), string(used.State)),
		Address: p.address(c, used.Code),
		Secrets: permission.Holds(signin.Of(c).Actor, permission.ManageOperations),
	}
	view.Back = "/staff/links"
	view.QR = qr.Address(view.Address)
	survey, err := p.Surveys.Survey(ctx, org.ID, used.Link.Survey)
	if err != nil {
		return view, err
	}
	view.Survey = view.Word(survey.Title)
	places, err := p.Catalogue.AccessPoints(ctx, org.ID)
	if err != nil {
		return view, err
	}
	for _, a := range places {
		if a.ID == used.AccessPoint {
			view.Place = view.Word(a.Names)
		}
	}
	d, _, err := p.Surveys.Draft(ctx, org.ID, survey.ID)
	if err != nil {
		return view, err
	}
	version, err := p.Surveys.CurrentVersion(ctx, org.ID, survey.ID)
	switch {
	case err == nil:
		d = version.Definition
	case !errors.Is(err, surveys.ErrNotPublished):
		return view, err
	}
	view.Title, view.Snippets = d.Title, snippets(view.Address, d, staff.Languages(c))
	code, err := qr.New(view.QR)
	if err != nil {
		return view, err
	}
	for _, s := range qr.Sizes {
		s = s.For(code)
		view.Sizes = append(
			view.Sizes,
			QRSize{
				Label: view.Say(wording.Say("link.size|{1}: {2} × {2} dots, {3} mm", wording.Say(s.Label), code.Modules()*s.Dots,
					strconv.FormatFloat(s.MM(code), 'f', 0, 64))),
				Href: "/staff/links/" + used.Code + "/qr.png?size=" + s.Name,
			},
		)
	}
	return view, nil
}

// snippets are the email signatures in the languages of the survey: one link for each answer of the first rating, no picture
// from elsewhere.
func snippets(address string, d surveys.Definition, list []staff.Language) []Snippet {
	var rating question.Question
	if len(d.Pages) > 0 {
		for _, q := range d.Pages[0].Questions {
			if q.Rates() {
				rating = q
				break
			}
		}
	}
	var all []Snippet
	for _, t := range list {
		title, in := d.Title.In(t.Lang)
		if asked, _ := rating.Text.In(t.Lang); asked != "" {
			title = asked
		}
		if in != t.Lang || rating.Code == "" {
			continue
		}
		esc := template.HTMLEscapeString
		html := fmt.Sprintf(
			"<p lang=\"%s\" dir=\"%s\" style=\"font-family:Arial,sans-serif;font-size:16px;margin:0 0 4px\">%s</p>\n<p lang=\"%[1]s\" "+
				"dir=\"%[2]s\" style=\"font-family:Arial,sans-serif;font-size:16px;margin:0\">",
			t.Lang,
			t.Dir,
			esc(title),
		)
		text := title + "\n"
		var shown []string
		for _, o := range rating.Choices() {
			if o.DontKnow {
				continue
			}
			label, _ := o.Text.In(t.Lang)
			to := address + "?" + url.Values{"r": {o.Code}, "lang": {t.Lang}}.Encode()
			shown = append(shown, fmt.Sprintf("<a href=\"%s\">%s</a>", esc(to), esc(label)))
			text += label + ": " + to + "\n"
		}
		html += strings.Join(shown, " |\n") + "</p>\n"
		all = append(
			all,
			Snippet{Language: t, HTML: html, Text: text, Shown: template.HTML(strings.Join(shown, " | "))},
		) // every part is escaped above
	}
	return all
}

// ChangeLink does what a button says: "close", "reopen", "use" for how its answers are judged.
func (p *Pages) ChangeLink(c echo.Context) error {
	ctx, actor := c.Request().Context(), signin.Of(c).Actor
	used, err := p.Links.Called(ctx, staff.Organisation(c).ID, c.Param("code"))
	if err != nil {
		return err
	}
	at, said := "/staff/links/"+used.Code, ""
	switch c.FormValue("do") {
	case "use":
		said = page.T(c, "link.saved_it_holds_for|Saved. It holds for answers that are sent from now on.")
		err = p.Links.SetUse(ctx, actor, used.ID, c.FormValue("shared") != "", c.FormValue("needs_job") != "")
	case "reopen":
		said = page.T(c, "link.the_link_is_open|The link is open again.")
		err = p.Links.Reopen(ctx, actor, used.ID)
	case "close":
		if used.State == links.Closed {
			return links.ErrClosed
		}
		if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: page.T(c, "link.close_the_link|Close the link %s?", used.Code),
			Button: page.T(c, "link.close|Close this link"), Keep: at,
			Undo: page.T(c, "link.open_the_link_again|Open the link again on its page: the same address and QR code work then as before."),
			Happens: []string{page.T(c, "link.whoever_follows_its_address|Whoever follows its address or QR code reads that it is closed, and "+
				"cannot answer."), page.T(c, "link.what_came_in_by|What came in by it stays in the results.")}}); !sure {
			return err
		}
		said = page.T(c, "link.the_link_is_closed|The link is closed. Whoever follows it reads so. You can open it again here.")
		err = p.Links.Close(ctx, actor, used.ID)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err != nil {
		return err
	}
	page.Flash(c, said)
	return c.Redirect(http.StatusSeeOther, at)
}

func (p *Pages) linkCode(c echo.Context) (links.Use, qr.Code, error) {
	used, err := p.Links.Called(c.Request().Context(), staff.Organisation(c).ID, c.Param("code"))
	if err != nil {
		return used, qr.Code{}, err
	}
	code, err := qr.New(qr.Address(p.address(c, used.Code)))
	return used, code, err
}

// LinkSVG is a link's QR code as a drawing.
func (p *Pages) LinkSVG(c echo.Context) error {
	used, code, err := p.linkCode(c)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="feedback-`+strings.ToLower(used.Code)+`.svg"`)
	return c.Blob(http.StatusOK, "image/svg+xml", code.SVG(p.address(c, used.Code)))
}

// LinkPNG is a link's QR code as a picture of whole dots.
func (p *Pages) LinkPNG(c echo.Context) error {
	used, code, err := p.linkCode(c)
	if err != nil {
		return err
	}
	size, ok := qr.SizeOf(c.QueryParam("size"))
	if !ok {
		size = qr.Sizes[0]
	}
	picture, err := code.PNG(size.For(code))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, `inline; filename="feedback-`+strings.ToLower(used.Code)+`-`+size.Name+`.png"`)
	return c.Blob(http.StatusOK, "image/png", picture)
}

// JobLinksPage is staff/job_links: how another system makes links about one job.
type JobLinksPage struct {
	page.Page
	Pattern  string // the address of a link about one job, with words in the place of its parts
	Secrets  []links.JobSecret
	Examples []links.Example
}

// JobLinks shows the secret and the recipe.
func (p *Pages) JobLinks(c echo.Context) error {
	secrets, err := p.Links.JobSecrets(c.Request().Context(), staff.Organisation(c).ID)
	if err != nil {
		return err
	}
	view := JobLinksPage{
		Page:     page.New(c),
		Pattern:  p.address(c, "CODE") + "?job=REFERENCE&sig=SIGNATURE",
		Secrets:  secrets,
		Examples: links.Examples(),
	}
	view.Back = "/staff/links"
	return page.Render(c, http.StatusOK, "staff/job_links", view)
}

// MakeJobSecret makes another secret.
func (p *Pages) MakeJobSecret(c echo.Context) error {
	after, err := strconv.Atoi(c.FormValue("after"))
	if err != nil || after < 1 {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	secrets, err := p.Links.JobSecrets(c.Request().Context(), staff.Organisation(c).ID)
	if err != nil {
		return err
	}
	if after == secrets[0].Number { // a second click makes no third
		if sure, err := staff.Confirmed(c, replacingSecret(page.New(c), secrets)); !sure {
			return err
		}
	}
	if err := p.Links.NewJobSecret(c.Request().Context(), signin.Of(c).Actor, after); err != nil {
		return err
	}
	page.Flash(c, page.T(c, "link.there_is_a_new|There is a new secret. The one before it stays good until you make the next."))
	return c.Redirect(http.StatusSeeOther, "/staff/links/jobs")
}

// replacingSecret asks before another secret is made: with it the one before the last ends. The newest stands first in the list.
func replacingSecret(frame page.Page, good []links.JobSecret) staff.Confirmation {
	d := staff.Confirmation{
		Heading: frame.T("link.make_a_new_secret|Make a new secret for job links?"),
		Button:  frame.T("link.secret_new|Make a new secret"),
		Keep:    "/staff/links/jobs",
		Happens: []string{
			frame.T(
				"link.secret_is_made_give|Secret %s is made. Give it to the people who look after the system that makes the links.",
				good[0].Number+1,
			),
			frame.T(
				"link.secret_stays_good_until|Secret %s stays good until you make the next one. Links that were signed with it work as before.",
				good[0].Number,
			),
		},
		Undo: frame.T("link.a_secret_that_was|A secret that was made stays. You need not use it: secret %s is good as well.", good[0].Number),
	}
	if len(good) > 1 {
		d.Happens = append(
			d.Happens,
			frame.T(
				"link.secret_ends_at_once|Secret %s ends at once. Links that were signed with it open no form any more, also those in messages that "+
					"were sent already.",
				good[1].Number,
			),
		)
		d.Undo += " " + frame.T("link.secret_does_not_come|Secret %s does not come back.", good[1].Number)
	}
	return d
}
