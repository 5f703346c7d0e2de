package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"yousaid/surveys/question"
	"yousaid/surveys/tenant"
	"yousaid/surveys/wording"
)

// Report counts what an import did. Rows are services.
type Report struct {
	Read         int `json:"read"`
	Added        int `json:"added"`
	Changed      int `json:"changed"` // another name, number or parent
	Moved        int `json:"moved"`   // to another directorate; may be changed as well
	Unchanged    int `json:"unchanged"`
	Directorates int `json:"directorates"` // added
}

// String is the report in a sentence.
func (r Report) String() string {
	services, directorates := "services", "directorates"
	if r.Read == 1 {
		services = "service"
	}
	if r.Directorates == 1 {
		directorates = "directorate"
	}
	return fmt.Sprintf("Read %d %s: %d added, %d changed, %d moved to another directorate, %d as before. Added %d %s.",
		r.Read, services, r.Added, r.Changed, r.Moved, r.Unchanged, r.Directorates, directorates)
}

// maxLevels is how many services may stand one below the other.
const maxLevels = 10

// always is since when a service belongs to its first directorate: feedback from before the import is rolled up too.
const always = "1900-01-01"

// Import reads directorates and services from a CSV file with the header directorate,service,slug,lgsl_id,parent, where parent is a
// slug. The whole file is stored or, when any row is wrong, nothing (RefusedRows). Services that are not in the file stay. One that
// stands under another directorate moves there from the first of this month; earlier months stay where they were.
func (s Store) Import(ctx context.Context, by tenant.Actor, from io.Reader) (Report, error) {
	rows, err := readRows(from)
	if err != nil {
		return Report{}, err
	}
	month, err := s.month(ctx, by.Org)
	if err != nil {
		return Report{}, err
	}
	tx, err := s.DB.Begin(ctx, by.Org)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := lock(ctx, tx, by.Org); err != nil {
		return Report{}, err
	}
	c := change{tx: tx, org: by.Org, month: month, services: map[string]Service{}, directorates: map[string]Directorate{},
		ids: map[int64]string{}}
	if err := c.read(ctx); err != nil {
		return Report{}, err
	}
	rows, refused := c.order(rows)
	if len(refused) > 0 {
		return Report{}, sorted(refused)
	}
	for _, one := range rows {
		if err := c.store(ctx, one); err != nil {
			return Report{}, fmt.Errorf("line %d: %w", one.line, err)
		}
	}
	if err := s.Ledger.Record(ctx, tx, by, "catalogue.imported", "catalogue", nil, c.report); err != nil {
		return Report{}, err
	}
	return c.report, tx.Commit()
}

// change is an import under way: what stood in the database, by slug, kept up to date with each row.
type change struct {
	tx           *sqlx.Tx
	org          tenant.Org
	month        time.Time
	services     map[string]Service
	directorates map[string]Directorate
	ids          map[int64]string // slugs of services by id
	report       Report
}

func (c *change) read(ctx context.Context) error {
	known, err := services(ctx, c.tx, c.org, c.month)
	if err != nil {
		return err
	}
	for _, s := range known {
		c.services[s.Slug] = s
		c.ids[s.ID] = s.Slug
	}
	parts, err := directorates(ctx, c.tx, c.org)
	for _, d := range parts {
		c.directorates[d.Slug] = d
	}
	return err
}

// order puts parents before their children, and refuses parents that are missing, closed or their own children.
func (c *change) order(rows []row) ([]row, RefusedRows) {
	var refused RefusedRows
	in := map[string]row{}
	for _, one := range rows {
		in[one.slug] = one
	}
	parent := func(slug string) string {
		if one, ok := in[slug]; ok {
			return one.parent
		}
		return c.ids[c.services[slug].Parent]
	}
	depth := map[string]int{}
	for _, one := range rows {
		if s, ok := c.services[one.slug]; ok && s.ClosedOn != nil {
			refused = append(refused, refuseLine(one.line, "catalogue.slug_closed|The slug “%s” belonged to a service that closed on %s. A slug "+
				"is never used again: choose another.", one.slug, wording.Day(*s.ClosedOn))...)
			continue
		}
		if one.parent != "" {
			_, inFile := in[one.parent]
			if _, known := c.services[one.parent]; !inFile && !known {
				refused = append(refused, refuseLine(one.line, "catalogue.parent_unknown|The parent “%s” is no service of this file or of the "+
					"council. Write the slug of one.", clip(one.parent))...)
				continue
			}
		}
		path := []string{one.slug}
		for up := parent(one.slug); up != ""; up = parent(up) {
			if slices.Contains(path, up) {
				refused = append(refused, refuseLine(one.line,
					"catalogue.parents_circle|The parents go round in a circle: %s. Take one of them away.", strings.Join(append(path, up), " → "))...)
				break
			}
			if path = append(path, up); len(path) > maxLevels {
				refused = append(refused, refuseLine(one.line,
					"catalogue.parents_deep|There are more than %s levels of parents above this service. Leave some out.", maxLevels)...)
				break
			}
		}
		depth[one.slug] = len(path)
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(depth[a.slug], depth[b.slug]) })
	return rows, refused
}

// store brings one service and its directorate to what the row says.
func (c *change) store(ctx context.Context, one row) error {
	c.report.Read++
	was, known := c.services[one.slug]
	is := Service{Slug: one.slug, LGSL: one.lgsl, Parent: c.services[one.parent].ID, Directorate: c.services[one.parent].Directorate}
	if one.directorate != "" {
		id, err := c.directorate(ctx, one.directorate)
		if err != nil {
			return err
		}
		is.Directorate = id
	}
	same := known && was.Names["en"] == one.service && was.LGSL == is.LGSL && was.Parent == is.Parent
	is.ID, is.Names = was.ID, was.Names
	if !same {
		id, err := c.service(ctx, one, is)
		if err != nil {
			return err
		}
		is.ID = id
	}
	moved := was.Directorate != is.Directorate
	if moved {
		from := c.month.Format(time.DateOnly)
		if was.Directorate == 0 {
			from = always
		}
		if _, err := c.tx.ExecContext(ctx, `
			INSERT INTO service_directorates (organisation_id, service_id, valid_from, directorate_id)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation_id, service_id, valid_from) DO UPDATE SET directorate_id = excluded.directorate_id`,
			c.org, is.ID, from, is.Directorate); err != nil {
			return fmt.Errorf("moving the service “%s”: %w", one.slug, err)
		}
	}
	switch {
	case !known:
		c.report.Added++
	case !same:
		c.report.Changed++
	}
	if known && moved {
		c.report.Moved++
	}
	if same && !moved {
		c.report.Unchanged++
	}
	c.services[one.slug] = is
	return nil
}

func (c *change) service(ctx context.Context, one row, is Service) (int64, error) {
	names, err := json.Marshal(question.Text{"en": one.service})
	if err != nil {
		return 0, err
	}
	var id int64
	// Names in other languages stay.
	err = c.tx.GetContext(ctx, &id, `
		INSERT INTO services (organisation_id, slug, names, lgsl_id, parent_id)
		VALUES ($1, $2, $3, NULLIF($4::int, 0), NULLIF($5::bigint, 0))
		ON CONFLICT (organisation_id, slug) DO UPDATE
		SET names = services.names || excluded.names, lgsl_id = excluded.lgsl_id, parent_id = excluded.parent_id
		RETURNING id`, c.org, one.slug, string(names), is.LGSL, is.Parent)
	if err != nil {
		return 0, fmt.Errorf("storing the service “%s”: %w", one.slug, err)
	}
	return id, nil
}

// directorate finds a directorate by the slug of its name, adds it, or puts its name in the new way of writing.
func (c *change) directorate(ctx context.Context, name string) (int64, error) {
	slug := Slug(name)
	if d, ok := c.directorates[slug]; ok && d.Names["en"] == name {
		return d.ID, nil
	}
	names, err := json.Marshal(question.Text{"en": name})
	if err != nil {
		return 0, err
	}
	_, known := c.directorates[slug]
	var id int64
	if err := c.tx.GetContext(ctx, &id, `
		INSERT INTO directorates (organisation_id, slug, names)
		VALUES ($1, $2, $3)
		ON CONFLICT (organisation_id, slug) DO UPDATE SET names = directorates.names || excluded.names
		RETURNING id`, c.org, slug, string(names)); err != nil {
		return 0, fmt.Errorf("storing the directorate “%s”: %w", name, err)
	}
	if !known {
		c.report.Directorates++
	}
	c.directorates[slug] = Directorate{ID: id, Slug: slug, Names: question.Text{"en": name}}
	return id, nil
}

// Export writes the open services in the columns that Import reads, parents before their children, else by slug.
func (s Store) Export(ctx context.Context, org tenant.Org, to io.Writer) error {
	known, err := s.Services(ctx, org)
	if err != nil {
		return err
	}
	parts, err := s.Directorates(ctx, org)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, d := range parts {
		names[d.ID] = Label(d.Names, "en")
	}
	byID := map[int64]Service{}
	for _, s := range known {
		byID[s.ID] = s
	}
	depth := func(s Service) (n int) {
		for ; s.Parent != 0 && n < len(known); n++ {
			s = byID[s.Parent]
		}
		return n
	}
	slices.SortStableFunc(known, func(a, b Service) int { return cmp.Compare(depth(a), depth(b)) })
	var rows []row
	for _, s := range known {
		if s.ClosedOn == nil {
			rows = append(rows, row{directorate: names[s.Directorate], service: Label(s.Names, "en"), slug: s.Slug, lgsl: s.LGSL,
				parent: byID[s.Parent].Slug})
		}
	}
	return writeRows(to, rows)
}
