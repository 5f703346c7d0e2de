package site_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
)

// An administrator reorganises the council in the browser: a new directorate, a service that moves there, a merger, a counter, a
// channel's name.
func TestReorganisingInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("administrator"))
	get := func(address string) *sitetest.Answer { return s.Get(address, "Cookie", me).Is(200) }
	post := func(address string, v url.Values) *sitetest.Answer { return s.Post(address, v, "Cookie", me) }

	get("/staff/settings").Shows("Directorates", "Access points", "People", "Audit")
	post("/staff/directorates", url.Values{"do": {"add"}, "names-en": {"Homes & Places"}, "names-cy": {"Cartrefi"}}).Is(http.StatusSeeOther)
	post("/staff/directorates", url.Values{"do": {"add"}, "names-en": {"Homes & Places"}}).Is(422).Shows("short name “homes-and-places”")
	directorates, err := s.Catalogue.Directorates(t.Context(), s.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	homes := ""
	for _, d := range directorates {
		if d.Slug == "homes-and-places" {
			homes = strconv.FormatInt(d.ID, 10)
		}
	}
	post("/staff/services/new", url.Values{"names-en": {"Damp and mould"}, "directorate": {homes},
		"lgsl": {"x"}}).Is(422).Shows("Local Government Service List", "Damp and mould")
	post("/staff/services/new", url.Values{"names-en": {"Damp and mould"}, "directorate": {homes}, "lgsl": {"141"}}).Is(http.StatusSeeOther)
	get("/staff/services").Shows("Homes &amp; Places", "Damp and mould", "Household waste")
	damp, repairs := serviceOf("damp-and-mould")(nil, s), serviceOf("repairs")(nil, s)
	post(repairs, url.Values{"do": {"move"}, "directorate": {homes}, "from": {"2026-01-01"}}).Is(http.StatusSeeOther)
	get(repairs).Shows("January 2026", "The beginning", "Housing")
	post(repairs, url.Values{"do": {"move"}, "directorate": {homes}, "from": {"yesterday"}}).Is(422).Shows("Choose a month")

	// Two administrators in one service: the second is shown the first's, and nothing is overwritten by accident.
	if _, err := s.Accounts.AddUser(t.Context(), s.By(),
		accounts.NewUser{Email: "second@testham.example", Password: sitetest.Password, Role: "administrator"}); err != nil {
		t.Fatal(err)
	}
	other := s.SignIn("second@testham.example")
	mine, theirs := form(get(repairs)), form(s.Get(repairs, "Cookie", other))
	theirs.Set("names-en", "Repairs to homes")
	theirs.Set("do", "save")
	s.Post(repairs, theirs, "Cookie", other).Is(http.StatusSeeOther)
	mine.Set("lgsl", "142")
	mine.Set("do", "save")
	shown := post(repairs, mine).Is(422).Shows("Somebody else changed this", "Repairs to homes", `value="142"`)
	again := form(shown)
	again.Set("names-en", "Repairs to homes")
	again.Set("do", "save")
	post(repairs, again).Is(http.StatusSeeOther)
	get(repairs).Shows("Repairs to homes", `value="142"`)

	// Merged: no new link, what came in stays, the old link still works; and back again.
	link := s.LinkTo("customer-satisfaction", "repairs", "web")
	post(repairs, url.Values{"do": {"merge"}, "on-day": {"31"}, "on-month": {"2"}, "on-year": {"2026"}}).Is(422).Shows("there is no 31/2/2026")
	post(repairs, url.Values{"do": {"merge"}}).Is(422).Shows("Choose the service that it is merged into")
	post(repairs, url.Values{"do": {"merge"}, "sure": {"yes"}, "successor": {damp[strings.LastIndex(damp, "/")+1:]}, "on-day": {"1"},
		"on-month": {"1"}, "on-year": {"2026"}}).Is(http.StatusSeeOther)
	get(repairs).Shows("Closed on 1 January 2026. Damp and mould followed.")
	get("/staff/services").Shows("Closed 1 January 2026, followed by Damp and mould")
	s.Get(link).Is(200)
	post(repairs, url.Values{"do": {"close"}}).Is(422).Shows("closed already")
	post(repairs, url.Values{"do": {"reopen"}}).Is(http.StatusSeeOther)
	get(repairs).Hides("Closed on")
	post(repairs, url.Values{"do": {"explode"}}).Is(400)
	post("/staff/services/new/../999999", url.Values{"do": {"save"}}).Is(404)

	post("/staff/access-points", url.Values{"do": {"add"}, "names-en": {"Southfields reception"},
		"channel": {"face_to_face"}}).Is(http.StatusSeeOther)
	get("/staff/access-points").Shows("Southfields reception", "In person")
	post("/staff/access-points", url.Values{"do": {"add"}, "names-en": {`<script>alert(1)</script>`},
		"channel": {"pigeon"}}).Is(422).Shows("Choose a channel").Hides("<script>alert")

	names := form(get("/staff/channels"))
	names.Set("telephone-en", "Contact centre")
	names.Set("web-en", "")
	names.Set("web-cy", "")
	post("/staff/channels", names).Is(422).Shows("Write the name in at least one language")
	get("/staff/channels").Shows("Contact centre", "Website")
	get("/staff/audit").Shows("service.merged", "service.moved", "channel.named", "directorate.added", "administrator@testham.example")
	// Nobody else gets in.
	for _, role := range []string{"viewer", "service", "consultation", "equality", "frontline"} {
		cookie := s.SignIn(s.Person(role))
		for _, address := range []string{repairs, "/staff/services", "/staff/directorates", "/staff/access-points", "/staff/channels"} {
			s.Get(address, "Cookie", cookie).Is(403)
		}
	}
}

// An administrator lets somebody in, who chooses a password with a link that works once, works, and is let out again.
func TestLettingSomebodyIn(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("administrator"))
	post := func(v url.Values) *sitetest.Answer { return s.Post("/staff/people", v, "Cookie", me) }
	post(url.Values{"do": {"give"}, "email": {"nonsense"}, "role": {"viewer"}}).Is(422).Shows("is not an email address", "nonsense")
	post(url.Values{"do": {"give"}, "email": {"new@testham.example"}}).Is(422).Shows("Choose a role")
	post(url.Values{"do": {"give"}, "email": {"new@testham.example"}, "role": {"service"}}).Is(422).Shows("Name at least one service")
	repairs := serviceOf("repairs")(nil, s)
	shown := post(url.Values{"do": {"give"}, "email": {"New@testham.example"}, "role": {"service"},
		"services": {repairs[strings.LastIndex(repairs, "/")+1:]}}).Is(200).Shows("Send this link", "Has not signed in yet",
		"Service: Housing repairs")
	link := regexp.MustCompile(`/staff/choose-password/testham/[A-Za-z0-9_-]+`).FindString(shown.Text)
	s.Get("/staff/people", "Cookie", me).Is(200).Hides(link)
	s.Get(link).Is(200).Shows("new@testham.example")
	s.Get(link).Is(200) // looked at twice: mail programs do
	s.Post(link, url.Values{"password": {"too short"}, "again": {"too short"}}).Is(422).Shows("at least 12 characters")
	s.Post(link, url.Values{"password": {sitetest.Password}, "again": {"another one"}}).Is(422).Shows("the same password twice")
	s.Post(link, url.Values{"password": {sitetest.Password}, "again": {sitetest.Password}}).Is(http.StatusSeeOther)
	s.Post(link, url.Values{"password": {sitetest.Password}, "again": {sitetest.Password}}).Is(410).Shows("does not work any more")
	s.Get(link).Is(410)
	they := s.SignIn("new@testham.example")
	s.Get("/staff/results", "Cookie", they).Is(200)
	s.Get("/staff/people", "Cookie", they).Is(403)
	s.Post("/staff/people", url.Values{"do": {"give"}, "email": {"new@testham.example"}, "role": {"administrator"}}, "Cookie", they).Is(403)
	take := regexp.MustCompile(`value="(take \d+ service \d+)"`).FindStringSubmatch(s.Get("/staff/people", "Cookie", me).Text)
	post(url.Values{"do": {take[1]}, "sure": {"yes"}}).Is(http.StatusSeeOther)
	s.Get("/staff/results", "Cookie", they).Is(http.StatusSeeOther) // gone at the next click
	own := regexp.MustCompile(`value="(take \d+ administrator 0)"`).FindStringSubmatch(s.Get("/staff/people", "Cookie", me).Text)
	post(url.Values{"do": {own[1]}, "sure": {"yes"}}).Is(422).Shows("the last administrator who can sign in")
	for _, do := range []string{"", "take", "take x y z", "link", "link x", "give 1 2 3", "nonsense"} {
		if a := post(url.Values{"do": {do}}); a.StatusCode >= 500 {
			t.Errorf("%q answers %d", do, a.StatusCode)
		}
	}
	// They are given a role again and have forgotten the password: a link to choose a new one ends what is open.
	post(url.Values{"do": {"give"}, "email": {"new@testham.example"}, "role": {"viewer"}}).Is(http.StatusSeeOther)
	they = s.SignIn("new@testham.example")
	again := regexp.MustCompile(`value="(link \d+)">Make a link to choose a new password<span[^>]*> new@`).FindStringSubmatch(
		s.Get("/staff/people", "Cookie", me).Text)
	link = regexp.MustCompile(`/staff/choose-password/testham/[A-Za-z0-9_-]+`).FindString(
		post(url.Values{"do": {again[1]}}).Is(200).Shows("Until then the password they have goes on working").Text)
	s.Get("/staff/results", "Cookie", they).Is(200)
	s.Get(link).Is(200).Shows("you are signed out everywhere")
	s.Post(link, url.Values{"password": {"another long password"}, "again": {"another long password"}}).Is(http.StatusSeeOther)
	s.Get("/staff/results", "Cookie", they).Is(http.StatusSeeOther)
	s.Post(s.SignInAt(), url.Values{"email": {"new@testham.example"}, "password": {sitetest.Password}}).Is(http.StatusUnprocessableEntity)
	s.Post(link, url.Values{"password": {sitetest.Password}, "again": {sitetest.Password}}).Is(410)
	s.Get("/staff/audit", "Cookie", me).Is(200).Shows("person.password_link_made", "person.password_chosen")
	s.Get("/staff/audit", "Cookie", me).Is(200).Shows("person.invited", "person.first_signed_in", "person.role_taken")
}

// The council changes its name, colour, languages and logo, and customers see it.
func TestHowTheCouncilLooks(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me := s.SignIn(s.Person("administrator"))
	link := s.Link("web")
	get := func(address string) *sitetest.Answer { return s.Get(address, "Cookie", me).Is(200) }
	fill := form(get("/staff/brand"))
	old := form(get("/staff/brand"))
	fill.Set("do", "save")
	fill.Set("main", "en")
	fill.Set("header-en", "Testham <b>listens</b>")
	fill.Set("colour", "#6b1f4e")
	fill["languages"] = []string{"en", "cy", "ur", "ur", "nonsense!"}
	s.Post("/staff/brand", fill, "Cookie", me).Is(422).Shows("Choose languages from the list", "listens")
	fill["languages"] = []string{"cy", "ur"}
	s.Post("/staff/brand", fill, "Cookie", me).Is(http.StatusSeeOther)
	if o, err := s.Accounts.Organisation(t.Context(), s.Org.ID); err != nil || strings.Join(o.Languages, " ") != "en cy ur" {
		t.Errorf("the languages are %v, %v", o.Languages, err)
	}
	s.Get("/testham/privacy").Is(200).Shows("Testham &lt;b&gt;listens&lt;/b&gt;", "#6b1f4e")
	old.Set("do", "save")
	old.Set("main", "cy")
	s.Post("/staff/brand", old, "Cookie", me).Is(422).Shows("Somebody else changed this")

	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 120, 36))); err != nil {
		t.Fatal(err)
	}
	upload := func(do string, file []byte) (status int, text string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("do", do)
		part, _ := w.CreateFormFile("logo", "logo.png")
		_, _ = part.Write(file)
		_ = w.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/staff/brand", &body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", w.FormDataContentType())
		r.Header.Set("Cookie", me)
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		all, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(all)
	}
	var huge bytes.Buffer // a few bytes that would be a hundred megabytes
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, 10_000, 3_000))); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"nothing": nil, "a huge picture": huge.Bytes(),
		"a page": []byte("<html><script>alert(1)</script>"), "SVG": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		"half a picture": picture.Bytes()[:60],
		"too much":       bytes.Repeat([]byte("x"), 400<<10)} {
		if status, _ := upload("logo", file); status != 422 {
			t.Errorf("%s as a logo answers %d", name, status)
		}
	}
	if status, text := upload("logo", append(picture.Bytes(), "<script>alert(1)</script>"...)); status != http.StatusSeeOther {
		t.Fatalf("a picture answers %d: %.300s", status, text)
	}
	logo := regexp.MustCompile(`/testham/logo/[0-9a-f]{16}\.png`).FindString(get("/staff/brand").Text)
	shown := s.Get(logo).Is(200).Hides("<script>")
	if shown.Header.Get("Content-Type") != "image/png" || !strings.Contains(shown.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v", shown.Header)
	}
	s.Get("/testham/privacy").Is(200).Shows(logo)
	s.Get(link).Is(200)
	s.Get("/testham/logo/0000000000000000.png").Is(404)
	s.Get("/nowhere/logo/0000000000000000.png").Is(404)
	if status, text := upload("no-logo", nil); status != 200 || !strings.Contains(text, "What will happen") || !strings.Contains(text,
		`name="do" value="no-logo"`) {
		t.Errorf("taking the logo away answers %d without asking: %.300s", status, text)
	}
	s.Get(logo).Is(200)
	s.Post("/staff/brand", url.Values{"do": {"no-logo"}, "sure": {"yes"}}, "Cookie", me).Is(http.StatusSeeOther)
	s.Post("/staff/brand", url.Values{"do": {"no-logo"}}, "Cookie", me).Is(http.StatusSeeOther) // there is none any more: nothing to ask
	s.Get(logo).Is(404)
	get("/staff/audit").Shows("organisation.look_changed", "organisation.logo_changed")
}
