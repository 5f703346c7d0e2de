package main

import (
	"context"

	"yousaid/server/accounts"
	"yousaid/surveys/catalogue"
	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// places are where people reach the made-up council.
var places = []catalogue.AccessPoint{
	{Slug: "contact-centre", Channel: "telephone", Names: question.Text{"en": "Contact centre", "cy": "Canolfan gyswllt"}},
	{Slug: "southfields-reception", Channel: "face_to_face",
		Names: question.Text{"en": "Southfields reception", "cy": "Derbynfa Southfields"}},
	{Slug: "library-kiosk", Channel: "kiosk",
		Names: question.Text{"en": "Kiosk in the central library", "cy": "Ciosg yn y llyfrgell ganolog"}},
}

// complaints is where complaints about personal data go at the made-up council.
var complaints = accounts.Complaints{Contact: "data.protection@westmarch.example",
	Procedure: question.Text{"en": "https://www.westmarch.example/complaints", "cy": "https://www.westmarch.example/cwynion"}}

// settings gives the council access points and a contact for complaints. What is there stays as it is.
func (d demonstration) settings(ctx context.Context, by tenant.Actor) error {
	org, err := d.Accounts.Organisation(ctx, by.Org)
	if err != nil {
		return err
	}
	if contact, procedure := org.Complaints.Missing(); contact && procedure {
		if err := d.Accounts.ChangeComplaints(ctx, by, org.Complaints.Mark(), complaints); err != nil {
			return err
		}
	}
	there, err := d.Catalogue.AccessPoints(ctx, by.Org)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, a := range there {
		known[a.Slug] = true
	}
	for _, a := range places {
		if known[a.Slug] {
			continue
		}
		if _, err := d.Catalogue.AddAccessPoint(ctx, by, a); err != nil {
			return err
		}
	}
	return nil
}
