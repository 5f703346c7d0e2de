package page

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

type bound struct {
	Name  string `form:"name" validate:"required,max=5" problem:"test.name|Enter a name of 5 letters or fewer."`
	Again string `form:"again" validate:"eqfield=Name" problem:"test.again|Write the same name twice."`
	Mute  string `form:"mute" validate:"max=3"`
}

func bind(t *testing.T, body string) (bound, Problems, error) {
	t.Helper()
	r := httptest.NewRequest("POST", "/?name=query", strings.NewReader(body))
	r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationForm)
	var b bound
	ps, err := Bind(echo.New().NewContext(r, httptest.NewRecorder()), &b)
	return b, ps, err
}

func TestBind(t *testing.T) {
	t.Parallel()
	b, ps, err := bind(t, "name=Ann&again=Ann&other=x")
	if err != nil || len(ps) != 0 || b.Name != "Ann" {
		t.Errorf("%+v %v %v", b, ps, err)
	}
	_, ps, err = bind(t, "again=x")
	if err != nil || len(ps) != 2 || ps.For("name") != "Enter a name of 5 letters or fewer." ||
		ps.For("again") != "Write the same name twice." {
		t.Errorf("nothing was sent, and the address does not count: %v %v", ps, err)
	}
	_, ps, err = bind(t, "name=Annabel&again=Annabel")
	if err != nil || len(ps) != 1 || ps[0].Text != "Enter a name of 5 letters or fewer." {
		t.Errorf("%v %v", ps, err)
	}
	if _, _, err = bind(t, "name=Ann&again=Ann&mute=loud"); err == nil {
		t.Error("a rule without a sentence was kept from the programmer")
	}
	if _, _, err = bind(t, "name=%zz"); err == nil {
		t.Error("a form that cannot be read is no error")
	}
}
