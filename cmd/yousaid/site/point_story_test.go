package site_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
)

// atMarketStreet makes an access point and puts every second response there.
func atMarketStreet(s *sitetest.Site) {
	s.T.Helper()
	id, err := s.Catalogue.AddAccessPoint(s.T.Context(), s.By(),
		catalogue.AccessPoint{Channel: "face_to_face", Names: question.Text{"en": "Market Street", "cy": "Stryd y Farchnad"}})
	if err == nil {
		_, err = s.Database.Owner().Exec(`UPDATE responses SET access_point_id = $2 WHERE organisation_id = $1 AND change_no % 2 = 0`,
			s.Org.ID, id)
	}
	if err != nil {
		s.T.Fatal(err)
	}
}

// The equality form crosses a characteristic with the access point, or counts one point alone; where a council has no points the
// form does not speak of them.
func TestEqualityByAccessPoint(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(4000)
	officer := s.SignIn(s.Person("equality"))
	get := func(path string) *sitetest.Answer { return s.Get(path, "Cookie", officer) }
	get("/staff/equality").Is(200).Hides("ccess point")
	get("/staff/equality/plan").Is(200).Hides("ccess point")
	atMarketStreet(s)
	get("/staff/equality").Is(200).Shows(`name="access_point"`, "Only the access point", `<option value="access_point">Access point`)
	get("/staff/equality/plan").Is(200).Shows(`<option value="access_point">Access point`)
	crossed := someMonths(12, 1, "sex", "access_point")
	table := get("/staff/equality?"+crossed.Encode()).Is(200).Shows("Market Street", "No access point", "/staff/equality/release?")
	for _, point := range []string{"Market Street", "No access point"} {
		if got := table.Table("table").Figure("Female", point); got == "" || got == "[c]" {
			t.Errorf("%s shows %q of the women: %v", point, got, table.Table("table"))
		}
	}
	one := someMonths(12, 1, "sex")
	one.Set("access_point", "market-street")
	get("/staff/equality?"+one.Encode()).Is(200).Shows(`<option value="market-street" selected>`,
		"Only answers where the access_point is market-street", "A table with a filter cannot be released")
	get("/staff/equality/release?" + one.Encode()).Is(422).Shows("take the filter on access_point away")
	one.Set("channel", "web")
	get("/staff/equality?" + one.Encode()).Is(422).Shows("one filter at the most")
	one.Del("channel")
	one.Set("access_point", "nowhere")
	get("/staff/equality?"+one.Encode()).Is(422).Shows("access_point has no value", `href="#access_point"`)
	// It can be planned, and leaves.
	plan := url.Values{"do": {"add"}, "survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"sex"},
		"and": {"access_point"}, "cadence": {"quarter"}, "standing": {"yes"}}
	s.Post("/staff/equality/plan", plan, "Cookie", officer).Is(http.StatusSeeOther)
	get("/staff/equality/plan").Is(200).Shows("by sex and access point")
}

// The calendar offers the access point, and the public reads the names of the points in both languages.
func TestFiguresArePublishedByAccessPoint(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	s.Fill(900)
	team := s.SignIn(s.Person("consultation"))
	s.Get("/staff/published/new", "Cookie", team).Is(200).Hides("ccess point")
	atMarketStreet(s)
	s.Get("/staff/published/new", "Cookie", team).Is(200).Shows(`<option value="access_point">Access point`)
	month := time.Now().AddDate(0, -3, 0)
	v := url.Values{"survey": {"customer-satisfaction"}, "measure": {"rating"}, "by": {"weather"}, "title-en": {"By place"},
		"title-cy": {"Yn ôl lle"},
		"from":     {time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}, "length": {"1"}, "times": {"1"},
		"days": {"366"}}
	s.Post("/staff/published/new", v, "Cookie", team).Is(422).Shows("Choose how the table is split.")
	v.Set("by", "access_point")
	s.Post("/staff/published/new", v, "Cookie", team).Is(http.StatusSeeOther)
	agreed(s, "/staff/published")
	list, err := s.Publications.Publications(t.Context(), s.Org.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	at := "/staff/published/" + page(list[0].ID)
	s.Post(at, url.Values{"do": {"publish"}}, "Cookie", team).Is(http.StatusSeeOther)
	agreed(s, at)
	public := "/testham/performance/" + page(list[0].ID)
	soon(s, public, "Market Street", "No access point", "Access point").Is(200)
	s.Get(public+"?lang=cy").Is(200).Shows("Stryd y Farchnad", "Dim pwynt cyswllt", "Pwynt cyswllt")
	s.Get(regexp.MustCompile(public+`/1/[a-z0-9_-]+\.csv`).FindString(s.Get(public).Text)).Is(200).Shows("Market Street", "market-street")
}
