// Package permission says who may do what: the matrix of roles and permissions, in one place.
package permission

import (
	"slices"

	"yousaid/surveys/tenant"
)

// Permission is what an address asks of whoever calls it.
type Permission string

// The permissions. Public and SignedIn are held without a role.
const (
	Public           Permission = "public"            // anybody, signed in or not
	SignedIn         Permission = "signed in"         // any member of the organisation
	SeeFigures       Permission = "see figures"       // tables without equality dimensions
	ExportTables     Permission = "export tables"     // the same tables as files
	SeeComments      Permission = "see comments"      // what people wrote
	SeeEquality      Permission = "see equality"      // protected tables by characteristic, on the page and as files
	SeePeople        Permission = "see people"        // who works here, in which role
	SeeAudit         Permission = "see audit"         // who did what
	SeeTranslations  Permission = "see translations"  // which words no speaker has checked yet
	KeyAnswers       Permission = "key answers"       // type in what was said on the telephone, at the counter, on paper
	ManageSurveys    Permission = "manage surveys"    // questionnaires and links
	ManageOperations Permission = "manage operations" // people and settings
	WorkComments     Permission = "work on comments"  // themes, root causes and marks on the comments one may see
	RedactComments   Permission = "redact comments"   // decide how a comment is shown, and which may be quoted
	// actions and "you said, we did": drafts, of one's own services where the role is for some
	EditActions     Permission = "edit actions"
	PublishActions  Permission = "publish actions"  // review, publish, correct and withdraw them
	PublishFigures  Permission = "publish figures"  // release tables for the public, and the publication calendar
	ExportRows      Permission = "export rows"      // responses row by row, without equality answers
	ReleaseEquality Permission = "release equality" // let equality tables leave, and plan which leave how often
	SeeUnusual      Permission = "see unusual"      // which answers were left out as unusual, and decide about them
	SeeRegister     Permission = "see register"     // every table that left; those with an equality dimension only beside "see equality"
)

// matrix is "Who may see what" of the data plan. An equality officer sees no unprotected figures: set beside protected tables they would
// disclose what those hide. An administrator may do all, and still sees no row with an equality answer, because there is no such page.
var matrix = map[Permission][]string{
	SeeFigures:       {tenant.Viewer, tenant.ServiceRole, tenant.Consultation, tenant.Administrator},
	ExportTables:     {tenant.Viewer, tenant.ServiceRole, tenant.Consultation, tenant.Administrator},
	SeeComments:      {tenant.ServiceRole, tenant.Consultation, tenant.Administrator},
	SeeEquality:      {tenant.Equality, tenant.Administrator},
	SeePeople:        {tenant.Administrator},
	SeeAudit:         {tenant.Administrator},
	SeeTranslations:  {tenant.Consultation, tenant.Administrator},
	KeyAnswers:       {tenant.FrontLine, tenant.Consultation, tenant.Administrator},
	ManageSurveys:    {tenant.Consultation, tenant.Administrator},
	ManageOperations: {tenant.Administrator},
	WorkComments:     {tenant.ServiceRole, tenant.Consultation, tenant.Administrator},
	RedactComments:   {tenant.Consultation, tenant.Administrator},
	EditActions:      {tenant.ServiceRole, tenant.Consultation, tenant.Administrator},
	PublishActions:   {tenant.Consultation, tenant.Administrator},
	PublishFigures:   {tenant.Consultation, tenant.Administrator},
	ExportRows:       {tenant.Consultation, tenant.Administrator},
	ReleaseEquality:  {tenant.Equality, tenant.Administrator},
	SeeUnusual:       {tenant.Consultation, tenant.Administrator},
	SeeRegister:      {tenant.Consultation, tenant.Equality, tenant.Administrator},
}

// Holds tells whether the actor holds the permission anywhere in the organisation. What it may reach there is Scope's business.
func Holds(a tenant.Actor, p Permission) bool {
	switch p {
	case Public:
		return true
	case SignedIn:
		return len(a.Grants) > 0
	}
	return slices.ContainsFunc(a.Grants, func(g tenant.Grant) bool { return slices.Contains(matrix[p], g.Role) })
}
