package sitetest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"yousaid/surveys/demo"
	"yousaid/surveys/responses"
)

// Feedback is what one customer sends, page by page. A page that is nil is never sent: the customer has left before.
type Feedback struct {
	Rating  string
	Reasons url.Values // reason and comment
	About   url.Values // equality questions
}

// Send goes a customer's whole way by a link and gives the address of the last page that was shown.
func (s *Site) Send(link string, f Feedback) (last string) {
	s.T.Helper()
	customer := *s // everybody comes from a network of their own, and reads before they send
	from := net.IPv4(127, byte(1+rand.N(254)), byte(rand.N(256)), byte(1+rand.N(254)))
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	customer.client = &http.Client{CheckRedirect: s.client.CheckRedirect,
		Transport: &http.Transport{DisableKeepAlives: true, DialContext: dialer.DialContext}}
	s = &customer
	token := s.read(s.Get(link).Is(http.StatusOK).Token())
	last = s.Post(link, url.Values{"token": {token}, "rating": {f.Rating}}).To()
	for _, page := range []url.Values{f.Reasons, f.About} {
		if page == nil {
			return last
		}
		last = s.Post(last, page).To()
	}
	return last
}

// read is the token of the same form as if it had been shown long enough ago to be read.
func (s *Site) read(token string) string {
	s.T.Helper()
	return s.Aged(token, 20*time.Second)
}

// Aged is the token of the same form as if it had been made so much earlier.
func (s *Site) Aged(token string, by time.Duration) string {
	s.T.Helper()
	keys, err := responses.Keys(s.T.Context(), s.DB)
	s.check(err)
	form, err := keys.Open(token)
	s.check(err)
	form.Shown -= by.Milliseconds()
	return keys.Mint(form)
}

// LastMonth moves everything that was answered so far to the month before this one, which is over: equality tables count no other.
func (s *Site) LastMonth() {
	s.T.Helper()
	now := time.Now().In(s.Org.Zone())
	middle := time.Date(now.Year(), now.Month()-1, 15, 12, 0, 0, 0, s.Org.Zone())
	_, err := s.Database.Owner().Exec(`UPDATE responses SET answered_hour = $2 WHERE organisation_id = $1`, s.Org.ID, middle)
	s.check(err)
}

// TodayLastMonth moves the responses of today to the middle of the last month, as answers that came late.
func (s *Site) TodayLastMonth() {
	s.T.Helper()
	now := time.Now().In(s.Org.Zone())
	middle := time.Date(now.Year(), now.Month()-1, 15, 12, 0, 0, 0, s.Org.Zone())
	_, err := s.Database.Owner().Exec(`UPDATE responses SET answered_hour = $2 WHERE organisation_id = $1 AND answered_hour >= $3`,
		s.Org.ID, middle, now.Add(-2*time.Hour))
	s.check(err)
}

// Fill gives the council the services of the demonstration and a year of n simulated responses, the same on every day but for their dates.
func (s *Site) Fill(n int) {
	s.T.Helper()
	ctx := s.T.Context()
	_, err := s.Catalogue.Import(ctx, s.By(), bytes.NewReader(demo.Catalogue))
	s.check(err)
	survey, err := s.Surveys.BySlug(ctx, s.Org.ID, "customer-satisfaction")
	s.check(err)
	version, err := s.Surveys.CurrentVersion(ctx, s.Org.ID, survey.ID)
	s.check(err)
	services, err := s.Catalogue.Services(ctx, s.Org.ID)
	s.check(err)
	target := demo.Target{DB: s.DB, Ledger: s.Ledger, Org: s.Org.ID, Survey: survey.ID, Version: version.ID, Services: map[string]int64{}}
	for _, one := range services {
		target.Services[one.Slug] = one.ID
	}
	plan := demo.Plan{Responses: n, Seed: 1, Until: time.Now().In(s.Org.Zone()), Zone: s.Org.Zone()}
	stored, err := demo.Store(ctx, target, s.By(), plan, func(int, int) {})
	s.check(err)
	if stored.Responses != n {
		s.T.Fatal(fmt.Errorf("%d responses were simulated, not %d", stored.Responses, n))
	}
}
