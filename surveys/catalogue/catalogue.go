// Package catalogue keeps what a council does and where it meets people: directorates, services, channels and access points.
package catalogue

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// ErrMissing is returned when the organisation has no such directorate, service or access point.
var ErrMissing = errors.New("the council has none with this short name: see the catalogue")

// Store keeps the catalogue. Every change is recorded in the Ledger in its own transaction.
type Store struct {
	DB     tenant.DB
	Ledger tenant.Ledger
	Now    func() time.Time // nil means time.Now
}

// Directorate is a part of the council that services belong to.
type Directorate struct {
	ID       int64
	Slug     string
	Names    question.Text
	ClosedOn *time.Time // a day; nil while it exists
}

// Service is something that the council does for people. Its slug is never used for another.
type Service struct {
	ID          int64
	Slug        string
	Names       question.Text
	LGSL        int   // number in the Local Government Service List; 0 means none
	Parent      int64 // id; 0 means none
	Directorate int64 // id of the one it belongs to this month; 0 means none
	ClosedOn    *time.Time
	Successor   int64 // id of the one that followed; 0 means none
}

// Channel is a way to reach the council, under the council's own name.
type Channel struct {
	Code   string
	Rollup string // digital, phone, post, in_person or other
	Names  question.Text
}

// AccessPoint is a place, number or address at which people reach the council.
type AccessPoint struct {
	ID      int64
	Slug    string
	Channel string
	Service int64 // id; 0 means all services
	Names   question.Text
}

// Label gives a name in the language, or the nearest there is.
func Label(names question.Text, language string) string {
	s, _ := names.In(language)
	return s
}

// channels are the fixed codes of ways to reach a council, with the names a new council starts with. The Welsh has not been checked
// by a speaker.
var channels = []Channel{
	{"web", "digital", question.Text{"en": "Website", "cy": "Gwefan"}},
	{"telephone", "phone", question.Text{"en": "Phone", "cy": "Ffôn"}},
	{"face_to_face", "in_person", question.Text{"en": "In person", "cy": "Wyneb yn wyneb"}},
	{"email", "digital", question.Text{"en": "Email", "cy": "E-bost"}},
	{"post", "post", question.Text{"en": "Post", "cy": "Post"}},
	{"sms", "digital", question.Text{"en": "Text message", "cy": "Neges destun"}},
	{"kiosk", "in_person", question.Text{"en": "Kiosk", "cy": "Ciosg"}},
	{"social_media", "digital", question.Text{"en": "Social media", "cy": "Cyfryngau cymdeithasol"}},
	{"other", "other", question.Text{"en": "Another way", "cy": "Ffordd arall"}},
}

// ChannelName is what the program calls a channel, whatever a council calls it.
func ChannelName(code string) wording.Names {
	for _, c := range channels {
		if c.Code == code {
			return wording.Ours{Key: "sheet." + code, Names: c.Names}
		}
	}
	return wording.Only{Text: code}
}

// ChannelCodes lists the fixed codes, in the order in which they are shown.
func ChannelCodes() []string {
	var codes []string
	for _, c := range channels {
		codes = append(codes, c.Code)
	}
	return codes
}

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// ValidSlug tells whether a directorate, service or access point can have the short name: 1 to 63 small letters, digits or "-".
func ValidSlug(s string) bool { return slug.MatchString(s) }

// Slug makes a short name from a name: "Children’s Services" becomes "childrens-services". "" where no letter or digit is left.
func Slug(name string) string {
	flat, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), name)
	if err != nil {
		flat = name
	}
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(flat) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´' || r == '′' || r == '＇' || r == '.':
		case r == '&':
			if b.Len() > 0 {
				b.WriteString("-and")
			}
			gap = true
		default:
			gap = true
		}
	}
	s := b.String()
	return strings.Trim(s[:min(len(s), 63)], "-")
}

func decodeNames(names []byte) question.Text {
	var t question.Text
	_ = json.Unmarshal(names, &t) // a name nobody can read is shown as none
	return t
}
