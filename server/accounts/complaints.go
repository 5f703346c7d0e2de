package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
)

// Complaints is where a council takes complaints about personal data. Since 19 June 2026 a controller has to make them possible and
// to acknowledge them within 30 days (section 164A of the Data Protection Act 2018, from section 103 of the Data (Use and Access)
// Act 2025). Both are on the privacy page.
type Complaints struct {
	Contact   string        `json:"contact,omitempty"`   // one email address or telephone number
	Procedure question.Text `json:"procedure,omitempty"` // by language: the address of the page on the complaints procedure
}

// ComplaintDays is within how many days a complaint about personal data must be acknowledged.
const ComplaintDays = 30

const (
	maxComplaintContact = 254
	maxProcedure        = 500
)

var telephoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()-]{5,30}$`)

// Missing says whether the contact and the address of the procedure are still to be given.
func (c Complaints) Missing() (contact, procedure bool) { return c.Contact == "", c.Procedure.Empty() }

// Href is the address that a link to the contact leads to, "mailto:…"; "" where the contact is no email address.
func (c Complaints) Href() string {
	if !strings.Contains(c.Contact, "@") {
		return ""
	}
	return "mailto:" + url.PathEscape(c.Contact)
}

// Mark tells whether the settings still are as they were seen: see ChangeComplaints.
func (c Complaints) Mark() string {
	b, _ := json.Marshal(c) // texts
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func (c Complaints) check() error {
	if c.Contact != "" && !telephoneForm.MatchString(c.Contact) && !emailOnly(c.Contact) {
		return refuse(
			"contact",
			"accounts.write_one_email_address|Write one email address, such as data.protection@example.gov.uk, or one telephone number.",
		)
	}
	if why, faulty := c.Procedure.Fault(); faulty {
		return refuse("procedure", "accounts.write_this_again|Write this again: %s.", why)
	}
	for _, address := range c.Procedure {
		if !webPage(address) {
			return refuse(
				"procedure",
				"accounts.write_the_whole_address|Write the whole address of the page, such as https://www.example.gov.uk/complaints.",
			)
		}
	}
	return nil
}

func emailOnly(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && utf8.RuneCountInString(s) <= maxComplaintContact
}

// webPage says whether an address is that of a page on the web, so that a link to it runs nothing and shows no password.
func webPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsAny(address, " \t\r\n") && utf8.RuneCountInString(address) <= maxProcedure
}

// ChangeComplaints sets where complaints about personal data go, for settings that were seen as the mark says: ErrChanged where somebody
// changed them since. Without a
// mark it sets them in any case.
func (s *Store) ChangeComplaints(ctx context.Context, by tenant.Actor, was string, c Complaints) error {
	if err := c.check(); err != nil {
		return err
	}
	return s.changeOrganisation(ctx, by, "organisation.complaints_changed", func(_ *sqlx.Tx, o *Organisation) error {
		if was != "" && was != o.Complaints.Mark() {
			return ErrChanged
		}
		o.Complaints = c
		return nil
	})
}
