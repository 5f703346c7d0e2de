package permission

import (
	"slices"
	"testing"

	"yousaid/migrations/pgtest"
	"yousaid/surveys/tenant"
)

// A service brings its parts, a directorate what belongs to it now; another council's services are never among them.
func TestWhichServicesARoleCovers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Owner().MustExec(`INSERT INTO organisations (id, slug, link_prefix, names) VALUES (1, 'north', 'NTH', '{}'), (2, 'south', 'STH', '{}')`)
	db.Owner().MustExec(`INSERT INTO directorates (organisation_id, id, slug, names)
		VALUES (1, 101, 'streets', '{}'), (1, 102, 'homes', '{}'), (2, 101, 'streets', '{}')`)
	db.Owner().MustExec(`INSERT INTO services (organisation_id, id, slug, names, parent_id)
		VALUES (1, 11, 'bins', '{}', NULL), (1, 12, 'garden', '{}', 11),
		       (1, 13, 'repairs', '{}', NULL), (1, 14, 'moved', '{}', NULL), (2, 21, 'theirs', '{}', NULL)`)
	db.Owner().MustExec(`INSERT INTO service_directorates (organisation_id, service_id, directorate_id, valid_from)
		VALUES (1, 11, 101, '2026-01-01'), (1, 12, 101, '2026-01-01'), (1, 13, 102, '2026-01-01'), (1, 14, 101, '2026-01-01'),
		       (1, 14, 102, '2026-06-01'), (2, 21, 101, '2026-01-01')`)
	tx, err := tenant.New(db.App()).Begin(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for name, c := range map[string]struct {
		grants []tenant.Grant
		want   []int64
	}{
		"a service and its part":                 {[]tenant.Grant{{Role: tenant.ServiceRole, Service: 11}}, []int64{11, 12}},
		"a part":                                 {[]tenant.Grant{{Role: tenant.ServiceRole, Service: 12}}, []int64{12}},
		"a directorate, with what belongs to it": {[]tenant.Grant{{Role: tenant.ServiceRole, Directorate: 102}}, []int64{13, 14}},
		"both": {[]tenant.Grant{{Role: tenant.ServiceRole, Service: 12},
			{Role: tenant.ServiceRole, Directorate: 102}}, []int64{12, 13, 14}},
		"no service":                                {[]tenant.Grant{{Role: tenant.ServiceRole}}, []int64{}},
		"a service that is gone":                    {[]tenant.Grant{{Role: tenant.ServiceRole, Service: 99}}, []int64{}},
		"a role that does not hold it":              {[]tenant.Grant{{Role: tenant.Equality}}, []int64{}},
		"another council's directorate and service": {[]tenant.Grant{{Role: tenant.ServiceRole, Service: 21}}, []int64{}},
	} {
		got, err := Scope(actor(c.grants...), SeeComments).Of(t.Context(), tx, 1)
		slices.Sort(got.IDs)
		if err != nil || got.All || got.IDs == nil || !slices.Equal(got.IDs, c.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if got.Covers(0) {
			t.Errorf("%s: it covers what is about no one service", name)
		}
	}
	all, err := Scope(actor(tenant.Grant{Role: tenant.ServiceRole, Service: 11}, tenant.Grant{Role: tenant.Consultation}),
		SeeComments).Of(t.Context(), tx, 1)
	if err != nil || !all.All || !all.Covers(0) || !all.Covers(21) || all.IDs != nil {
		t.Errorf("everything: %+v, %v", all, err)
	}
}
