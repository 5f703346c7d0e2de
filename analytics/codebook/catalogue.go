package codebook

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"yousaid/analytics/figures"
	"yousaid/surveys/bank"
	"yousaid/surveys/question"
	"yousaid/surveys/wording"

	"github.com/jmoiron/sqlx"
)

func (b *Book) readCatalogue(ctx context.Context, tx *sqlx.Tx) error {
	err := tx.SelectContext(ctx, &b.Services, `
		SELECT id::text AS id, slug AS code, names, parent_id
		FROM   services
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.Org)
	if err == nil {
		err = tx.SelectContext(ctx, &b.Directorates, `
		SELECT id::text AS id, slug AS code, names
		FROM   directorates
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.Org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.moves, `
		SELECT service_id::text AS service_id, valid_from, directorate_id::text AS directorate_id
		FROM   service_directorates
		WHERE  organisation_id = $1
		ORDER  BY service_id, valid_from`, b.Org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.points, `
		SELECT id::text AS id, slug AS code, names
		FROM   access_points
		WHERE  organisation_id = $1
		ORDER  BY slug`, b.Org)
	}
	if err == nil {
		err = tx.SelectContext(ctx, &b.channels, `
		SELECT code AS id, code, names
		FROM   channels
		WHERE  organisation_id = $1`, b.Org)
	}
	if err != nil {
		return fmt.Errorf("reading the catalogue: %w", err)
	}
	return nil
}

// Directorate gives the code of the directorate a service belonged to in a month ("2026-03"): the last move before the month ended.
// A month before the first move counts with the first directorate.
func (b *Book) Directorate(serviceID, month string) string {
	found := ""
	for _, m := range b.moves {
		if m.Service == serviceID && (found == "" || m.From.Format("2006-01") <= month) {
			found = m.Directorate
		}
	}
	for _, d := range b.Directorates {
		if d.ID == found {
			return d.Code
		}
	}
	return ""
}

// Rows are the database's ids of services, directorates and access points, by dimension and code.
func (b *Book) Rows() map[string]map[string]string {
	services, directorates, points := map[string]string{}, map[string]string{}, map[string]string{}
	for _, s := range b.Services {
		services[s.Code] = s.ID
	}
	for _, d := range b.Directorates {
		directorates[d.Code] = d.ID
	}
	for _, p := range b.points {
		points[p.Code] = p.ID
	}
	return map[string]map[string]string{"service": services, "directorate": directorates, "access_point": points}
}

// channelOrder is the order in which channels are listed everywhere.
var channelOrder = []figures.Code{
	{Code: "web", Label: wording.Say("sheet.web|Web")},
	{Code: "telephone", Label: wording.Say("sheet.telephone|Telephone")},
	{Code: "face_to_face", Label: wording.Say("sheet.face_to_face|Face to face")},
	{Code: "email", Label: wording.Say("sheet.email|Email")},
	{Code: "post", Label: wording.Say("sheet.post|Post")},
	{Code: "sms", Label: wording.Say("sheet.sms|SMS")},
	{Code: "kiosk", Label: wording.Say("sheet.kiosk|Kiosk")},
	{Code: "social_media", Label: wording.Say("sheet.social_media|Social media")},
	{Code: "other", Label: wording.Say("sheet.other|Other")},
}

// KeyOf is the key by which the program has words for the name of a dimension (""), of a code or of a group, whoever named it; "" where it
// has none.
func KeyOf(dimension, code string) string {
	if dimension == "channel" {
		for _, c := range channelOrder {
			if c.Code == code {
				return c.Label.Key()
			}
		}
		return ""
	}
	return bank.KeyOf(dimension, code)
}

// ChannelCodes lists the channels as the council calls them; in languages in which it has no name for one, the program's stands.
func (b *Book) ChannelCodes() []figures.Code {
	out := slices.Clone(channelOrder)
	for i, c := range out {
		for _, n := range b.channels {
			if n.Code == c.Code && len(n.Names) > 0 {
				out[i].Label = wording.Named(wording.Ours{Key: c.Label.Key(), Names: question.Text(n.Names)})
			}
		}
	}
	return out
}

func (b *Book) ServiceCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.Services))
	for _, s := range b.Services {
		out = append(out, figures.Code{Code: s.Code, Label: s.Label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

func (b *Book) PointCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.points))
	for _, p := range b.points {
		out = append(out, figures.Code{Code: p.Code, Label: p.Label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

func (b *Book) DirectorateCodes() []figures.Code {
	out := make([]figures.Code, 0, len(b.Directorates))
	for _, d := range b.Directorates {
		out = append(out, figures.Code{Code: d.Code, Label: d.Label()})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Label.String() < out[j].Label.String() })
	return out
}

// Offered lists the services, or those of the scope.
func (b *Book) Offered(scope map[string]bool) []figures.Code {
	if scope == nil {
		return b.ServiceCodes()
	}
	own := *b
	own.Services = slices.DeleteFunc(slices.Clone(b.Services), func(s service) bool { return !scope[s.ID] })
	return own.ServiceCodes()
}

// HasServiceWithoutDirectorate tells whether a service is in no directorate in one of the months.
func (b *Book) HasServiceWithoutDirectorate(months []string) bool {
	for _, s := range b.Services {
		for _, m := range months {
			if b.Directorate(s.ID, m) == "" {
				return true
			}
		}
	}
	return false
}

// Names are the words of the codes of a dimension in all languages, where they are anybody's own: months and the like
// are worded by the page.
func (b *Book) Names(id string) map[string]question.Text {
	list := map[string]question.Text{}
	add := func(prefix string, all []Entry) {
		for _, n := range all {
			list[prefix+n.Code] = question.Text(n.Names)
		}
	}
	switch id {
	case "channel":
		add("", b.channels)
		return list
	case "access_point":
		add("", b.points)
		return list
	case "directorate":
		add("", b.Directorates)
		return list
	case "service":
		for _, s := range b.Services {
			list[s.Code] = question.Text(s.Names)
		}
		add("group:", b.Directorates)
		return list
	}
	if c, ok := bank.Find(id); ok {
		for _, l := range c.Codes {
			list[l.Code] = l.Text
		}
		for _, g := range c.Groups {
			list["group:"+g.Code] = g.Text
		}
		return list
	}
	if c, ok := bank.Find(strings.TrimSuffix(id, "_group")); ok {
		for _, g := range c.Groups {
			list[g.Code] = g.Text
		}
		return list
	}
	code, ticked, _ := strings.Cut(id, ":")
	q, _ := b.Merged(code)
	for _, o := range q.Choices() {
		if ticked == "" {
			list[o.Code] = o.Text
		} else if o.Code == ticked {
			list["yes"] = o.Text
		}
	}
	return list
}
