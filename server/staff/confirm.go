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
	Doubt
	Action string // where the form is sent to once more
	Fields []page.Option
}

// Doubt is what is said before an order is carried out that ends or removes something.
type Doubt struct {
	Heading string   // a question: "Close this link?"
	Happens []string // sentences
	Undo    string   // a sentence; how to undo it, or that it cannot be undone
	Button  string   // the verb of the question
	Keep    string   // address to go back to
}

// confirmed tells whether somebody who sent a form has read what it will do. Where they have not, the page that says so is shown, which sends the same form again.
func confirmed(c echo.Context, d Doubt) (bool, error) {
	if c.FormValue("sure") == "yes" {
		return true, nil
	}
	view := ConfirmPage{Page: page.New(c), Doubt: d, Action: c.Request().URL.Path}
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

// errAsked says that the page that asks once more is shown already.
var errAsked = errors.New("asked once more")

// ask is confirmed for functions that show no page themselves: nil to go on, errAsked when the page is shown.
func ask(c echo.Context, d Doubt) error {
	sure, err := confirmed(c, d)
	if err != nil || sure {
		return err
	}
	return errAsked
}

// withdrawing asks before something that the public reads is taken away from it.
func withdrawing(heading, keep string) Doubt {
	return Doubt{Heading: heading, Button: "Withdraw it", Keep: keep, Undo: "What is withdrawn does not come back. To make it public again, write or plan it anew and have a second person approve it.",
		Happens: []string{"The public does not read it any more from now on. Where it was public, its page stays and gives your note.", "A change of it that waits for a second person is over."}}
}
