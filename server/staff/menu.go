package staff

import (
	"slices"
	"strings"

	"yousaid/server/page"
	"yousaid/surveys/permission"
)

// menu is what staff may open, in order.
func menu(frame page.Page) []page.Item {
	return []page.Item{
		{Text: frame.T("staff.how_we_are_doing|How we are doing"), Href: "/staff/council", Permission: string(permission.SeeFigures)},
		{Text: frame.T("staff.surveys|Surveys"), Href: "/staff", Permission: string(permission.SignedIn)},
		{Text: frame.T("staff.type_in_answers|Type in answers"), Href: "/staff/keying", Permission: string(permission.KeyAnswers)},
		{Text: frame.T("staff.links|Links"), Href: "/staff/links", Permission: string(permission.ManageSurveys)},
		{Text: frame.T("staff.results|Results"), Href: "/staff/results", Permission: string(permission.SeeFigures)},
		{Text: frame.T("staff.comments|Comments"), Href: "/staff/comments", Permission: string(permission.SeeComments)},
		{Text: frame.T("staff.unusual_answers|Unusual answers"), Href: "/staff/unusual", Permission: string(permission.SeeUnusual)},
		{Text: frame.T("staff.actions|Actions"), Href: "/staff/actions", Permission: string(permission.EditActions)},
		{Text: frame.T("staff.published|Published figures"), Href: "/staff/published", Permission: string(permission.PublishFigures)},
		{Text: frame.T("staff.equality|Equality"), Href: "/staff/equality", Permission: string(permission.SeeEquality)},
		{Text: frame.T("staff.releases|Releases"), Href: "/staff/releases", Permission: string(permission.SeeRegister)},
		{Text: frame.T("staff.exports|Exports"), Href: "/staff/exports", Permission: string(permission.ExportRows)},
		{Text: frame.T("staff.settings|Settings"), Href: "/staff/settings", Permission: string(permission.SeeTranslations)},
		{Text: frame.T("staff.account|Your account"), Href: "/staff/password", Permission: string(permission.SignedIn)},
	}
}

// Setting is one of them.
type Setting struct {
	Text, Href, What string
	Permission       permission.Permission
}

func Settings(frame page.Page) []Setting {
	return []Setting{
		{
			frame.T("staff.services|Services"),
			"/staff/services",
			frame.T("staff.what_the_council_does|What the council does, to which directorate it belongs and belonged, what was closed or merged."),
			permission.ManageOperations,
		},
		{
			frame.T("staff.directorates|Directorates"),
			"/staff/directorates",
			frame.T("staff.the_parts_of_the|The parts of the council that services are counted under."),
			permission.ManageOperations,
		},
		{
			frame.T("staff.access_points|Access points"),
			"/staff/access-points",
			frame.T("staff.counters_phone_numbers_and|Counters, phone numbers and addresses at which people reach you."),
			permission.ManageOperations,
		},
		{
			frame.T("staff.names_of_channels|Names of channels"),
			"/staff/channels",
			frame.T("staff.what_the_council_calls|What the council calls the ways to reach it."),
			permission.ManageOperations,
		},
		{
			frame.T("staff.name_colour_and_languages|Name, colour and languages"),
			"/staff/brand",
			frame.T("staff.how_pages_look_to|How pages look to customers, and the languages they are in."),
			permission.ManageOperations,
		},
		{
			frame.T("staff.complaints_about_personal_data|Complaints about personal data"),
			ComplaintsAddress,
			frame.T(
				"staff.whom_people_complain_to|Whom people complain to first, and where your complaints procedure is. The privacy page says so.",
			),
			permission.ManageOperations,
		},
		{
			frame.T("staff.people|People"),
			"/staff/people",
			frame.T("staff.who_works_here_and|Who works here, and in which role."),
			permission.SeePeople,
		},
		{
			frame.T("staff.themes_and_root_causes|Themes and root causes"),
			"/staff/themes",
			frame.T("staff.the_list_that_comments|The list that comments are sorted by."),
			permission.ManageSurveys,
		},
		{
			frame.T("staff.translations|Translations"),
			"/staff/translations",
			frame.T("staff.the_words_of_the|The words of the pages for customers in other languages, and Welsh that no speaker has checked yet."),
			permission.SeeTranslations,
		},
		{frame.T("staff.audit|Audit"), "/staff/audit", frame.T("staff.who_did_what_and|Who did what, and when."), permission.SeeAudit},
	}
}

// isSetting tells whether an address is that of a page of settings, or below one.
func isSetting(frame page.Page, path string) bool {
	return slices.ContainsFunc(Settings(frame), func(s Setting) bool { return path == s.Href || strings.HasPrefix(path, s.Href+"/") })
}
