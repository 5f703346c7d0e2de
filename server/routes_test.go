package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// expectation is what a route must do: whom it lets in, and how it looks to them.
type expectation struct {
	path   string // to call; the route's own where empty
	form   url.Values
	roles  []string // who may; nil is everybody, signed in or not
	status int      // for those who may
}

var (
	members = roles
	figures = []string{"viewer", "service", "consultation", "administrator"}
	readers = []string{"service", "consultation", "administrator"}
	askers  = []string{"consultation", "administrator"}
	bosses  = []string{"administrator"}
	typists = []string{"frontline", "consultation", "administrator"}

	officers   = []string{"equality", "administrator"}
	registrars = []string{"consultation", "equality", "administrator"}
)

// expected lists every route. A route that is not here fails the test: whoever adds one says here who may call it.
var expected = map[string]expectation{
	"GET /f/:code":                     {path: "/f/ABC23456", status: 200},
	"POST /f/:code":                    {path: "/f/ABC23456", form: url.Values{}, status: 200},
	"GET /F/:code":                     {path: "/F/ABC23456", status: 200},
	"POST /F/:code":                    {path: "/F/ABC23456", form: url.Values{}, status: 200},
	"GET /f/:code/:token/thanks":       {path: "/f/ABC23456/token/thanks", status: 200},
	"GET /f/:code/:token/:page":        {path: "/f/ABC23456/token/2", status: 200},
	"POST /f/:code/:token/:page":       {path: "/f/ABC23456/token/2", form: url.Values{}, status: 200},
	"GET /privacy":                     {status: 200},
	"GET /cookies":                     {status: 200},
	"GET /accessibility":               {status: 200},
	"GET /:organisation":               {path: "/north", status: 200},
	"GET /:organisation/privacy":       {path: "/north/privacy", status: 200},
	"GET /:organisation/cookies":       {path: "/north/cookies", status: 200},
	"GET /:organisation/accessibility": {path: "/north/accessibility", status: 200},
	"GET /":                            {status: 200},
	"GET /assets/*":                    {path: "/assets/absent.css", status: 404},
	"GET /healthz":                     {status: 200},
	"GET /readyz":                      {status: 200},
	"GET /.well-known/security.txt":    {status: 404}, // no contact is set
	"GET /sign-in":                     {status: 303},

	"GET /:organisation/sign-in":        {path: "/north/sign-in", status: 303},
	"GET /staff/sign-in":                {status: 200},
	"GET /staff/sign-in/:organisation":  {path: "/staff/sign-in/north", status: 200},
	"POST /staff/sign-in/:organisation": {path: "/staff/sign-in/north", form: url.Values{}, status: 422},
	"POST /staff/sign-out":              {form: url.Values{}, status: 303},
	"GET /staff":                        {roles: members, status: 200},
	"GET /staff/password":               {roles: members, status: 200},
	"POST /staff/password":              {form: url.Values{"password": {"x"}, "again": {"y"}}, roles: members, status: 422},
	"GET /staff/language":               {roles: members, status: 200},
	"POST /staff/language":              {form: url.Values{"language": {"xx"}}, roles: members, status: 422},
	"GET /staff/results":                {roles: figures, status: 200},
	"GET /staff/results/table.:format": {
		path:   "/staff/results/table.csv?survey=customer-satisfaction&by=channel",
		roles:  figures,
		status: 200,
	},
	"GET /staff/comments":               {roles: readers, status: 200},
	"GET /staff/equality":               {path: "/staff/equality?by=sex", roles: []string{"equality", "administrator"}, status: 200},
	"GET /staff/equality/table.:format": {path: "/staff/equality/table.csv?by=sex", roles: []string{"equality", "administrator"}, status: 200},
	// What would leave of a survey that nobody names, and the register: there is no release 1.
	"GET /staff/equality/release":        {path: "/staff/equality/release?by=sex", roles: officers, status: 200},
	"POST /staff/equality/release":       {form: url.Values{"by": {"nothing"}}, roles: officers, status: 422},
	"GET /staff/equality/plan":           {roles: officers, status: 200},
	"POST /staff/equality/plan":          {form: url.Values{"do": {"add"}}, roles: officers, status: 422},
	"GET /staff/equality/report":         {roles: officers, status: 200},
	"POST /staff/equality/report":        {form: url.Values{"quarter": {"never"}}, roles: officers, status: 422},
	"GET /staff/equality/report.:format": {path: "/staff/equality/report.xlsx", roles: officers, status: 422},
	"GET /staff/releases":                {roles: registrars, status: 200},
	"GET /staff/releases/:id":            {path: "/staff/releases/1", roles: registrars, status: 404},
	"POST /staff/releases/:id":           {path: "/staff/releases/1", form: url.Values{}, roles: registrars, status: 404},
	"GET /staff/releases/:id/:file":      {path: "/staff/releases/1/table.csv", roles: registrars, status: 404},

	// Typing in answers: nothing is chosen, and there is no place 1.
	"GET /staff/keying":                {roles: typists, status: 200},
	"POST /staff/keying":               {form: url.Values{}, roles: typists, status: 422},
	"GET /staff/keying/:place":         {path: "/staff/keying/1", roles: typists, status: 404},
	"POST /staff/keying/:place":        {path: "/staff/keying/1", form: url.Values{}, roles: typists, status: 404},
	"GET /staff/keying/:place/:token":  {path: "/staff/keying/1/token", roles: typists, status: 404},
	"POST /staff/keying/:place/:token": {path: "/staff/keying/1/token", form: url.Values{}, roles: typists, status: 404},

	"GET /staff/people":                 {roles: []string{"administrator"}, status: 200},
	"GET /staff/audit":                  {path: "/staff/audit?check=1", roles: []string{"administrator"}, status: 200},
	"GET /staff/translations":           {roles: askers, status: 200},
	"POST /staff/translations":          {roles: askers, form: url.Values{"language": {"ur"}}, status: 303},
	"GET /staff/translations/:language": {roles: askers, path: "/staff/translations/ur", status: 200},
	"POST /staff/translations/:language": {
		roles:  askers,
		path:   "/staff/translations/ur",
		form:   url.Values{"do": {"upload"}},
		status: 422,
	},
	"GET /staff/translations/:language/file":  {roles: askers, path: "/staff/translations/ur/file", status: 200},
	"GET /staff/translations/:language/:part": {roles: askers, path: "/staff/translations/ur/notices", status: 200},
	"POST /staff/translations/:language/:part": {
		roles:  askers,
		path:   "/staff/translations/ur/notices",
		form:   url.Values{"privacy.title": {"رازداری"}},
		status: 303,
	},

	// Questionnaires. Survey 1 is nobody's.
	"GET /staff/surveys/new":                  {roles: askers, status: 200},
	"POST /staff/surveys/new":                 {form: url.Values{}, roles: askers, status: 422},
	"GET /staff/surveys/:id":                  {path: "/staff/surveys/1", roles: askers, status: 404},
	"POST /staff/surveys/:id":                 {path: "/staff/surveys/1", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/surveys/:id/texts":            {path: "/staff/surveys/1/texts", roles: askers, status: 404},
	"POST /staff/surveys/:id/texts":           {path: "/staff/surveys/1/texts", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/surveys/:id/question":         {path: "/staff/surveys/1/question", roles: askers, status: 404},
	"POST /staff/surveys/:id/question":        {path: "/staff/surveys/1/question", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/surveys/:id/questions/:code":  {path: "/staff/surveys/1/questions/rating", roles: askers, status: 404},
	"POST /staff/surveys/:id/questions/:code": {path: "/staff/surveys/1/questions/rating", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/surveys/:id/versions":         {path: "/staff/surveys/1/versions", roles: askers, status: 404},
	"GET /staff/surveys/:id/preview":          {path: "/staff/surveys/1/preview", roles: askers, status: 404},
	"GET /staff/surveys/:id/preview/:page":    {path: "/staff/surveys/1/preview/1", roles: askers, status: 404},
	"POST /staff/surveys/:id/preview/:page":   {path: "/staff/surveys/1/preview/1", form: url.Values{}, roles: askers, status: 404},

	// Settings: catalogue, people, brand. There is no service 1.
	"GET /staff/settings":      {roles: askers, status: 200},
	"GET /staff/services":      {roles: bosses, status: 200},
	"GET /staff/services/new":  {roles: bosses, status: 200},
	"POST /staff/services/new": {form: url.Values{}, roles: bosses, status: 422},
	"GET /staff/services/:id":  {path: "/staff/services/1", roles: bosses, status: 404},
	"POST /staff/services/:id": {
		path:   "/staff/services/1",
		form:   url.Values{"do": {"save"}},
		roles:  bosses,
		status: 404,
	},
	"GET /staff/directorates":                          {roles: bosses, status: 200},
	"POST /staff/directorates":                         {form: url.Values{"do": {"add"}}, roles: bosses, status: 422},
	"GET /staff/access-points":                         {roles: bosses, status: 200},
	"POST /staff/access-points":                        {form: url.Values{"do": {"add"}}, roles: bosses, status: 422},
	"GET /staff/brand":                                 {roles: bosses, status: 200},
	"GET /staff/complaints":                            {roles: bosses, status: 200},
	"POST /staff/complaints":                           {form: url.Values{"contact": {"nobody"}}, roles: bosses, status: 422},
	"POST /staff/brand":                                {form: url.Values{"do": {"save"}}, roles: bosses, status: 422},
	"GET /:organisation/logo/:name":                    {path: "/north/logo/0123456789abcdef.png", status: 404},
	"GET /staff/channels":                              {roles: bosses, status: 200},
	"POST /staff/people":                               {form: url.Values{"do": {"give"}}, roles: bosses, status: 422},
	"GET /staff/choose-password/:organisation/:token":  {path: "/staff/choose-password/north/x", status: 410},
	"POST /staff/choose-password/:organisation/:token": {path: "/staff/choose-password/north/x", form: url.Values{}, status: 410},
	"POST /staff/channels":                             {form: url.Values{}, roles: bosses, status: 422},

	// Links. The code is nobody's.
	"GET /staff/links":              {roles: askers, status: 200},
	"GET /staff/links/new":          {roles: askers, status: 200},
	"POST /staff/links/new":         {form: url.Values{}, roles: askers, status: 422},
	"GET /staff/links/jobs":         {roles: []string{"administrator"}, status: 200},
	"POST /staff/links/jobs":        {form: url.Values{}, roles: []string{"administrator"}, status: 400},
	"GET /staff/links/:code":        {path: "/staff/links/ABC23456", roles: askers, status: 404},
	"POST /staff/links/:code":       {path: "/staff/links/ABC23456", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/links/:code/qr.svg": {path: "/staff/links/ABC23456/qr.svg", roles: askers, status: 404},
	"GET /staff/links/:code/qr.png": {path: "/staff/links/ABC23456/qr.png", roles: askers, status: 404},
	"GET /staff/links/:code/poster": {path: "/staff/links/ABC23456/poster", roles: askers, status: 404},

	// Comments: themes, marks, redaction. The comment is nobody's.
	"POST /staff/comments":         {form: url.Values{}, roles: readers, status: 303},
	"GET /staff/comments/:comment": {path: "/staff/comments/00000000-0000-0000-0000-000000000000", roles: readers, status: 404},
	"POST /staff/comments/:comment": {
		path:   "/staff/comments/00000000-0000-0000-0000-000000000000",
		form:   url.Values{"do": {"work"}},
		roles:  readers,
		status: 404,
	},
	"GET /staff/themes":  {roles: askers, status: 200},
	"POST /staff/themes": {form: url.Values{"do": {"add"}, "kind": {"theme"}}, roles: askers, status: 422},

	// Actions. There is no action 9.
	"GET /staff/actions":                     {roles: readers, status: 200},
	"GET /staff/actions/new":                 {roles: readers, status: 200},
	"POST /staff/actions/new":                {form: url.Values{}, roles: readers, status: 422},
	"GET /staff/actions/:number":             {path: "/staff/actions/9", roles: readers, status: 404},
	"POST /staff/actions/:number":            {path: "/staff/actions/9", form: url.Values{}, roles: readers, status: 404},
	"GET /staff/actions/:number/figure":      {path: "/staff/actions/9/figure", roles: askers, status: 404},
	"POST /staff/actions/:number/figure":     {path: "/staff/actions/9/figure", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/actions/:number/figure/new":  {path: "/staff/actions/9/figure/new", roles: askers, status: 404},
	"POST /staff/actions/:number/figure/new": {path: "/staff/actions/9/figure/new", form: url.Values{}, roles: askers, status: 404},
	"GET /staff/actions/:number/quote":       {path: "/staff/actions/9/quote", roles: readers, status: 404},
	"POST /staff/actions/:number/quote":      {path: "/staff/actions/9/quote", form: url.Values{}, roles: readers, status: 404},

	// Published figures: releases and the calendar. There is no publication 1.
	"GET /staff/unusual":        {roles: []string{"consultation", "administrator"}, status: 200},
	"GET /staff/unusual/:id":    {path: "/staff/unusual/1", roles: []string{"consultation", "administrator"}, status: 404},
	"POST /staff/unusual/:id":   {path: "/staff/unusual/1", roles: []string{"consultation", "administrator"}, status: 404},
	"GET /staff/published":      {roles: askers, status: 200},
	"GET /staff/published/new":  {roles: askers, status: 200},
	"POST /staff/published":     {form: url.Values{}, roles: askers, status: 400},
	"POST /staff/published/new": {form: url.Values{}, roles: askers, status: 422},
	"GET /staff/published/:id":  {path: "/staff/published/1", roles: askers, status: 404},
	"POST /staff/published/:id": {path: "/staff/published/1", form: url.Values{}, roles: askers, status: 404},

	// Row exports. There is no export 1.
	"GET /staff/exports":             {roles: askers, status: 200},
	"POST /staff/exports":            {form: url.Values{}, roles: askers, status: 422},
	"POST /staff/exports/:id/delete": {path: "/staff/exports/1/delete", form: url.Values{"sure": {"yes"}}, roles: askers, status: 404},
	"GET /staff/exports/:id/file":    {path: "/staff/exports/1/file", roles: askers, status: 404},

	// The overview of the council.
	"GET /staff/council": {roles: figures, status: 200},

	// The public. You said, we did.
	"GET /:organisation/you-said-we-did":              {path: "/north/you-said-we-did", status: 200},
	"GET /:organisation/you-said-we-did/poster":       {path: "/north/you-said-we-did/poster", status: 200},
	"GET /:organisation/you-said-we-did/embed":        {path: "/north/you-said-we-did/embed", status: 200},
	"GET /:organisation/you-said-we-did/feed.atom":    {path: "/north/you-said-we-did/feed.atom", status: 200},
	"GET /:organisation/you-said-we-did/feed.json":    {path: "/north/you-said-we-did/feed.json", status: 200},
	"GET /:organisation/you-said-we-did/list.:format": {path: "/north/you-said-we-did/list.csv", status: 200},
	"GET /:organisation/you-said-we-did/:number":      {path: "/north/you-said-we-did/1", status: 200},

	// The public. Performance.
	"GET /:organisation/performance":                    {path: "/north/performance", status: 200},
	"GET /:organisation/performance/:id":                {path: "/north/performance/1", status: 200},
	"GET /:organisation/performance/:id/:edition/:file": {path: "/north/performance/1/1/x.csv", status: 200},

	// The public. Receipts.
	"GET /:organisation/receipt":  {path: "/north/receipt", status: 200},
	"POST /:organisation/receipt": {path: "/north/receipt", form: url.Values{}, status: 200},
}

func TestEveryRouteIsPermitted(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	seen := map[string]bool{}
	for _, r := range w.site.Routes() {
		name := r.Method + " " + r.Path
		seen[name] = true
		want, listed := expected[name]
		if !listed {
			t.Errorf("%s: say in this test who may call it", name)
			continue
		}
		path := want.path
		if path == "" {
			path = r.Path
		}
		for _, role := range append([]string{""}, roles...) {
			if name == "POST /staff/sign-out" && role != "" {
				continue // it would end the session that the other routes are tried with
			}
			status := want.status
			switch {
			case want.roles == nil:
			case role == "":
				status = http.StatusSeeOther
			case !slices.Contains(want.roles, role):
				status = http.StatusForbidden
			}
			got := w.send(r.Method, path, want.form, w.as(role))
			if got.StatusCode != status {
				t.Errorf("%s as %q: %d, not %d", name, role, got.StatusCode, status)
			}
			if role == "" && want.roles != nil && !strings.HasPrefix(got.Header.Get("Location"), "/staff/sign-in") {
				t.Errorf("%s signed out leads to %q", name, got.Header.Get("Location"))
			}
			if got.StatusCode == http.StatusForbidden {
				got.hides(t, "remark 0", "North bins", ">120<")
			}
			if r.Method == http.MethodGet {
				if head := w.send(http.MethodHead, path, nil, w.as(role)); head.StatusCode != status {
					t.Errorf("HEAD %s as %q: %d, not %d", r.Path, role, head.StatusCode, status)
				}
			}
		}
	}
	for name := range expected {
		if !seen[name] {
			t.Errorf("%s is expected and not there", name)
		}
	}
}

// The administrator of another council asks for everything by North's own names, and reads nothing of North.
func TestAForeignCouncilSeesNothing(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	for _, role := range roles {
		w.as(role)
	}
	asked := 0
	for _, r := range w.site.Routes() {
		if r.Method != http.MethodGet || !strings.HasPrefix(r.Path, "/staff") ||
			r.Path == "/staff/sign-in" { // which lists the councils by their public names
			continue
		}
		for _, query := range []string{"", "?survey=customer-satisfaction&by=sex", "?survey=all&by=service&and=channel",
			"?survey=all&service=bins", "?survey=all&words=remark",
			"?survey=all&by=sex", "?check=1", "?before=1000"} {
			got := w.get("foreign", r.Path+query)
			asked++
			if got.StatusCode >= 500 {
				t.Errorf("%s%s: %d", r.Path, query, got.StatusCode)
			}
			got.hides(t, "remark 0", "remark 1", "North", "north.example", ">120<", "The highways")
		}
	}
	if asked < 80 {
		t.Errorf("only %d pages were asked for", asked)
	}
	// The same pages do show North to North.
	w.get("administrator", "/staff/results?survey=all&by=service").shows(t, 200, "North bins", "remark 1", ">120<", "The highways")
	w.get("administrator", "/staff/people").shows(t, 200, "viewer@north.example")
	w.get("administrator", "/staff/audit").shows(t, 200, "viewer@north.example")
}
