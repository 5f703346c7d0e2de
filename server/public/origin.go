package public

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/responses"
	"yousaid/surveys/responses/quality"
)

// origin is what is known of where a page came from. The address itself goes no further.
func (p *Pages) origin(c echo.Context, d *linkTarget) quality.Origin {
	return quality.Origin{Network: p.network(c), Shared: d.shared, NeedsJob: d.signed}
}

// within counts a new response against the limits of its link and network, or refuses it with a tooMany. Later pages are not counted.
func (p *Pages) within(s responses.Submission) error {
	if !s.First || p.Limits == nil {
		return nil
	}
	if wait := p.Limits.Take(s.Link, s.Origin, p.Now()); wait > 0 {
		return tooMany{wait}
	}
	return nil
}

// tooMany is a response that must wait, because very many came from its network.
type tooMany struct{ wait time.Duration }

func (t tooMany) Error() string {
	return fmt.Sprintf("too many answers from one network: wait %s", t.wait)
}

func (t tooMany) seconds() int { return int((t.wait + time.Second - 1) / time.Second) }

func (t tooMany) minutes() int { return int((t.wait + time.Minute - 1) / time.Minute) }

// nothing says that a first page without any answer was not taken: it would be no response.
func (p *Pages) nothing(c echo.Context, v view) error {
	sentence := v.frame.T("questions.nothing|Nothing was chosen, so nothing was sent. Choose an answer, then send it.")
	v.frame.Problems.Add(v.edition.definition.Pages[0].Questions[0].Code, sentence)
	return p.show(c, http.StatusUnprocessableEntity, v)
}
