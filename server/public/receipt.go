package public

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/page"
	"yousaid/surveys/responses"
	"yousaid/surveys/tenant"
)

// Receipts finds feedback by its code and takes it back: surveys/responses.Receipts.
type Receipts interface {
	Find(ctx context.Context, org tenant.Org, code string) (responses.Receipt, error)
	Withdraw(ctx context.Context, org tenant.Org, code string) error
}

// Followed tells what became of feedback: analytics/insight.Reader.
type Followed interface {
	LookedAt(ctx context.Context, org tenant.Org, response uuid.UUID) (bool, error)
}

// Guard slows those who guess: server/signin.Authenticator.
type Guard interface {
	Guess(ctx context.Context, what string, from netip.Addr) error
	Forgive(ctx context.Context, what string, from netip.Addr) error
}

// ReceiptPage is public/receipt: the code is asked for, and what became of the feedback is shown.
type ReceiptPage struct {
	page.Page
	Action    string
	Code      string
	Found     bool
	Ask       bool // whether it is really to be taken back
	Withdrawn bool
	Service   page.Text
	Month     string
	Looked    bool
	Items     []page.ItemView
	Kept      []page.Kept // the code, for the page in another language
}

// receiptGuess names the look-ups of receipts for the guard.
const receiptGuess = "receipt"

// Receipt asks for the code. It is never in an address.
func (p *Pages) Receipt(c echo.Context) error {
	view, _, err := p.receipt(c)
	if err != nil {
		return err
	}
	return page.Render(c, http.StatusOK, "public/receipt", view)
}

func (p *Pages) receipt(c echo.Context) (ReceiptPage, accounts.Organisation, error) {
	unstored(c)
	org, err := p.Accounts.BySlug(c.Request().Context(), c.Param("organisation"))
	if err != nil {
		_ = p.notFound(c)
		return ReceiptPage{}, org, err
	}
	words := p.vocabulary(c.Request().Context(), org)
	languages := p.speaks(org, words)
	lang := p.language(c, languages, "")
	f := p.pageFor(org, words, lang)
	address := f.Base + "/receipt"
	f.Languages = page.Languages(languages, lang, func(l string) string { return address + "?" + askedLanguage + "=" + l })
	f.Sheet = "reading.css"
	page.Keep(c, f)
	return ReceiptPage{Page: page.New(c), Action: address + "?" + shownLanguage + "=" + lang}, org, nil
}

// UseReceipt tells what became of the feedback with the code, and takes it back when asked twice.
func (p *Pages) UseReceipt(c echo.Context) error {
	view, org, err := p.receipt(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view.Code = strings.TrimSpace(page.Printable(c.Request().PostFormValue("code")))
	if view.Code == "" {
		view.Problems.Add("code", view.T("receipt.enter|Enter the receipt code from the thanks page, such as ABCDE-FGHJK"))
		return page.Render(c, http.StatusUnprocessableEntity, "public/receipt", view)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // an address that cannot be read counts as one
	if err := p.Guard.Guess(ctx, receiptGuess, from); err != nil {
		return err
	}
	found, err := p.Receipts.Find(ctx, org.ID, view.Code)
	if errors.Is(err, responses.ErrNoReceipt) {
		view.Problems.Add(
			"code",
			view.T("receipt.unknown|We cannot find this receipt code. Check each letter and number: there is no O, I or L, and no 0 or 1."),
		)
		return page.Render(c, http.StatusUnprocessableEntity, "public/receipt", view)
	}
	if err != nil {
		return err
	}
	if err := p.Guard.Forgive(ctx, receiptGuess, from); err != nil {
		return err
	}
	switch c.Request().PostFormValue(page.FieldAction) {
	case "ask":
		view.Ask = found.State != "withdrawn"
	case "withdraw":
		if err := p.Receipts.Withdraw(ctx, org.ID, view.Code); err != nil {
			return err
		}
		found.State = "withdrawn"
	}
	view.KeptForm, view.Kept = keptForm, []page.Kept{{Name: "code", Value: view.Code}} // in another language it need not be typed again
	return p.tellReceipt(c, view, org, found)
}

func (p *Pages) tellReceipt(c echo.Context, view ReceiptPage, org accounts.Organisation, found responses.Receipt) error {
	ctx := c.Request().Context()
	view.Found, view.Withdrawn = true, found.State == "withdrawn"
	view.Month = view.Page.Month(found.Hour.In(org.Zone()))
	name, err := p.services.name(ctx, p.Catalogue, org.ID, found.Service, p.Clock.now())
	if err != nil {
		return err
	}
	view.Service = page.Find(name, view.Lang)
	if !view.Withdrawn {
		items, err := p.Actions.ForResponse(ctx, org.ID, found.Response)
		if err != nil {
			return err
		}
		for _, it := range items {
			view.Items = append(
				view.Items,
				p.itemView(reader{snapshot: &snapshot{org: org, words: p.vocabulary(ctx, org)}, lang: view.Lang}, it, view.Lang),
			)
		}
		if view.Looked, err = p.Followed.LookedAt(ctx, org.ID, found.Response); err != nil {
			return err
		}
	}
	return page.Render(c, http.StatusOK, "public/receipt", view)
}
