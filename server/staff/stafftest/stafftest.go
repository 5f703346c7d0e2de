// Package stafftest calls the pages of staff in tests, with a council and somebody who is signed in and without the rest of the site.
package stafftest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff"
	"yousaid/surveys/tenant"
)

type council accounts.Organisation

func (o council) Organisation(context.Context, tenant.Org) (accounts.Organisation, error) {
	return accounts.Organisation(o), nil
}

// Context is a request by somebody of a council, framed as the site frames it. A nil form is a GET.
func Context(e *echo.Echo, o accounts.Organisation, by tenant.Actor, address string, form url.Values) (echo.Context, *httptest.ResponseRecorder) {
	r := httptest.NewRequest(http.MethodGet, address, nil)
	if form != nil {
		r = httptest.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	}
	w := httptest.NewRecorder()
	c := e.NewContext(r, w)
	signin.Keep(c, signin.Session{Actor: by})
	if err := staff.Frame(c, council(o)); err != nil {
		panic(err) // a council that is given is found
	}
	return c, w
}
