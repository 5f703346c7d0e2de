package site_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yousaid/cmd/yousaid/site/sitetest"
)

// From a questionnaire to what the public reads, with the keyboard alone: made, changed and published; a link made; answered on a
// phone; its comment tagged and reviewed; an action with a released figure, approved by a second person; found by the public and by
// whoever holds the receipt.
func TestAllTheWayByKeyboard(t *testing.T) {
	t.Parallel()
	for _, scripts := range []bool{false, true} {
		t.Run(fmt.Sprintf("scripts=%v", scripts), func(t *testing.T) {
			t.Parallel()
			s := sitetest.New(t)
			s.Fill(300)
			if err := s.Comments.AddDefaultThemes(t.Context(), s.By()); err != nil {
				t.Fatal(err)
			}
			first := s.Browse(1280, "")
			if !scripts {
				first.WithoutScripts()
			}
			officer, administrator := s.Person("consultation"), s.Person("administrator")
			signIn := func(email string) sitetest.Keyboard {
				k := first.Again(s, 1280, "").Hands()
				k.Open("/staff/sign-in")
				k.Write("Email address", email).Write("Password", sitetest.Password).Go("Sign in", "button")
				return k
			}

			// The questionnaire, from a template, with one word changed.
			team := signIn(officer)
			team.Go("Surveys", "a").Go("Start a survey", "a")
			team.Pick("Start from", "Good average poor")
			team.Write("Title – English", "Your library visit").Write("Title – Cymraeg",
				"Eich ymweliad â'r llyfrgell").Go("Start the survey", "button").Says("Your library visit", "Draft")
			team.Go("Edit How would you rate the service", "a")
			team.Write("Question – English", "How was your library visit today?").Go("Save", "button").Says("How was your library visit today?")
			team.Go("Publish", "button").Says("Customers see this as version 1.")

			// A link to it.
			team.Go("Links", "a").Go("Make links", "a")
			team.Select("Survey", "Your library visit").Tick("Library facilities").Tick("In person").Go("Make links", "button")
			if strings.Contains(team.There(), "/new") {
				team.Go("Make links", "button")
			}
			var code string
			if err := s.Database.Owner().Get(&code,
				`SELECT l.code FROM links l JOIN surveys s ON s.id = l.survey_id WHERE s.slug = 'your-library-visit'`); err != nil {
				t.Fatal(err)
			}

			// Somebody answers on a phone.
			customer := first.Again(s, 360, "").Hands()
			customer.Open("/f/" + code).Shows("How was your library visit today?")
			customer.Pick("How was your library visit today?", "Poor").Go("Send", "button").Says("Your answers so far are saved")
			customer.Write("Is there anything you would like", "The heating was off and I was cold").Go("Continue", "button")
			if !strings.HasSuffix(customer.There(), "/thanks") { // the questions about the person, which may be left
				customer.Go("Send", "button")
			}
			receipt := sitetest.Ask[string](customer.Window, `document.querySelector('.site-code').innerText`)
			customer.Fits(360)

			// Its results; its comment is tagged, marked, and decided about.
			team = signIn(officer)
			team.Go("Results", "a").Select("Survey", "Your library visit").Go("Show", "button").Says("The heating was off")
			team.Go("Comments", "a").Select("Survey", "Your library visit").Write("Words in the comment", "heating").Go("Show comments",
				"button").Says("The heating was off").Go("Open", "a")
			team.Tick("Access for everyone").Tick("For “you said”").Go("Save", "button").Says("Saved")
			team.Go("Show it as it was written", "button").Says("Saved")

			// An action that came from it, with a figure.
			team.Go("Start an action from this comment", "a")
			team.Select("Service", "Library facilities").Write("You said – English", "The library was cold.").Write("You said – Cymraeg",
				"Roedd y llyfrgell yn oer.")
			team.Pick("What the council says", "We did").Write("What we did, are doing, or why we cannot – English",
				"We mended the heating.").Write("What we did, are doing, or why we cannot – Cymraeg",
				"Rydym wedi trwsio'r gwres.").Go("Save the draft", "button").Says("Action 1 is started")
			team.Go("Choose a released figure", "a").Go("Release a new table", "a")
			half := time.Now().AddDate(0, 0, 1-time.Now().Day()).AddDate(0, -6, 0).Format("January 2006")
			team.Select("Split by", "Channel").Select("First month", half).Go("Show", "button").Go("Release this table",
				"button").Says("Choose one of its figures")
			team.Go("Show it as it would be published", "button").Says("As the public would read it",
				"people were satisfied").Go("Use this figure", "button").Says("The figure stands in the action")
			team.Go("Save and send for review", "button").Says("In review")

			// A second person approves it.
			boss := signIn(administrator)
			boss.Go("Actions", "a").Go("The library was cold", "a").Go("Approve", "button").Says("Published")

			// The public finds it by searching.
			soon(s, "/"+s.Org.Slug+"/you-said-we-did", "We mended the heating.")
			public := first.Again(s, 360, "").Hands()
			public.Open("/" + s.Org.Slug + "/you-said-we-did")
			public.Write("Words to look for", "heating").Go("Show", "button").Says("The library was cold.", "We mended the heating.",
				"people were satisfied")
			public.Fits(360)
			public.Open("/" + s.Org.Slug + "/receipt")
			public.Write("Receipt code", receipt).Go("Look", "button").Says("What it led to", "We mended the heating.").Hides("I was cold")
		})
	}
}
