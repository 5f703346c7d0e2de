package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
)

// Who holds the receipt sees what became of the feedback and can take it back; figures forget it, releases stay.
func TestTheReceiptTellsAndTakesBack(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	team := s.SignIn(s.Person("consultation"))
	code := receipted(s, "Nobody rang me back")
	answersOf(s, code, "").Is(200).Shows("We received your feedback about", "Housing repairs",
		"It is counted with what others said").Hides("Nobody rang me back", "dissatisfied")
	var key string
	if err := s.Database.Owner().Get(&key, `SELECT ref::text FROM comments`); err != nil {
		t.Fatal(err)
	}
	s.Post("/staff/comments/"+key, url.Values{"do": {"as-is"}, "revision": {"1"}}, "Cookie", team).Is(303)
	answersOf(s, code, "").Shows("It is being looked at")
	fill := form(s.Get("/staff/actions/new?comment="+key, "Cookie", team).Is(200))
	for name, value := range map[string]string{"service": "0", "theme": "0", "owner": "0", "kind": "did",
		"you_said-en": "Nobody rings back.", "you_said-cy": "Does neb yn ffonio.", "we_did-en": "We do now.", "we_did-cy": "Rydym nawr."} {
		fill.Set(name, value)
	}
	at := s.Post("/staff/actions/new", fill, "Cookie", team).To()
	send := form(s.Get(at, "Cookie", team))
	for name, value := range map[string]string{"service": "0", "theme": "0", "owner": "0", "kind": "did", "do": "send"} {
		send.Set(name, value)
	}
	s.Post(at, send, "Cookie", team).Is(303)
	boss := s.SignIn(s.Person("administrator"))
	approve := url.Values{"do": {"approve"}, "revision": {form(s.Get(at, "Cookie", boss)).Get("revision")}}
	parts(approve, "publish_on", time.Now())
	s.Post(at, approve, "Cookie", boss).Is(303)
	answersOf(s, code, "").Shows("What it led to", "Nobody rings back.", "We do now.")
	// Taken back by several clicks at once: one change; asked about first.
	answersOf(s, code, "ask").Is(200).Shows("This cannot be undone")
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			answersOf(s, code, "withdraw").Is(200).Shows("This feedback was taken back", "Figures that were published before stay")
		})
	}
	wait.Wait()
	var row struct {
		State    string
		Answers  string
		Revision int
		Equality bool
		No, Last int64
	}
	if err := s.Database.Owner().Get(&row,
		`SELECT r.state, r.answers::text AS answers, r.revision, r.equality_id IS NOT NULL AS equality,
		       r.change_no AS no, f.last_no AS last
		FROM   responses r
		JOIN   feeds f ON f.organisation_id = r.organisation_id`); err != nil {
		t.Fatal(err)
	}
	if row.State != "withdrawn" || row.Answers != "{}" || row.Equality || row.No != row.Last {
		t.Errorf("%+v", row)
	}
	for name, query := range map[string]string{"comments": `SELECT count(*) FROM comments`,
		"tags": `SELECT count(*) FROM comment_tags`, "equality answers": `SELECT count(*) FROM equality_answers WHERE answers <> '{}'`,
		"further entries in the trail": `SELECT count(*) - 1 FROM audit WHERE action = 'response.withdrawn'`} {
		var n int
		if err := s.Database.Owner().Get(&n, query); err != nil || n != 0 {
			t.Errorf("%d %s are left: %v", n, name, err)
		}
	}
	if got := s.Get("/staff/results?survey=customer-satisfaction", "Cookie", team).Is(200).Table("all").Figure("All", "Answers"); got != "0" {
		t.Errorf("the results still count %s", got)
	}
	s.Get("/staff/comments?survey=customer-satisfaction", "Cookie", team).Hides("Nobody rang")
	answersOf(s, code, "").Shows("This feedback was taken back")
	// The receipt page of another council does not find it.
	s.Post("/nobody/receipt", url.Values{"code": {code}}).Is(404)
}

// A page of the same form on its way at the moment of withdrawal brings nothing back.
func TestALatePageBringsNothingBack(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	last := s.Send(s.Link("web"), sitetest.Feedback{Rating: "2", Reasons: url.Values{"comment": {"mine"}}, About: url.Values{}})
	code := receiptCode.FindStringSubmatch(s.Get(last).Text)[1]
	answersOf(s, code, "withdraw").Is(200)
	page := last[:strings.LastIndex(last, "/")+1] + "2"
	if a := s.Post(page, url.Values{"comment": {"again"}}); a.StatusCode < 400 {
		t.Errorf("a page of a withdrawn form is taken: %d", a.StatusCode)
	}
	s.Get(last).Is(http.StatusGone)
	var n int
	if err := s.Database.Owner().Get(&n, `SELECT count(*) FROM comments`); err != nil || n != 0 {
		t.Errorf("%d comments: %v", n, err)
	}
}

// Guessing is hopeless and slowed; a right code is never in the way of the next.
func TestGuessingReceiptsIsLimited(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	code := receipted(s, "x")
	for range 30 {
		answersOf(s, code, "").Is(200)
	}
	refused := 0
	for i := range 40 {
		a := s.Post("/testham/receipt", url.Values{"code": {fmt.Sprintf("AAAAA-AAA%02d", i)}})
		switch a.StatusCode {
		case http.StatusTooManyRequests:
			refused++
			if a.Header.Get("Retry-After") == "" {
				t.Error("nobody is told how long to wait")
			}
		case http.StatusUnprocessableEntity:
		default:
			t.Errorf("a guess answers %d", a.StatusCode)
		}
	}
	if refused < 15 {
		t.Errorf("only %d of 40 guesses were refused", refused)
	}
	s.Get("/testham/receipt?code=" + code).Is(200).Hides("Housing repairs")
}
