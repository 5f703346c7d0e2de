package staff

import (
	"slices"
	"strings"

	"yousaid/server/page"
	"yousaid/surveys/permission"
)

// menu is what staff may open, in order.
var menu = []page.Item{
	{Text: "How we are doing", Href: "/staff/council", Permission: string(permission.SeeFigures)},
	{Text: "Surveys", Href: "/staff", Permission: string(permission.SignedIn)},
	{Text: "Type in answers", Href: "/staff/keying", Permission: string(permission.KeyAnswers)},
	{Text: "Links", Href: "/staff/links", Permission: string(permission.ManageSurveys)},
	{Text: "Results", Href: "/staff/results", Permission: string(permission.SeeFigures)},
	{Text: "Comments", Href: "/staff/comments", Permission: string(permission.SeeComments)},
	{Text: "Unusual answers", Href: "/staff/unusual", Permission: string(permission.SeeUnusual)},
	{Text: "Actions", Href: "/staff/actions", Permission: string(permission.EditActions)},
	{Text: "Published figures", Href: "/staff/published", Permission: string(permission.PublishFigures)},
	{Text: "Equality", Href: "/staff/equality", Permission: string(permission.SeeEquality)},
	{Text: "Releases", Href: "/staff/releases", Permission: string(permission.SeeRegister)},
	{Text: "Exports", Href: "/staff/exports", Permission: string(permission.ExportRows)},
	{Text: "Settings", Href: "/staff/settings", Permission: string(permission.SeeTranslations)},
	{Text: "Your account", Href: "/staff/password", Permission: string(permission.SignedIn)},
}

// Setting is one of them.
type Setting struct {
	Text, Href, What string
	Permission       permission.Permission
}

var Settings = []Setting{
	{"Services", "/staff/services", "What the council does, to which directorate it belongs and belonged, what was closed or merged.", permission.ManageOperations},
	{"Directorates", "/staff/directorates", "The parts of the council that services are counted under.", permission.ManageOperations},
	{"Access points", "/staff/access-points", "Counters, phone numbers and addresses at which people reach you.", permission.ManageOperations},
	{"Names of channels", "/staff/channels", "What the council calls the ways to reach it.", permission.ManageOperations},
	{"Name, colour and languages", "/staff/brand", "How pages look to customers, and the languages they are in.", permission.ManageOperations},
	{"Complaints about personal data", ComplaintsAddress, "Whom people complain to first, and where your complaints procedure is. The privacy page says so.", permission.ManageOperations},
	{"People", "/staff/people", "Who works here, and in which role.", permission.SeePeople},
	{"Themes and root causes", "/staff/themes", "The list that comments are sorted by.", permission.ManageSurveys},
	{"Translations", "/staff/translations", "The words of the pages for customers in other languages, and Welsh that no speaker has checked yet.", permission.SeeTranslations},
	{"Audit", "/staff/audit", "Who did what, and when.", permission.SeeAudit},
}

// isSetting tells whether an address is that of a page of settings, or below one.
func isSetting(path string) bool {
	return slices.ContainsFunc(Settings, func(s Setting) bool { return path == s.Href || strings.HasPrefix(path, s.Href+"/") })
}
