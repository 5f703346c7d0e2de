package server

import "yousaid/surveys/permission"

// The routes of staff, one list for each task. Figures and comments are cut to the caller's reach inside their handlers.

// accountRoutes: signing in and one's own account.
func (s *Server) accountRoutes() []Route {
	p := &s.Staff.Account
	return []Route{
		{get, "/", permission.Public, p.Front},
		{get, "/:organisation/sign-in", permission.Public, p.CouncilSignIn},
		{get, "/staff/sign-in", permission.Public, p.ChooseCouncil},
		{get, "/staff/sign-in/:organisation", permission.Public, p.SignIn},
		{post, "/staff/sign-in/:organisation", permission.Public, p.StartSession},
		{post, "/staff/sign-out", permission.Public, p.SignOut},
		{get, "/staff/password", permission.SignedIn, p.Password},
		{post, "/staff/password", permission.SignedIn, p.ChangePassword},
		{get, "/staff/language", permission.SignedIn, p.Password}, // what a reader who reloads the answer to the form gets
		{post, "/staff/language", permission.SignedIn, p.ChooseLanguage},
		{get, "/staff/choose-password/:organisation/:token", permission.Public, p.ChoosePassword},
		{post, "/staff/choose-password/:organisation/:token", permission.Public, p.SetPassword},
	}
}

// surveyRoutes: the list of surveys, and writing, previewing and publishing a questionnaire.
func (s *Server) surveyRoutes() []Route {
	p := &s.Staff.Surveys
	return []Route{
		{get, "/staff", permission.SignedIn, p.Home},
		{get, "/staff/surveys/new", permission.ManageSurveys, p.NewSurvey},
		{post, "/staff/surveys/new", permission.ManageSurveys, p.CreateSurvey},
		{get, "/staff/surveys/:id", permission.ManageSurveys, p.Survey},
		{post, "/staff/surveys/:id", permission.ManageSurveys, p.ChangeSurvey}, // the button says what
		{get, "/staff/surveys/:id/texts", permission.ManageSurveys, p.SurveyTexts},
		{post, "/staff/surveys/:id/texts", permission.ManageSurveys, p.SaveTexts},
		{get, "/staff/surveys/:id/question", permission.ManageSurveys, p.NewQuestion},
		{post, "/staff/surveys/:id/question", permission.ManageSurveys, p.AddQuestion},
		{get, "/staff/surveys/:id/questions/:code", permission.ManageSurveys, p.Question},
		{post, "/staff/surveys/:id/questions/:code", permission.ManageSurveys, p.SaveQuestion},
		{get, "/staff/surveys/:id/versions", permission.ManageSurveys, p.SurveyVersions},
		{get, "/staff/surveys/:id/preview", permission.ManageSurveys, p.Preview},
		{get, "/staff/surveys/:id/preview/:page", permission.ManageSurveys, p.PreviewPart},
		{post, "/staff/surveys/:id/preview/:page", permission.ManageSurveys, p.PreviewPart}, // stores nothing
	}
}

// linkRoutes: feedback links, posters, and links about one job.
func (s *Server) linkRoutes() []Route {
	p := &s.Staff.Links
	return []Route{
		{get, "/staff/links", permission.ManageSurveys, p.LinkList},
		{get, "/staff/links/new", permission.ManageSurveys, p.NewLink},
		{post, "/staff/links/new", permission.ManageSurveys, p.MakeLinks},
		{get, "/staff/links/jobs", permission.ManageOperations, p.JobLinks},
		{post, "/staff/links/jobs", permission.ManageOperations, p.MakeJobSecret},
		{get, "/staff/links/:code", permission.ManageSurveys, p.Link},
		{post, "/staff/links/:code", permission.ManageSurveys, p.ChangeLink}, // the button says what,
		{get, "/staff/links/:code/qr.svg", permission.ManageSurveys, p.LinkSVG},
		{get, "/staff/links/:code/qr.png", permission.ManageSurveys, p.LinkPNG},
		{get, "/staff/links/:code/poster", permission.ManageSurveys, p.LinkPoster},
	}
}

// keyingRoutes: typing in answers. The survey and the service are checked against the caller's reach by the store.
func (s *Server) keyingRoutes() []Route {
	p := &s.Staff.Keying
	return []Route{
		{get, "/staff/keying", permission.KeyAnswers, p.Keying},
		{post, "/staff/keying", permission.KeyAnswers, p.StartKeying},
		{get, "/staff/keying/:place", permission.KeyAnswers, p.KeyForm},
		{post, "/staff/keying/:place", permission.KeyAnswers, p.SaveKeyed}, // the button says what
		{get, "/staff/keying/:place/:token", permission.KeyAnswers, p.KeyEquality},
		{post, "/staff/keying/:place/:token", permission.KeyAnswers, p.SaveKeyedEquality},
	}
}

// resultRoutes: figures, and the overview of the council.
func (s *Server) resultRoutes() []Route {
	p := &s.Staff.Results
	return []Route{
		{get, "/staff/results", permission.SeeFigures, p.Results},
		{get, "/staff/results/table.:format", permission.ExportTables, p.ResultsFile},
		{get, "/staff/council", permission.SeeFigures, p.CouncilOverview},
	}
}

// feedbackRoutes: comments and their themes.
func (s *Server) feedbackRoutes() []Route {
	p := &s.Staff.Feedback
	return []Route{
		{get, "/staff/comments", permission.SeeComments, p.Comments},
		{post, "/staff/comments", permission.WorkComments, p.SaveComments},
		{get, "/staff/comments/:comment", permission.SeeComments, p.OneComment},
		{post, "/staff/comments/:comment", permission.WorkComments, p.SaveComment},
		{get, "/staff/themes", permission.ManageSurveys, p.ThemeList},
		{post, "/staff/themes", permission.ManageSurveys, p.ChangeThemes},
	}
}

// unusualRoutes: unusual answers.
func (s *Server) unusualRoutes() []Route {
	p := &s.Staff.Unusual
	return []Route{
		{get, "/staff/unusual", permission.SeeUnusual, p.Unusual},
		{get, "/staff/unusual/:id", permission.SeeUnusual, p.UnusualSurvey},
		{post, "/staff/unusual/:id", permission.SeeUnusual, p.DecideUnusual}, // the button says what
	}
}

// exportRoutes: files of answers, row by row.
func (s *Server) exportRoutes() []Route {
	p := &s.Staff.Exports
	return []Route{
		{get, "/staff/exports", permission.ExportRows, p.ExportList},
		{post, "/staff/exports", permission.ExportRows, p.RequestExport},
		{post, "/staff/exports/:id/delete", permission.ExportRows, p.DeleteExport},
		{get, "/staff/exports/:id/file", permission.ExportRows, p.ExportFile},
	}
}

// actionRoutes: actions: what people said and what the council did.
func (s *Server) actionRoutes() []Route {
	p := &s.Staff.Actions
	return []Route{
		{get, "/staff/actions", permission.EditActions, p.ActionList},
		{get, "/staff/actions/new", permission.EditActions, p.NewAction},
		{post, "/staff/actions/new", permission.EditActions, p.CreateAction},
		{get, "/staff/actions/:number", permission.EditActions, p.Action},
		{post, "/staff/actions/:number", permission.EditActions, p.ChangeAction}, // the button says what
		{get, "/staff/actions/:number/figure", permission.PublishFigures, p.ActionFigure},
		{post, "/staff/actions/:number/figure", permission.PublishFigures, p.ChooseActionFigure}, // the button says what
		{get, "/staff/actions/:number/figure/new", permission.PublishFigures, p.NewActionFigure},
		{post, "/staff/actions/:number/figure/new", permission.PublishFigures, p.ReleaseActionFigure},
		{get, "/staff/actions/:number/quote", permission.EditActions, p.ActionQuote},
		{post, "/staff/actions/:number/quote", permission.EditActions, p.ChooseActionQuote}, // the button says what
	}
}

// publicationRoutes: the publication calendar, and the register of releases. Tables with an equality dimension are shown to those who may
// see equality tables.
func (s *Server) publicationRoutes() []Route {
	p := &s.Staff.Publications
	return []Route{
		{get, "/staff/releases", permission.SeeRegister, p.ReleaseList},
		{get, "/staff/releases/:id", permission.SeeRegister, p.Release},
		{post, "/staff/releases/:id", permission.SeeRegister, p.CheckRelease},
		{get, "/staff/releases/:id/:file", permission.SeeRegister, p.ReleaseFile},
		{get, "/staff/published", permission.PublishFigures, p.Calendar},
		{post, "/staff/published", permission.PublishFigures, p.DecidePlan},
		{get, "/staff/published/new", permission.PublishFigures, p.NewPublications},
		{post, "/staff/published/new", permission.PublishFigures, p.PlanPublications},
		{get, "/staff/published/:id", permission.PublishFigures, p.Publication},
		{post, "/staff/published/:id", permission.PublishFigures, p.ChangePublication},
	}
}

// equalityRoutes: figures by groups of people.
func (s *Server) equalityRoutes() []Route {
	p := &s.Staff.Equality
	return []Route{
		{get, "/staff/equality", permission.SeeEquality, p.Equality},
		{get, "/staff/equality/table.:format", permission.SeeEquality, p.EqualityFile},
		{get, "/staff/equality/release", permission.ReleaseEquality, p.ConfirmRelease},
		{post, "/staff/equality/release", permission.ReleaseEquality, p.ReleaseEquality},
		{get, "/staff/equality/plan", permission.ReleaseEquality, p.EqualityPlan},
		{post, "/staff/equality/plan", permission.ReleaseEquality, p.ChangePlans},
		{get, "/staff/equality/report", permission.ReleaseEquality, p.EqualityReport},
		{post, "/staff/equality/report", permission.ReleaseEquality, p.ReleaseReport},
		{get, "/staff/equality/report.:format", permission.ReleaseEquality, p.EqualityReportFile},
	}
}

// translationRoutes: the words of public pages in other languages.
func (s *Server) translationRoutes() []Route {
	p := &s.Staff.Translations
	return []Route{
		{get, "/staff/translations", permission.SeeTranslations, p.Translations},
		{post, "/staff/translations", permission.ManageSurveys, p.AddTranslation},
		{get, "/staff/translations/:language", permission.SeeTranslations, p.Translation},
		{post, "/staff/translations/:language", permission.ManageSurveys, p.ChangeTranslation}, // the button says what
		{get, "/staff/translations/:language/file", permission.SeeTranslations, p.TranslationFile},
		{get, "/staff/translations/:language/:part", permission.SeeTranslations, p.TranslationPart},
		{post, "/staff/translations/:language/:part", permission.ManageSurveys, p.SaveTranslation},
	}
}

// settingRoutes: what a council can set, its people, and the audit trail.
func (s *Server) settingRoutes() []Route {
	p := &s.Staff.Settings
	return []Route{
		{get, "/staff/people", permission.SeePeople, p.People},
		{get, "/staff/audit", permission.SeeAudit, p.Audit},
		{get, "/staff/settings", permission.SeeTranslations, p.Settings},
		{get, "/staff/services", permission.ManageOperations, p.Services},
		{get, "/staff/services/new", permission.ManageOperations, p.NewService},
		{post, "/staff/services/new", permission.ManageOperations, p.AddService},
		{get, "/staff/services/:id", permission.ManageOperations, p.Service},
		{post, "/staff/services/:id", permission.ManageOperations, p.ChangeService}, // the button says what
		{get, "/staff/directorates", permission.ManageOperations, p.Directorates},
		{post, "/staff/directorates", permission.ManageOperations, p.ChangeDirectorates},
		{get, "/staff/access-points", permission.ManageOperations, p.AccessPoints},
		{post, "/staff/access-points", permission.ManageOperations, p.ChangeAccessPoints},
		{get, "/staff/channels", permission.ManageOperations, p.Channels},
		{post, "/staff/channels", permission.ManageOperations, p.SaveChannels},
		{get, "/staff/brand", permission.ManageOperations, p.Brand},
		{post, "/staff/brand", permission.ManageOperations, p.ChangeBrand},
		{get, "/staff/complaints", permission.ManageOperations, p.Complaints},
		{post, "/staff/complaints", permission.ManageOperations, p.SaveComplaints},
		{get, "/:organisation/logo/:name", permission.Public, p.Logo},
		{post, "/staff/people", permission.ManageOperations, p.ChangePeople},
	}
}
