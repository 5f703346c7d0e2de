package account

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/labstack/echo/v4"

	"yousaid/server/accounts"
	"yousaid/server/signin"
	"yousaid/server/staff/stafftest"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

const phrase = "three plain words of a test"

func serve(f *stafftest.Fixture) (*stafftest.Site, *signin.Authenticator) {
	auth, err := signin.New(f.T.Context(), f.DB, f.Accounts, f.Ledger)
	if err != nil {
		f.T.Fatal(err)
	}
	auth.Now = f.Now
	p := &Pages{Accounts: f.Accounts, Authenticator: auth}
	return f.Serve(map[string]echo.HandlerFunc{
		"GET /": p.Front, "GET /:organisation/sign-in": p.CouncilSignIn, "GET /staff/sign-in": p.ChooseCouncil,
		"GET /staff/sign-in/:organisation":  p.SignIn,
		"POST /staff/sign-in/:organisation": p.StartSession, "POST /staff/sign-out": p.SignOut, "GET /staff/password": p.Password,
		"POST /staff/password":                            p.ChangePassword,
		"GET /staff/choose-password/:organisation/:token": p.ChoosePassword, "POST /staff/choose-password/:organisation/:token": p.SetPassword,
	}), auth
}

func second(f *stafftest.Fixture) {
	f.T.Helper()
	_, err := f.Accounts.Add(
		f.T.Context(),
		tenant.CommandLine(0),
		accounts.Organisation{Slug: "south", LinkPrefix: "STH", Names: question.Text{"en": "South Council"}},
	)
	if err != nil {
		f.T.Fatal(err)
	}
}

// Where there is one council its pages are led to; where there are several one is chosen.
func TestWhereToSignIn(t *testing.T) {
	t.Parallel()
	f := stafftest.Empty(t)
	site, _ := serve(f)
	const local = "http://127.0.0.1:8080"
	site.EachFault("", local+"/", nil).LeadsTo("/north")
	site.EachFault("", local+"/staff/sign-in?next=/staff/results", nil).LeadsTo("/staff/sign-in/north?next=%2Fstaff%2Fresults")
	second(f)
	site.Get("", local+"/").Is(200, "North Council", "South Council")
	site.Get("", local+"/staff/sign-in?next=/staff/results").Is(200, "South Council", "/staff/results")
	site.Get("", local+"/staff/sign-in?organisation=").Is(422, "Choose the council you work for")
	site.Get("", local+"/staff/sign-in?organisation=south&next=//evil.example").LeadsTo("/staff/sign-in/south")
	site.EachFault("", local+"/north/sign-in", nil).LeadsTo("/staff/sign-in/north")
	site.EachFault("", local+"/staff/sign-in/north?next=/staff/results", nil).Is(200, "North Council", "/staff/results")
	site.Get("", local+"/nowhere/sign-in").Fails(accounts.ErrNoOrganisation)
	site.Get("", local+"/staff/sign-in/nowhere").Fails(accounts.ErrNoOrganisation)
	for _, path := range []string{"/staff/sign-in", "/staff/sign-in/north", "/staff/choose-password/north/x"} {
		site.Get("", "http://feedback.example"+path).Fails(ErrPlain)
	}
	site.Get("", "https://feedback.example/staff/sign-in/north").Is(200)
}

func TestASession(t *testing.T) {
	t.Parallel()
	f := stafftest.Empty(t)
	site, auth := serve(f)
	if _, err := f.Accounts.AddUser(t.Context(), tenant.CommandLine(f.Org.ID),
		accounts.NewUser{Email: "ann@north.example", Password: phrase, Role: tenant.Viewer}); err != nil {
		t.Fatal(err)
	}
	const at = "http://127.0.0.1:8080/staff/sign-in/north"
	right := url.Values{"email": {"ann@north.example"}, "password": {phrase}}
	site.Post("", at, nil).Is(422, "Enter your email address", "Enter your password")
	in := site.Post("", at, right).LeadsTo("/staff")
	cookie := (&http.Response{Header: in.Header}).Cookies()
	if len(cookie) != 1 || !cookie[0].HttpOnly {
		t.Fatal(in.Header)
	}
	session, err := auth.Find(t.Context(), cookie[0].Value)
	if err != nil || session.Actor.Name != "ann@north.example" {
		t.Fatal(session, err)
	}
	right.Set("next", "/staff/results")
	site.EachFault("", at, right).LeadsTo("/staff/results")
	right.Set("next", "https://evil.example/staff")
	site.Post("", at, right).LeadsTo("/staff")
	site.Post("", at, url.Values{"email": {"ann@north.example"}, "password": {"other words of a test"}, "next": {"/staff/results"}}).
		Is(422, "The email address or the password is not right", "/staff/results")
	out := site.Post("", "http://127.0.0.1:8080/staff/sign-out", nil).LeadsTo("/staff/sign-in")
	if c := (&http.Response{Header: out.Header}).Cookies(); len(c) != 1 || c[0].MaxAge >= 0 {
		t.Error(out.Header)
	}
	for range 5 {
		site.Post("", at, url.Values{"email": {"ann@north.example"}, "password": {"other words of a test"}})
	}
	if a := site.Post("", at, url.Values{"email": {"ann@north.example"}, "password": {"other words of a test"}}).Is(429,
		"There were too many wrong passwords"); a.Header.Get(
		"Retry-After",
	) == "" {
		t.Error("nothing says when to try again")
	}
}

func TestAPasswordIsChosenOnce(t *testing.T) {
	t.Parallel()
	f := stafftest.Empty(t)
	site, _ := serve(f)
	boss, ann := f.As("administrator"), f.As("viewer")
	token, err := f.Accounts.PasswordLink(t.Context(), boss, ann.Person)
	if err != nil {
		t.Fatal(err)
	}
	at := "http://127.0.0.1:8080/staff/choose-password/north/" + token
	site.EachFault("", at, nil).Is(200, "viewer@north.example")
	site.Get("", at).Is(200, "viewer@north.example") // looking does not spend it
	site.Post("", at, url.Values{"password": {phrase}, "again": {"another"}}).Is(422, "Write the same password twice")
	site.Post("", at, url.Values{"password": {"short"}, "again": {"short"}}).Is(422, "at least 12")
	site.EachFault("", at, url.Values{"password": {phrase}, "again": {phrase}}).LeadsTo("/staff/sign-in/north")
	site.Get("", at).Is(410).Hides("viewer@north.example")
	site.Post("", at, url.Values{"password": {phrase}, "again": {phrase}}).Is(410)
	site.Get("", "http://127.0.0.1:8080/staff/choose-password/nowhere/x").Fails(accounts.ErrNoOrganisation)
}

func TestOnesOwnPassword(t *testing.T) {
	t.Parallel()
	f := stafftest.Empty(t)
	site, _ := serve(f)
	ann := f.As("viewer")
	for range 3 {
		site.Post("", "http://127.0.0.1:8080/staff/sign-in/north", url.Values{"email": {ann.Name}, "password": {"wrong words of a test"}}).Is(422)
	}
	site.EachFault("viewer", "/staff/password", nil).Is(200, "viewer@north.example", "Wrong passwords for your account", ">3<")
	site.Post("viewer", "/staff/password", nil).Is(422, "Enter the password you have now")
	site.Post("viewer", "/staff/password", url.Values{"current": {"wrong words of a test"}, "password": {phrase}, "again": {phrase}}).Is(422)
}

func TestAddressesToComeBackTo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"/staff": "/staff/sign-in", "/staff/results?survey=x": "/staff/sign-in?next=%2Fstaff%2Fresults%3Fsurvey%3Dx", "/f/ABC": "/staff/sign-in",
	} {
		if got := SignInFor(httptest.NewRequest(http.MethodGet, address, nil)); got != want {
			t.Errorf("%s leads to %s, not to %s", address, got, want)
		}
	}
	if got := SignInFor(httptest.NewRequest(http.MethodPost, "/staff/results", nil)); got != "/staff/sign-in" {
		t.Errorf("a form that was sent leads to %s", got)
	}
}
