package staff

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"yousaid/server/page"
)

// ConfirmPage is staff/confirm: what an order will do and how to undo it, before it is done.
type ConfirmPage struct {
	page.Page
	Confirmation
	Action string // where the form is sent to once more
	Fields []page.Option
}

// Confirmation is what is said before an order is carried out that ends or removes something.
type Confirmation struct {
	Heading string   // a question: "Close this link?"
	Happens []string // sentences
	Undo    string   // a sentence; how to undo it, or that it cannot be undone
	Button  string   // the verb of the question
	Keep    string   // address to go back to
}

// Confirmed tells whether somebody who sent a form has read what it will do. Where they have not, the page that says so is shown, which
// sends the same form again.
func Confirmed(c echo.Context, d Confirmation) (bool, error) {
	if c.FormValue("sure") == "yes" {
		return true, nil
	}
	view := ConfirmPage{Page: page.New(c), Confirmation: d, Action: c.Request().URL.Path}
	view.Back = d.Keep
	sent := c.Request().PostForm
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		for _, value := range sent[name] {
			if name != "sure" {
				view.Fields = append(view.Fields, page.Option{Value: value, Text: name})
			}
		}
	}
	return false, page.Render(c, http.StatusOK, "staff/confirm", view)
}

// ErrAsked says that the page that asks once more is shown already.
var ErrAsked = errors.New("asked once more")

// Confirm is confirmed for functions that show no page themselves: nil to go on, errAsked when the page is shown.
func Confirm(c echo.Context, d Confirmation) error {
	sure, err := Confirmed(c, d)
	if err != nil || sure {
		return err
	}
	return ErrAsked
}

// ConfirmWithdrawal asks before something that the public reads is taken away from it.
func ConfirmWithdrawal(frame page.Page, heading, keep string) Confirmation {
	return Confirmation{
		Heading: heading,
		Button:  frame.T("staff.withdraw|Withdraw it"),
		Keep:    keep,
		Undo: frame.T(
			"staff.what_is_withdrawn_does|What is withdrawn does not come back. To make it public again, write or plan it anew and have a second " +
				"person approve it.",
		),
		Happens: []string{
			frame.T(
				"staff.the_public_does_not|The public does not read it any more from now on. Where it was public, its page stays and gives your note.",
			),
			frame.T("staff.a_change_of_it|A change of it that waits for a second person is over."),
		},
	}
}
