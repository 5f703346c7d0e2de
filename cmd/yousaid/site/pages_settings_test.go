package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
)

// serviceOf is the address of a service of the council's.
func serviceOf(slug string) func(*council, *sitetest.Site) string {
	return func(_ *council, s *sitetest.Site) string {
		s.T.Helper()
		id, err := s.Catalogue.ServiceID(s.T.Context(), s.Org.ID, slug)
		if err != nil {
			s.T.Fatal(err)
		}
		return fmt.Sprintf("/staff/services/%d", id)
	}
}

// closedService is the address of one that was merged into waste.
func closedService(_ *council, s *sitetest.Site) string {
	s.T.Helper()
	ctx := s.T.Context()
	waste, err := s.Catalogue.ServiceID(ctx, s.Org.ID, "waste")
	if err != nil {
		s.T.Fatal(err)
	}
	id, err := s.Catalogue.ServiceID(ctx, s.Org.ID, "litter")
	if err != nil {
		id, err = s.Catalogue.AddService(ctx, s.By(), "litter", catalogue.ServiceChange{Names: question.Text{"en": "Litter"}}, 0)
		if err == nil {
			err = s.Catalogue.MergeService(ctx, s.By(), id, time.Now(), waste)
		}
		if err != nil {
			s.T.Fatal(err)
		}
	}
	return fmt.Sprintf("/staff/services/%d", id)
}

// somePlaces gives the council a counter.
func somePlaces(_ *council, s *sitetest.Site) string {
	s.T.Helper()
	// there already the second time
	_, _ = s.Catalogue.AddAccessPoint(s.T.Context(), s.By(),
		catalogue.AccessPoint{Channel: "face_to_face", Names: question.Text{"en": "Southfields reception"}})
	return "/staff/access-points"
}

// passwordLink is the address at which somebody chooses a password: somebody new, or a person of the council by their address.
func passwordLink(s *sitetest.Site, email string) string {
	s.T.Helper()
	person, err := s.Accounts.AddUser(s.T.Context(), s.By(), accounts.NewUser{Email: email, Role: "viewer", Invited: true})
	if err != nil {
		s.T.Fatal(err)
	}
	token, err := s.Accounts.PasswordLink(s.T.Context(), s.By(), person)
	if err != nil {
		s.T.Fatal(err)
	}
	return "/staff/choose-password/testham/" + token
}

func firstLink(_ *council, s *sitetest.Site) string {
	return passwordLink(s, "invited@testham.example")
}
func laterLink(_ *council, s *sitetest.Site) string {
	return passwordLink(s, "frontline@testham.example")
}

// settingsPages are the pages of catalogue, people and brand.
var settingsPages = []pageState{
	{route: "GET /staff/settings", page: "staff/settings", state: "all", who: "administrator", at: path("/staff/settings")},
	{route: "GET /staff/settings", page: "staff/settings", state: "some", who: "consultation", at: path("/staff/settings")},
	{route: "GET /staff/services", page: "staff/services", state: "filled", who: "administrator", at: path("/staff/services")},
	{route: "GET /staff/services", page: "staff/services", state: "empty", on: firstDay, as: boss, at: path("/staff/services")},
	{route: "GET /staff/services/new", page: "staff/service", state: "new", who: "administrator", at: path("/staff/services/new")},
	{route: "POST /staff/services/new", page: "staff/service", state: "nothing written", who: "administrator",
		at: path("/staff/services/new"), post: url.Values{}, ends: 422},
	{route: "GET /staff/services/:id", page: "staff/service", state: "open", who: "administrator", at: serviceOf("waste")},
	{route: "GET /staff/services/:id", page: "staff/service", state: "merged", who: "administrator", at: closedService},
	{route: "POST /staff/services/:id", page: "staff/service", state: "no such day", who: "administrator", at: serviceOf("waste"),
		post: url.Values{"do": {"close"}, "on-day": {"31"}, "on-month": {"2"}, "on-year": {"2026"}}, ends: 422},
	{route: "POST /staff/services/:id", page: "staff/confirm", state: "closing a service", who: "administrator",
		at: serviceOf("waste"), post: url.Values{"do": {"close"}}},
	{route: "GET /staff/directorates", page: "staff/directorates", state: "filled", who: "administrator", at: path("/staff/directorates")},
	{route: "POST /staff/directorates", page: "staff/directorates", state: "nothing written", who: "administrator",
		at: path("/staff/directorates"), post: url.Values{"do": {"add"}}, ends: 422},
	{route: "GET /staff/access-points", page: "staff/access_points", state: "filled", who: "administrator", at: somePlaces},
	{route: "POST /staff/access-points", page: "staff/access_points", state: "too long", who: "administrator", at: somePlaces,
		post: url.Values{"do": {"add"}, "names-en": {strings.Repeat("long ", 60)}, "channel": {"web"}}, ends: 422},
	{route: "POST /staff/people", page: "staff/people", state: "somebody new", who: "administrator", at: path("/staff/people"),
		post: url.Values{"do": {"give"}, "email": {"new@testham.example"}, "role": {"viewer"}}},
	{route: "POST /staff/people", page: "staff/people", state: "no role", who: "administrator", at: path("/staff/people"),
		post: url.Values{"do": {"give"}}, ends: 422},
	{route: "GET /staff/choose-password/:organisation/:token", page: "staff/choose_password", state: "first password", at: firstLink},
	{route: "GET /staff/choose-password/:organisation/:token", page: "staff/choose_password", state: "new password", at: laterLink},
	{route: "GET /staff/choose-password/:organisation/:token", page: "staff/choose_password", state: "spent",
		at: path("/staff/choose-password/testham/spent"), ends: 410},
	{route: "POST /staff/choose-password/:organisation/:token", page: "staff/choose_password", state: "too short", at: firstLink,
		post: url.Values{"password": {"short"}, "again": {"short"}}, ends: 422},
	{route: "GET /staff/brand", page: "staff/brand", state: "filled", who: "administrator", at: path("/staff/brand")},
	{route: "POST /staff/brand", page: "staff/brand", state: "no colour", who: "administrator", at: path("/staff/brand"),
		post: url.Values{"do": {"save"}, "names-en": {"Testham Council"}, "main": {"en"}, "colour": {"mauve"}}, ends: 422},
	{route: "POST /staff/brand", page: "staff/brand", state: "no picture", who: "administrator", at: path("/staff/brand"),
		post: url.Values{"do": {"logo"}}, ends: 422},
	{route: "GET /staff/complaints", page: "staff/complaints", state: "empty", who: "administrator", at: path("/staff/complaints")},
	{route: "POST /staff/complaints", page: "staff/complaints", state: "nobody", who: "administrator", at: path("/staff/complaints"),
		post: url.Values{"contact": {"nobody"}, "procedure-en": {"https://www.testham.example/complaints"}}, ends: 422},
	{route: "GET /staff/channels", page: "staff/channels", state: "filled", who: "administrator", at: path("/staff/channels")},
	{route: "POST /staff/channels", page: "staff/channels", state: "one taken out", who: "administrator", at: path("/staff/channels"),
		post: url.Values{"web-en": {"Online"}}, ends: 422},
}
