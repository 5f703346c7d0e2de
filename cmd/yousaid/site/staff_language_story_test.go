package site_test

import (
	"net/url"
	"testing"

	"yousaid/cmd/yousaid/site/sitetest"
)

// Somebody chooses to read the staff pages in Welsh: what is translated is Welsh, the rest is English and marked so, and nobody
// else's pages change.
func TestStaffChooseTheirLanguage(t *testing.T) {
	t.Parallel()
	site := sitetest.New(t)
	ann, bob := site.SignIn(site.Person("administrator")), site.SignIn(site.Person("consultation"))
	site.Get("/staff/password", "Cookie", ann).Is(200).Shows("Language of the staff pages", "Cymraeg", "Testham Council")
	site.Post("/staff/language", url.Values{"language": {"xx"}}, "Cookie", ann).Is(422).Shows("Choose a language from the list.")
	site.Post("/staff/language", url.Values{"language": {"cy"}}, "Cookie", ann).Is(303)

	site.Get("/staff/password", "Cookie", ann).Is(200).Shows(`<html lang="cy"`, "Eich cyfrif", "Cyngor Testham", "Gosodiadau",
		`<span lang="en" dir="ltr">Nobody wrote a wrong password`).
		Hides("Testham Council", "Your account")
	site.Get("/staff", "Cookie", ann).Is(200).Shows("Arolygon", `lang="en"`)
	// A file is in the language of its reader, where all of its words are.
	site.Send(site.Link("web"), sitetest.Feedback{Rating: "4"})
	const file = "/staff/results/table.csv?survey=customer-satisfaction&by=channel"
	site.Get(file, "Cookie", ann).Is(200).Shows("Sgôr gymedrig").Hides("Mean score")
	site.Get(file, "Cookie", bob).Is(200).Shows("Mean score")
	site.Get("/staff/translations", "Cookie", bob).Is(200).Shows(`<html lang="en"`, "Welsh: still in English: ")
	site.Post("/staff/language", url.Values{"language": {"en"}}, "Cookie", ann).Is(303)
	site.Get("/staff/password", "Cookie", ann).Is(200).Shows(`<html lang="en"`, "Your account")
}
