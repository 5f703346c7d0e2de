package permission

import (
	"slices"
	"testing"

	"yousaid/surveys/tenant"
)

func actor(grants ...tenant.Grant) tenant.Actor { return tenant.Actor{Org: 1, Grants: grants} }

// The matrix as the data plan states it, role by role: a permission that moves must move here as well.
func TestWhoMaySeeWhat(t *testing.T) {
	want := map[string][]Permission{
		"viewer":    {SeeFigures, ExportTables},
		"service":   {SeeFigures, ExportTables, SeeComments, WorkComments, EditActions},
		"frontline": {KeyAnswers},
		"consultation": {SeeFigures, ExportTables, SeeComments, SeeTranslations, ManageSurveys, WorkComments, RedactComments, EditActions,
			PublishActions, PublishFigures,
			ExportRows, SeeUnusual, SeeRegister, KeyAnswers},
		"equality": {SeeEquality, ReleaseEquality, SeeRegister},
		"administrator": {SeeFigures, ExportTables, SeeComments, SeeEquality, SeePeople, SeeAudit, SeeTranslations, KeyAnswers, ManageSurveys,
			ManageOperations, WorkComments, RedactComments, EditActions, PublishActions, PublishFigures, ExportRows, ReleaseEquality,
			SeeUnusual, SeeRegister},
	}
	for _, role := range tenant.Roles {
		a := actor(tenant.Grant{Role: role})
		for p := range matrix {
			if got := Holds(a, p); got != slices.Contains(want[role], p) {
				t.Errorf("%s, %s: %v", role, p, got)
			}
		}
		if !Holds(a, SignedIn) || !Holds(a, Public) {
			t.Errorf("%s: a member may see the public pages and the home page", role)
		}
	}
	if nobody := actor(); Holds(nobody, SignedIn) || Holds(nobody, SeeFigures) || !Holds(nobody, Public) {
		t.Error("somebody without a role sees public pages only")
	}
	if Holds(actor(tenant.Grant{Role: "administrator"}), Permission("not listed")) {
		t.Error("a permission that is not in the matrix is nobody's")
	}
}

func TestScope(t *testing.T) {
	for name, c := range map[string]struct {
		grants     []tenant.Grant
		everything bool
		services   []int64
	}{
		"a service officer sees two services": {[]tenant.Grant{{Role: "service", Service: 4}, {Role: "service", Service: 9}},
			false, []int64{4, 9}},
		"a service officer without a service":         {[]tenant.Grant{{Role: "service"}}, false, nil},
		"a viewer sees all":                           {[]tenant.Grant{{Role: "viewer"}}, true, nil},
		"a viewer who is a service officer elsewhere": {[]tenant.Grant{{Role: "service", Service: 4}, {Role: "viewer"}}, true, nil},
		"an equality role opens no figures":           {[]tenant.Grant{{Role: "equality"}}, false, nil},
	} {
		got := Scope(actor(c.grants...), SeeFigures)
		if got.Everything != c.everything || !slices.Equal(got.Services, c.services) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Scope(actor(tenant.Grant{Role: "service", Service: 4}, tenant.Grant{Role: "viewer"}), SeeComments); got.Everything {
		t.Error("a viewer's view of all figures does not open all comments")
	}
}
