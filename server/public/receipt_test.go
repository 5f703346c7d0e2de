package public

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// receipts knows one code, and whether its feedback was taken back.
type receipts struct{ withdrawn bool }

func (r *receipts) Find(_ context.Context, _ tenant.Org, code string) (responses.Receipt, error) {
	if code != "ABCDE-FGHJK" {
		return responses.Receipt{}, responses.ErrNoReceipt
	}
	found := responses.Receipt{Response: uuid.New(), State: "finished", Hour: time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC), Service: 7}
	if r.withdrawn {
		found.State = "withdrawn"
	}
	return found, nil
}

func (r *receipts) Withdraw(context.Context, tenant.Org, string) error {
	r.withdrawn = true
	return nil
}

func (*receipts) LookedAt(context.Context, tenant.Org, uuid.UUID) (bool, error) { return true, nil }
func (*receipts) Guess(context.Context, string, netip.Addr) error               { return nil }
func (*receipts) Forgive(context.Context, string, netip.Addr) error             { return nil }
func (*receipts) Services(context.Context, tenant.Org) ([]catalogue.Service, error) {
	return []catalogue.Service{{ID: 7, Slug: "bins", Names: question.Text{"en": "Bins"}}}, nil
}

// A receipt code tells what became of feedback, and takes it back when asked twice.
func TestAReceipt(t *testing.T) {
	t.Parallel()
	pages, err := page.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, r := &source{}, &receipts{}
	p := New(Config{Pages: pages, Accounts: s, Actions: s, Calendar: noCalendar{}, Receipts: r, Followed: r, Guard: r, Catalogue: r})
	e := echo.New()
	e.Renderer = pages
	e.GET("/:organisation/receipt", p.Receipt)
	e.POST("/:organisation/receipt", p.UseReceipt)
	send := func(form url.Values) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, "/testham/receipt", nil)
		if form != nil {
			request = httptest.NewRequest(http.MethodPost, "/testham/receipt?in=en", strings.NewReader(form.Encode()))
			request.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
		}
		w := httptest.NewRecorder()
		e.ServeHTTP(w, request)
		return w
	}
	code := url.Values{"code": {" ABCDE-FGHJK "}}
	for _, c := range []struct {
		form   url.Values
		status int
		says   string
	}{
		{nil, 200, `name="code"`}, {url.Values{}, 422, "Enter the receipt code"}, {url.Values{"code": {"ZZZZZ"}}, 422, "We cannot find this " +
			"receipt code"},
		{code, 200, "Bins"}, {url.Values{"code": code["code"], page.FieldAction: {"ask"}}, 200, "Do you want to take your feedback back?"},
		{url.Values{"code": code["code"], page.FieldAction: {"withdraw"}}, 200, "This feedback was taken back"},
	} {
		if w := send(c.form); w.Code != c.status || !strings.Contains(w.Body.String(), c.says) ||
			w.Header().Get(echo.HeaderCacheControl) != "no-store" {
			t.Errorf("%v: %d %v, not %d with %q\n%.800s", c.form, w.Code, w.Header(), c.status, c.says, w.Body)
		}
	}
	if !r.withdrawn {
		t.Error("the feedback is not taken back")
	}
	request := httptest.NewRequest(http.MethodGet, "/nowhere/receipt", nil)
	w := httptest.NewRecorder()
	if e.ServeHTTP(w, request); w.Code == 200 {
		t.Error("a council that is not there has receipts")
	}
}

// A preview shows each page of a draft, and stores nothing.
func TestAPreview(t *testing.T) {
	t.Parallel()
	pages, err := page.Load()
	if err != nil {
		t.Fatal(err)
	}
	d, err := surveys.Template("customer-satisfaction")
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{Pages: pages})
	e := echo.New()
	e.Renderer = pages
	o := accounts.Organisation{ID: 1, Slug: "testham", Names: question.Text{"en": "Testham"}, Languages: []string{"en", "cy"}}
	for index := range len(d.Pages) + 3 {
		for _, lang := range []string{"en", "cy", "xx"} {
			w := httptest.NewRecorder()
			c := e.NewContext(httptest.NewRequest(http.MethodGet, "/", nil), w)
			err := p.Preview(c, o, d, lang, index, func(index int, lang string) string { return fmt.Sprintf("/preview/%d?lang=%s", index+1, lang) })
			if err != nil || w.Code != 200 || !strings.Contains(w.Body.String(), "/preview/") {
				t.Errorf("page %d in %s: %v %d", index, lang, err, w.Code)
			}
		}
	}
}
