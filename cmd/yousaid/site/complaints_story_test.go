package site_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
	"yousaid/server/accounts"
	"yousaid/surveys/question"
)

// A council says where complaints about personal data go. Until then its administrator is told, and the privacy page sends people
// to the council and then to the ICO.
func TestComplaintsAboutPersonalData(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	me, reader := s.SignIn(s.Person("administrator")), s.SignIn(s.Person("viewer"))
	const lacks = "does not say yet"
	for _, address := range []string{"/staff", "/staff/settings"} {
		s.Get(address, "Cookie", me).Is(200).Shows(lacks+" whom people can complain to", `href="/staff/complaints"`)
	}
	s.Get("/staff", "Cookie", reader).Is(200).Hides(lacks)
	first := func(text, one, two string) {
		t.Helper()
		if i, j := strings.Index(text, one), strings.Index(text, two); i < 0 || j < i {
			t.Errorf("%q stands at %d and %q at %d", one, i, two, j)
		}
	}
	bare := s.Get("/testham/privacy").Is(200).Shows("Contact the council.", "within 30 days").Hides("How we deal with complaints")
	first(bare.Text, "complain to us first", "Information Commissioner’s Office")

	old := form(s.Get("/staff/complaints", "Cookie", me).Is(200))
	send := func(contact, english, welsh string) *sitetest.Answer {
		return s.Post("/staff/complaints",
			url.Values{"was": {old.Get("was")}, "contact": {contact}, "procedure-en": {english}, "procedure-cy": {welsh}}, "Cookie", me)
	}
	for _, contact := range []string{"nobody", "a@b.example, c@d.example", "Ann <ann@testham.example>", "+", "javascript:alert(1)",
		strings.Repeat("a", 300) + "@testham.example"} {
		send(contact, "", "").Is(422).Shows("Write one email address")
	}
	for _, address := range []string{"www.testham.example/complaints", "javascript:alert(1)", "//testham.example", "https://",
		"https://user:secret@testham.example/", "ftp://testham.example/x", "https://testham.example/a b",
		"https://testham.example/" + strings.Repeat("a", 600)} {
		send("dpo@testham.example", address, "").Is(422).Shows("Write the whole address", "dpo@testham.example")
	}
	if now, err := s.Accounts.Organisation(t.Context(), s.Org.ID); err != nil || now.Complaints.Contact != "" ||
		!now.Complaints.Procedure.Empty() {
		t.Fatalf("something was stored: %+v, %v", now.Complaints, err)
	}
	send("dpo@testham.example", "", "").Is(http.StatusSeeOther)
	s.Get("/staff", "Cookie", me).Is(200).Shows(lacks + " where your complaints procedure is")
	send("01509 000000", "https://www.testham.example/complaints", "").Is(422).Shows("Somebody else changed this",
		"dpo@testham.example", "01509 000000")
	old = form(s.Get("/staff/complaints", "Cookie", me))
	send("dpo@testham.example", "https://www.testham.example/complaints", "").Is(http.StatusSeeOther)
	s.Get("/staff", "Cookie", me).Is(200).Hides(lacks)
	s.Get("/staff/settings", "Cookie", me).Is(200).Hides(lacks)

	told := s.Get("/testham/privacy").Is(200).Shows(`href="mailto:dpo@testham.example"`,
		`href="https://www.testham.example/complaints">How we deal with complaints`).Hides("Contact the council.")
	first(told.Text, "mailto:dpo@testham.example", "https://ico.org.uk/make-a-complaint/")
	first(told.Text, "https://www.testham.example/complaints", "https://ico.org.uk/make-a-complaint/")
	s.Get("/testham/privacy?lang=cy").Is(200).Shows("cwynwch wrthym ni yn gyntaf", "o fewn 30 diwrnod",
		`href="https://www.testham.example/complaints" hreflang="en"`)
	old = form(s.Get("/staff/complaints", "Cookie", me))
	send("01509 000000", "https://www.testham.example/complaints", "https://www.testham.example/cwynion").Is(http.StatusSeeOther)
	s.Get("/testham/privacy?lang=cy").Is(200).Shows(`href="https://www.testham.example/cwynion">Sut rydym yn delio â chwynion`,
		"01509 000000").Hides("mailto:")
	s.Get("/privacy").Is(200).Shows("complain to us first").Hides("01509 000000", "testham.example")
	s.Get("/staff/audit", "Cookie", me).Is(200).Shows("organisation.complaints_changed")
}

// What one sets at the keyboard and another in the browser is not lost unseen; a name or a colour that changes leaves the complaints alone.
func TestComplaintsSettingsStayApart(t *testing.T) {
	t.Parallel()
	s := sitetest.New(t)
	want := accounts.Complaints{Contact: "dpo@testham.example", Procedure: question.Text{"en": "https://www.testham.example/complaints"}}
	seen := s.Org.Complaints.Mark()
	if err := s.Accounts.ChangeComplaints(t.Context(), s.By(), seen, want); err != nil {
		t.Fatal(err)
	}
	if err := s.Accounts.ChangeComplaints(t.Context(), s.By(), seen, accounts.Complaints{}); !errors.Is(err, accounts.ErrChanged) {
		t.Errorf("a change that did not see another: %v", err)
	}
	look := s.Org.Branding()
	look.Colour = "#1f4e5f"
	if err := s.Accounts.ChangeBranding(t.Context(), s.By(), "", look); err != nil {
		t.Fatal(err)
	}
	now, err := s.Accounts.Organisation(t.Context(), s.Org.ID)
	if err != nil || now.Complaints.Mark() != want.Mark() || now.Brand.Colour != "#1f4e5f" {
		t.Errorf("the council is %+v, %v", now, err)
	}
}
