package links

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
	"yousaid/server/staff"
	"yousaid/surveys/question"
)

// PosterPage is staff/link_poster: a sheet to print.
type PosterPage struct {
	page.Page
	Code, Short string
	Parts       []page.PosterPart // one for each language of the survey
	Letters     int               // their size on paper
}

// LinkPoster is a sheet of A4 or A5 with what the link is about, the code and the short address.
func (p *Pages) LinkPoster(c echo.Context) error {
	view, err := p.linkPage(c)
	if err != nil {
		return err
	}
	poster := PosterPage{
		Page:  view.Page,
		Code:  view.Link.Code,
		Short: strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(view.Address), "https://"), "http://"),
	}
	if poster.Parts, err = p.posterParts(c, view); err != nil {
		return err
	}
	var paragraphs []string
	for _, one := range poster.Parts {
		paragraphs = append(paragraphs, one.Organisation, one.Title, one.Service, one.How.Text)
	}
	poster.Letters, _ = page.Letters(posterWide, posterHigh, paragraphs)
	return page.Render(c, http.StatusOK, "staff/link_poster", poster)
}

// The room for words on the poster of a link, in pixels: A4 without its margins, the code and the address.
const posterWide, posterHigh = 710, 610

// posterParts are the words of a poster. What two languages have in common, such as a service without a Welsh name, is said once.
func (p *Pages) posterParts(c echo.Context, link LinkPage) ([]page.PosterPart, error) {
	services, err := p.Catalogue.Services(c.Request().Context(), staff.Organisation(c).ID)
	if err != nil {
		return nil, err
	}
	var service question.Text
	for _, one := range services {
		if one.Slug == link.Link.Service {
			service = one.Names
		}
	}
	own, err := staff.OwnWords(c, p.Set, p.Words)
	if err != nil {
		return nil, err
	}
	var parts []page.PosterPart
	said := map[string]bool{}
	once := func(text string) string {
		if said[text] {
			return ""
		}
		said[text] = true
		return text
	}
	for i, t := range staff.Languages(c) {
		title, in := link.Title.In(t.Lang)
		if in != t.Lang && i > 0 {
			continue
		}
		council, _ := staff.Organisation(c).Brand.Name.In(t.Lang)
		if council == "" {
			council, _ = staff.Organisation(c).Names.In(t.Lang)
		}
		name, _ := service.In(t.Lang)
		how := p.Set.HowToAnswer(t.Lang, own[t.Lang])
		how.Text = once(how.Text)
		parts = append(
			parts,
			page.PosterPart{Lang: t.Lang, Dir: t.Dir, Organisation: once(council), Title: once(title), Service: once(name), How: how},
		)
	}
	return parts, nil
}
