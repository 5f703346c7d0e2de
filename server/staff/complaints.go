package staff

import (
	"github.com/labstack/echo/v4"

	"yousaid/server/signin"
	"yousaid/surveys/permission"
)

const ComplaintsAddress = "/staff/complaints"

// MissingComplaints says to those who may give it what the privacy page still lacks.
type MissingComplaints struct {
	Contact, Procedure bool
	Href               string // where to give it; "" where nothing is missing, or for those who may not
}

func ComplaintsMissing(c echo.Context) MissingComplaints {
	if !permission.Holds(signin.Of(c).Actor, permission.ManageOperations) {
		return MissingComplaints{}
	}
	contact, procedure := Organisation(c).Complaints.Missing()
	m := MissingComplaints{Contact: contact, Procedure: procedure}
	if contact || procedure {
		m.Href = ComplaintsAddress
	}
	return m
}
