package public

import (
	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
)

// Council is what a council publishes here: its overall figures, what was done, receipts and how answers are used. The database is not
// asked for words that can be no council.
func (p *Pages) Council(c echo.Context) error {
	if !accounts.IsSlug(c.Param("organisation")) {
		_ = p.notFound(c)
		return accounts.ErrNoOrganisation
	}
	r, err := p.reader(c)
	if err != nil {
		return moved(c, err, "")
	}
	return p.serve(c, r, "council", wanted{}, func() (*response, error) {
		return p.html("public/council", p.councilPage(r), responseOptions{varies: r.varies})
	})
}

func (p *Pages) councilPage(r reader) page.CouncilPage {
	v := page.CouncilPage{
		Page:    p.frameOf(r, "", nil),
		Said:    r.in(youSaidPath),
		Items:   len(r.items),
		Receipt: r.in("/receipt"),
		Privacy: r.in("/privacy"),
		SignIn:  "/" + r.org.Slug + "/sign-in",
	}
	if len(r.calendar) > 0 {
		v.Performance = r.in(performancePath)
	}
	v.Overall = overall(r, v.Page)
	return v
}
