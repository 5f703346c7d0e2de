package page

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"
)

// rules checks the forms of staff pages: the tag "validate" of a field says what must hold, the tag "problem" what to tell a person where
// it
// does not.
var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("form") })
	return v
}

// Bind reads the fields that were sent into form, a pointer to a struct with the tags form, validate and problem, and lists what to put
// right
// in the order of the form. The problem tag holds the message of the field: its key, a bar and the English.
// The error is for a form that cannot be read at all (400), or one whose tags are wrong.
func Bind(c echo.Context, form any) (Problems, error) {
	r := c.Request()
	if err := r.ParseForm(); err != nil {
		return nil, echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	r.Form = r.PostForm // echo would take fields from the address as well
	if err := (&echo.DefaultBinder{}).BindBody(c, form); err != nil {
		return nil, err
	}
	return New(c).Validate(form)
}

// Validate is Bind for a form that has been filled in already.
func (p Page) Validate(form any) (Problems, error) {
	err := rules.Struct(form)
	var broken validator.ValidationErrors
	if err == nil || !errors.As(err, &broken) {
		return nil, err
	}
	fields := reflect.Indirect(reflect.ValueOf(form)).Type()
	var ps Problems
	for _, b := range broken {
		field, _ := fields.FieldByName(b.StructField())
		message := field.Tag.Get("problem")
		if !strings.Contains(message, "|") {
			return nil, fmt.Errorf("the field %s of %s has no message for the rule %s", b.StructField(), fields.Name(), b.Tag())
		}
		ps.Add(b.Field(), p.T(message))
	}
	return ps, nil
}
