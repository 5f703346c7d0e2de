package main

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/responses"
)

// handler is the form's handler with a place to leave what is sent.
func handler(p *place, c council, to submitter) http.Handler {
	e := echo.New()
	e.POST("/f/:code", func(ctx echo.Context) error { return receive(ctx, p, c, to, ctx.FormValue("token"), 0) })
	e.POST("/f/:code/:token/:page", func(ctx echo.Context) error {
		page, err := strconv.Atoi(ctx.Param("page"))
		if err != nil {
			return echo.ErrNotFound
		}
		return receive(ctx, p, c, to, ctx.Param("token"), page-1)
	})
	return e
}

func receive(ctx echo.Context, p *place, c council, to submitter, token string, page int) error {
	form, err := p.keys.Open(token)
	if err != nil {
		return echo.ErrNotFound
	}
	fields, err := ctx.FormParams()
	if err != nil {
		return err
	}
	sub, err := responses.Check(c.definition, page, form, "en", fields)
	if err != nil {
		return err
	}
	if err := to.Submit(ctx.Request().Context(), sub); err != nil {
		return err
	}
	return ctx.Redirect(http.StatusSeeOther, "/f/"+c.code+"/"+token+"/"+strconv.Itoa(page+2))
}
