package settings

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff/stafftest"
	"yousaid/surveys/catalogue"
)

func serve(f *stafftest.Fixture) *stafftest.Site {
	auth, err := signin.New(f.T.Context(), f.DB, f.Accounts, f.Ledger)
	if err != nil {
		f.T.Fatal(err)
	}
	p := &Pages{
		Accounts:      f.Accounts,
		Catalogue:     f.Catalogue,
		Words:         f.Translations,
		Authenticator: auth,
		Ledger:        f.Ledger,
		BaseURL:       "https://feedback.example",
		Now:           f.Now,
	}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /staff/settings": p.Settings, "GET /staff/services": p.Services, "GET /staff/services/new": p.NewService,
		"POST /staff/services/new": p.AddService,
		"GET /staff/services/:id":  p.Service, "POST /staff/services/:id": p.ChangeService, "GET /staff/directorates": p.Directorates,
		"POST /staff/directorates": p.ChangeDirectorates,
		"GET /staff/access-points": p.AccessPoints, "POST /staff/access-points": p.ChangeAccessPoints, "GET /staff/channels": p.Channels,
		"POST /staff/channels": p.SaveChannels,
		"GET /staff/brand":     p.Brand, "POST /staff/brand": p.ChangeBrand, "GET /staff/complaints": p.Complaints,
		"POST /staff/complaints": p.SaveComplaints,
		"GET /staff/people":      p.People, "POST /staff/people": p.ChangePeople, "GET /staff/audit": p.Audit,
		"GET /:organisation/logo/:name": p.Logo,
	})
}

func TestSettings(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	site.Get("administrator", "/staff/settings").Is(200, "/staff/services", "/staff/people", "/staff/audit", "/staff/complaints")
	site.Get("consultation", "/staff/settings").
		Is(200, "/staff/themes", "/staff/translations").
		Hides(`href="/staff/people"`, `href="/staff/services"`)
}

func TestServices(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	site.EachFault("administrator", "/staff/services", nil).Is(200, "The environment", "North bins")
	site.EachFault("administrator", "/staff/services/new", nil).Is(200, "Add a service")
	form := url.Values{"names-en": {"Parks"}, "slug": {"parks"}, "lgsl": {"461"}}
	site.EachFault("administrator", "/staff/services/new", form).LeadsTo("/staff/services")
	site.Post("administrator", "/staff/services/new", form).Is(422)
	site.Post("administrator", "/staff/services/new", url.Values{"names-en": {"Trees"}, "slug": {"trees"}, "lgsl": {"x"}, "parent": {"y"},
		"directorate": {"z"}}).
		Is(422)
	services, err := f.Catalogue.Services(t.Context(), f.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{}
	for _, s := range services {
		ids[s.Slug] = s.ID
	}
	at := func(slug string) string { return fmt.Sprintf("/staff/services/%d", ids[slug]) }
	page := site.EachFault("administrator", at("parks"), nil).Is(200, "Parks")
	site.EachFault("administrator", at("parks"), page.With("do", "save", "names-en", "Parks and trees", "parent", fmt.Sprint(ids["bins"]))).
		LeadsTo(at("parks"))
	site.Post("administrator", at("parks"), page.With("do", "save", "names-en", "Trees")).
		Is(422, "Somebody else changed this", "Parks and trees")
	site.Post("administrator", at("parks"), url.Values{"do": {"save"}, "names-en": {""}}).Is(422)
	site.Post("administrator", at("roads"), url.Values{"do": {"move"}, "from": {"2026-05-01"}, "directorate": {"0"}}).Is(422)
	directorates, err := f.Catalogue.Directorates(t.Context(), f.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	site.EachFault(
		"administrator",
		at("roads"),
		url.Values{"do": {"move"}, "from": {"2026-05-01"}, "directorate": {fmt.Sprint(directorates[0].ID)}},
	)
	site.Get("administrator", at("roads")).Is(200, "May 2026")
	site.Post("administrator", at("parks"), url.Values{"do": {"close"}, "on-day": {"40"}, "on-month": {"1"}, "on-year": {"2026"}}).Is(422)
	site.Post("administrator", at("parks"), url.Values{"do": {"close"}}).Is(200, "Close “Parks and trees”?")
	site.EachFault("administrator", at("parks"), url.Values{"do": {"close"}, "sure": {"yes"}}).LeadsTo(at("parks"))
	site.Get("administrator", "/staff/services").Is(200, "Closed 15 April 2026")
	site.Post("administrator", at("parks"), url.Values{"do": {"close"}}).Is(422, "The service is closed already")
	site.Post("administrator", at("parks"), url.Values{"do": {"reopen"}}).LeadsTo(at("parks"))
	site.Post("administrator", at("parks"), url.Values{"do": {"merge"}}).Is(422)
	site.Post("administrator", at("parks"), url.Values{"do": {"merge"}, "successor": {fmt.Sprint(ids["bins"])}}).Is(200, "into “North bins”?")
	site.Post("administrator", at("parks"), url.Values{"do": {"merge"}, "successor": {fmt.Sprint(ids["bins"])}, "sure": {"yes"}}).
		LeadsTo(at("parks"))
	site.Get("administrator", at("parks")).Is(200, "North bins")
	site.Get("administrator", "/staff/services").Is(200, "followed by North bins")
	site.Post("administrator", at("parks"), url.Values{"do": {"dance"}}).FailsWith(400)
	for _, id := range []string{"x", "0", "1"} {
		site.Get("administrator", "/staff/services/"+id).Fails(catalogue.ErrMissing)
		site.Post("administrator", "/staff/services/"+id, url.Values{"do": {"save"}}).Fails(catalogue.ErrMissing)
	}
}

func TestDirectorates(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/directorates"
	site.EachFault("administrator", at, url.Values{"do": {"add"}, "names-en": {"Housing"}}).LeadsTo(at)
	page := site.EachFault("administrator", at, nil).Is(200, "Housing", "The environment")
	site.Post("administrator", at, url.Values{"do": {"add"}}).Is(422)
	directorates, err := f.Catalogue.Directorates(t.Context(), f.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var id string
	for _, d := range directorates {
		if d.Slug == "housing" {
			id = fmt.Sprint(d.ID)
		}
	}
	site.EachFault("administrator", at, page.With("do", "save "+id, "names"+id+"-en", "Homes")).LeadsTo(at)
	site.Post("administrator", at, page.With("do", "save "+id, "names"+id+"-en", "Houses")).Is(422, "Somebody else changed this")
	site.Post("administrator", at, url.Values{"do": {"close " + id}, "on" + id + "-day": {"40"}, "on" + id + "-month": {"1"},
		"on" + id + "-year": {"2026"}}).
		Is(422)
	site.Post("administrator", at, url.Values{"do": {"close " + id}}).Is(200, "Close the directorate “Homes”?")
	site.EachFault("administrator", at, url.Values{"do": {"close " + id}, "sure": {"yes"}}).LeadsTo(at)
	site.Get("administrator", at).Is(200, "15 April 2026")
	site.Post("administrator", at, url.Values{"do": {"reopen " + id}}).LeadsTo(at)
	site.Post("administrator", at, url.Values{"do": {"save 1"}}).Fails(catalogue.ErrMissing)
	site.Post("administrator", at, url.Values{"do": {"dance " + id}}).FailsWith(400)
}

func TestAccessPoints(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/access-points"
	bins := fmt.Sprint(f.Services["bins"])
	site.EachFault("administrator", at, url.Values{"do": {"add"}, "names-en": {"Front desk"}, "channel": {"face_to_face"}, "service": {bins}}).
		LeadsTo(at)
	page := site.EachFault("administrator", at, nil).Is(200, "Front desk", "North bins")
	site.Post("administrator", at, url.Values{"do": {"add"}, "names-en": {"Desk"}, "channel": {"pigeon"}, "service": {"x"}}).Is(422)
	points, err := f.Catalogue.AccessPoints(t.Context(), f.Org.ID)
	if err != nil || len(points) != 1 {
		t.Fatal(points, err)
	}
	id := fmt.Sprint(points[0].ID)
	site.EachFault("administrator", at, page.With("do", "save "+id, "names"+id+"-en", "Reception")).LeadsTo(at)
	site.Post("administrator", at, page.With("do", "save "+id, "names"+id+"-en", "Lobby")).Is(422, "Somebody else changed this")
	f.Owner.MustExec(`UPDATE services SET closed_on = '2026-04-01' WHERE id = $1`, f.Services["bins"])
	site.Get("administrator", at).Is(200, "North bins (closed 1 April 2026)")
	site.Post("administrator", at, url.Values{"do": {"save 1"}}).Fails(catalogue.ErrMissing)
	site.Post("administrator", at, url.Values{"do": {"dance " + id}}).FailsWith(400)
}

func TestChannels(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	const at = "/staff/channels"
	page := site.EachFault("administrator", at, nil).Is(200, "Website")
	site.EachFault("administrator", at, page.With("web-en", "Our website", "web-cy", "Ein gwefan")).LeadsTo(at)
	site.Get("administrator", at).Is(200, "Our website", "Ein gwefan")
	site.Post("administrator", at, page.With("web-en", "The site")).Is(422, "Somebody else changed this")
	site.Post("administrator", at, page.With("email-en", strings.Repeat("x", 300))).Is(422)
}

// picture is a form with a file.
func picture(t *testing.T, file []byte) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if err := w.WriteField("do", "logo"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("logo", "logo.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func TestBrand(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/brand"
	page := site.EachFault("administrator", at, nil).Is(200, "North Council", "Cymraeg")
	site.EachFault("administrator", at, page.With("do", "save", "names-en", "Northern Council", "colour", "#6b1f4e", "main", "en")).LeadsTo(at)
	site.Post("administrator", at, page.With("do", "save", "names-en", "Southern Council")).
		Is(422, "Somebody else changed this", "Northern Council")
	fresh := site.Get("administrator", at)
	site.Post("administrator", at, fresh.With("do", "save", "colour", "blue", "names-en", "")).Is(422)
	var logo bytes.Buffer
	if err := png.Encode(&logo, image.NewRGBA(image.Rect(0, 0, 60, 30))); err != nil {
		t.Fatal(err)
	}
	kind, body := picture(t, logo.Bytes())
	site.Upload("administrator", at, kind, body).LeadsTo(at)
	kind, body = picture(t, nil)
	site.Upload("administrator", at, kind, body).Is(422, "The file is empty")
	kind, body = picture(t, []byte("no picture"))
	site.Upload("administrator", at, kind, body).Is(422)
	site.Post("administrator", at, url.Values{"do": {"logo"}}).Is(422, "Choose a picture")
	o, err := f.Accounts.Organisation(t.Context(), f.Org.ID)
	if err != nil || o.Brand.Logo == "" {
		t.Fatalf("%+v %v", o.Brand, err)
	}
	shown := site.Get("", o.Brand.Logo).Is(200, "PNG")
	if !strings.Contains(shown.Header.Get("Cache-Control"), "immutable") {
		t.Error(shown.Header)
	}
	if a := site.Get("", "/north/logo/0123456789abcdef.png"); a.Err == nil {
		t.Error("there is a picture that nobody sent")
	}
	site.Post("administrator", at, url.Values{"do": {"no-logo"}}).Is(200, "Take the logo away?")
	site.Post("administrator", at, url.Values{"do": {"no-logo"}, "sure": {"yes"}}).LeadsTo(at)
	site.Post("administrator", at, url.Values{"do": {"dance"}}).FailsWith(400)
}

func TestComplaints(t *testing.T) {
	t.Parallel()
	site := serve(stafftest.New(t))
	const at = "/staff/complaints"
	page := site.Get("administrator", at).Is(200, "/north/privacy")
	site.EachFault("administrator", at, page.With("contact", "dpo@north.example", "procedure-en", "https://www.north.example/complaints")).
		LeadsTo(at)
	site.Get("administrator", at).Is(200, "dpo@north.example")
	site.Post("administrator", at, page.With("contact", "other@north.example")).Is(422, "Somebody else changed this", "dpo@north.example")
	site.Post("administrator", at, site.Get("administrator", at).With("contact", "nobody", "procedure-en", "here")).Is(422)
	site.Get("administrator", "/staff/settings").Is(200)
}

func TestPeople(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	const at = "/staff/people"
	bins := fmt.Sprint(f.Services["bins"])
	f.As("viewer")
	site.EachFault("administrator", at, nil).Is(200, "administrator@north.example", "viewer@north.example", "Sees figures.")
	site.Post("administrator", at, url.Values{"do": {"give"}, "email": {"Ann@North.example"}, "name": {"Ann"}, "role": {"service"},
		"services": {bins}}).
		Is(200, "https://feedback.example/staff/choose-password/north/")
	site.Get("administrator", at).Is(200, "ann@north.example", "Service: North bins")
	site.Post("administrator", at, url.Values{"do": {"give"}, "email": {"bob@north.example"}}).Is(422, "Choose a role")
	site.Post("administrator", at, url.Values{"do": {"give"}, "email": {"bob"}, "role": {"viewer"}, "services": {"x"}}).
		Is(422, "Choose services from the list")
	site.Post("administrator", at, url.Values{"do": {"give"}, "email": {"bob"}, "role": {"viewer"}}).Is(422)
	people, err := f.Accounts.People(t.Context(), f.Org.ID)
	if err != nil {
		t.Fatal(err)
	}
	var viewer accounts.Person
	for _, one := range people {
		if one.Email == "viewer@north.example" {
			viewer = one
		}
	}
	site.EachFault("administrator", at, url.Values{"do": {fmt.Sprintf("link %d", viewer.ID)}}).Is(200, "/staff/choose-password/north/")
	take := fmt.Sprintf("take %d viewer 0", viewer.ID)
	site.Post("administrator", at, url.Values{"do": {take}}).Is(200, "Take the role “Viewer” away from viewer@north.example?")
	site.EachFault("administrator", at, url.Values{"do": {take}, "sure": {"yes"}}).LeadsTo(at)
	site.Post("administrator", at, url.Values{"do": {take}}).Is(422)
	site.Post("administrator", at, url.Values{"do": {"link x"}}).Is(422)
	site.Post("administrator", at, url.Values{"do": {"link"}}).FailsWith(400)
	site.Post("administrator", at, nil).FailsWith(400)
}

func TestAudit(t *testing.T) {
	t.Parallel()
	f := stafftest.New(t)
	site := serve(f)
	for i := range 60 {
		if _, err := f.Catalogue.AddDirectorate(t.Context(), f.As("administrator"), "",
			map[string]string{"en": fmt.Sprintf("Part %d %s", i, strings.Repeat("x", 80))}); err != nil {
			t.Fatal(err)
		}
	}
	first := site.EachFault("administrator", "/staff/audit?check=1", nil).Is(200, "administrator@north.example", "directorate", "?before=")
	before := first.Body[strings.Index(first.Body, "/staff/audit?before="):]
	before = before[:strings.IndexByte(before, '"')]
	site.Get("administrator", before).Is(200, `href="/staff/audit"`)
	f.Owner.MustExec(`ALTER TABLE audit DISABLE TRIGGER ALL`)
	f.Owner.MustExec(`UPDATE audit SET actor = 'nobody' WHERE id = (SELECT min(id) + 3 FROM audit WHERE organisation_id = $1)`, f.Org.ID)
	site.Get("administrator", "/staff/audit?check=1").Is(200, "The audit trail does not hold at entry")
}
