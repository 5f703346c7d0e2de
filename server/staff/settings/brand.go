package settings

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/wording"
)

// BrandPage is staff/brand: how the council's pages branding, and their languages.
type BrandPage struct {
	page.Page
	Was       string
	Names     staff.Wording
	Header    staff.Wording
	Colour    string
	Main      string
	Mains     []page.Option
	Languages []page.Option
	Logo      string
}

func (p *Pages) brandPage(c echo.Context, l accounts.Branding) (BrandPage, error) {
	org := staff.Organisation(c)
	translated, err := p.Words.Languages(c.Request().Context(), org.ID)
	if err != nil {
		return BrandPage{}, err
	}
	var started []string
	for _, s := range translated {
		started = append(started, s.Lang)
	}
	view := BrandPage{Page: page.New(c), Was: org.Branding().Mark(), Colour: l.Colour, Logo: org.Brand.Logo}
	view.Back = "/staff/settings"
	list := staff.Languages(c)
	view.Names = staff.Wording{
		Page:      view.Page,
		Name:      "names",
		Label:     view.T("setting.name_of_the_council|Name of the council"),
		Languages: list,
		Text:      l.Names,
	}
	view.Header = staff.Wording{
		Page:      view.Page,
		Name:      "header",
		Label:     view.T("setting.name_in_the_header|Name in the header (optional)"),
		Hint:      view.T("setting.where_it_should_be|Where it should be shorter."),
		Languages: list,
		Text:      l.Header,
	}
	if len(l.Languages) > 0 {
		view.Main = l.Languages[0]
	}
	for _, lang := range page.KnownLanguages(slices.Concat(org.Languages, l.Languages, started)) {
		name := page.LanguageName(lang)
		if here := view.LanguageWord(lang); here != name {
			name += " – " + here
		}
		view.Mains = append(view.Mains, page.Option{Value: lang, Text: name})
		view.Languages = append(view.Languages, page.Option{Value: lang, Text: name, Chosen: slices.Contains(l.Languages, lang)})
	}
	return view, nil
}

// Brand shows how the council looks.
func (p *Pages) Brand(c echo.Context) error {
	view, err := p.brandPage(c, staff.Organisation(c).Branding())
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "staff/brand", view)
}

// ChangeBrand does what a button says: "save", "logo", "no-logo".
func (p *Pages) ChangeBrand(c echo.Context) error {
	ctx, actor, org := c.Request().Context(), signin.Of(c).Actor, staff.Organisation(c)
	branding := org.Branding()
	var err error
	switch c.FormValue("do") {
	case "save":
		branding = accounts.Branding{
			Names:  staff.WordingOf(c, "names", branding.Names),
			Header: staff.WordingOf(c, "header", branding.Header),
			Colour: staff.PlainText(c.FormValue("colour")),
		}
		if main := staff.PlainText(c.FormValue("main")); main != "" {
			branding.Languages = append(branding.Languages, main)
		}
		for _, lang := range slices.Concat(org.Languages, c.Request().PostForm["languages"]) { // those that were there keep their order
			if slices.Contains(c.Request().PostForm["languages"], lang) && !slices.Contains(branding.Languages, lang) {
				branding.Languages = append(branding.Languages, lang)
			}
		}
		err = p.Accounts.ChangeBranding(ctx, actor, c.FormValue("was"), branding)
	case "logo":
		var picture []byte
		if picture, err = sentPicture(c); err == nil {
			err = p.Accounts.SetLogo(ctx, actor, picture)
		}
	case "no-logo":
		if org.Brand.Logo != "" {
			if sure, err := staff.Confirmed(c, staff.Confirmation{Heading: page.T(c, "setting.take_the_logo_away|Take the logo away?"),
				Button: page.T(c, "setting.take_the_logo_away_2|Take the logo away"), Keep: "/staff/brand",
				Happens: []string{page.T(c, "setting.the_header_of_all|The header of all pages shows the name of the council in its place, within a "+
					"minute."), page.T(c, "setting.the_picture_is_deleted|The picture is deleted here.")},
				Undo: page.T(c, "setting.choose_the_picture_again|Choose the picture again on this page. No copy is kept here, so have the file at "+
					"hand.")}); !sure {
				return err
			}
		}
		err = p.Accounts.SetLogo(ctx, actor, nil)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if err == nil {
		page.Flash(c, page.T(c, "setting.saved_customers_see_it|Saved. Customers see it within a minute."))
		return c.Redirect(http.StatusSeeOther, "/staff/brand")
	}
	view, failed := p.brandPage(c, branding)
	if failed != nil {
		return failed
	}
	main := "-" + org.Languages[0]
	if errors.Is(err, accounts.ErrChanged) {
		now, _ := org.Names.In("en")
		view.Problems.Add("names"+main, fmt.Sprintf(view.T(staff.ChangedSince), now+", "+strings.Join(org.Languages, ", ")))
	} else if err := staff.PutRefusals(view.Page, &view.Problems, err, func(field string) string {
		if field == "names" || field == "header" {
			return field + main
		}
		return field
	}); err != nil {
		return err
	}
	view.Names.Page, view.Header.Page = view.Page, view.Page
	return page.Render(c, http.StatusUnprocessableEntity, "staff/brand", view)
}

// sentPicture reads the file of the form. The middleware has bounded the whole form.
func sentPicture(c echo.Context) ([]byte, error) {
	header, err := c.FormFile("logo")
	if err != nil {
		return nil, wording.Refuse("logo", "setting.choose_a_picture|Choose a picture.")
	}
	file, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	picture, err := io.ReadAll(file)
	if err == nil && len(picture) == 0 {
		err = wording.Refuse("logo", "setting.the_file_is_empty|The file is empty. Choose another picture.")
	}
	return picture, err
}

// Logo is the picture in the header. Its address changes with it, so that it can be kept.
func (p *Pages) Logo(c echo.Context) error {
	picture, err := p.Accounts.Logo(c.Request().Context(), c.Param("organisation"), c.Param("name"))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "image/png", picture)
}
