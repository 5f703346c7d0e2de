package server

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"yousaid/surveys/permission"
)

// Public are the pages of customers, who have no account and get no cookie.
type Public interface {
	FirstPage(echo.Context) error     // the first page of a link's questionnaire; stores nothing
	SendFirst(echo.Context) error     // stores the rating
	Page(echo.Context) error          // a later page
	SendPage(echo.Context) error      // stores a later page
	Thanks(echo.Context) error        // the receipt code
	Privacy(echo.Context) error       // notices
	Cookies(echo.Context) error       //
	Accessibility(echo.Context) error //

	Council(echo.Context) error          // what a council publishes here
	YouSaid(echo.Context) error          // what people said and what the council does about it
	YouSaidItem(echo.Context) error      // one thing of it
	YouSaidFile(echo.Context) error      // all of it, as a file
	YouSaidPoster(echo.Context) error    // the newest, to print
	Embed(echo.Context) error            // the newest, in a frame on another site
	AtomFeed(echo.Context) error         // for feed readers
	JSONFeed(echo.Context) error         // for programs
	Performance(echo.Context) error      // released figures and the publication calendar
	PerformanceTable(echo.Context) error // one released table, with what was corrected
	PerformanceFile(echo.Context) error  // one edition of a released table, as a file

	Lost(echo.Context) // prepares the error page of what no page answers, in the reader's language

	Receipt(echo.Context) error     // asks for a receipt code
	SendReceipt(echo.Context) error // tells what became of the feedback, and takes it back
}

// Route is an address, who may call it, and what answers.
type Route struct {
	Method, Path string
	Permission   permission.Permission
	Handler      echo.HandlerFunc
}

// table is every address of the site. A GET also answers HEAD. Figures and comments are cut to the caller's reach inside their handlers.
func (s *Server) table() []Route {
	const get, post = http.MethodGet, http.MethodPost
	p, f := s.Public, s.Staff
	return []Route{
		// Customers. A code may be typed in capitals, which makes smaller QR codes.
		{get, "/f/:code", permission.Public, p.FirstPage},
		{post, "/f/:code", permission.Public, p.SendFirst},
		{get, "/F/:code", permission.Public, p.FirstPage},
		{post, "/F/:code", permission.Public, p.SendFirst},
		{get, "/f/:code/:token/thanks", permission.Public, p.Thanks},
		{get, "/f/:code/:token/:page", permission.Public, p.Page},
		{post, "/f/:code/:token/:page", permission.Public, p.SendPage},
		{get, "/privacy", permission.Public, p.Privacy},
		{get, "/cookies", permission.Public, p.Cookies},
		{get, "/accessibility", permission.Public, p.Accessibility},
		{get, "/:organisation/privacy", permission.Public, p.Privacy},
		{get, "/:organisation/cookies", permission.Public, p.Cookies},
		{get, "/:organisation/accessibility", permission.Public, p.Accessibility},

		// The public reads what the council says. You said, we did.
		{get, "/:organisation", permission.Public, p.Council},
		{get, "/:organisation/you-said-we-did", permission.Public, p.YouSaid},
		{get, "/:organisation/you-said-we-did/poster", permission.Public, p.YouSaidPoster},
		{get, "/:organisation/you-said-we-did/embed", permission.Public, p.Embed},
		{get, "/:organisation/you-said-we-did/feed.atom", permission.Public, p.AtomFeed},
		{get, "/:organisation/you-said-we-did/feed.json", permission.Public, p.JSONFeed},
		{get, "/:organisation/you-said-we-did/list.:format", permission.Public, p.YouSaidFile},
		{get, "/:organisation/you-said-we-did/:number", permission.Public, p.YouSaidItem},

		// The public. Performance.
		{get, "/:organisation/performance", permission.Public, p.Performance},
		{get, "/:organisation/performance/:id", permission.Public, p.PerformanceTable},
		{get, "/:organisation/performance/:id/:edition/:file", permission.Public, p.PerformanceFile},

		// The public. Receipts.
		{get, "/:organisation/receipt", permission.Public, p.Receipt},
		{post, "/:organisation/receipt", permission.Public, p.SendReceipt},

		// Anybody.
		{get, "/", permission.Public, f.Front},
		{get, "/assets/*", permission.Public, echo.WrapHandler(s.Assets)},
		{get, "/healthz", permission.Public, s.healthy},
		{get, "/readyz", permission.Public, s.ready},
		{get, "/.well-known/security.txt", permission.Public, s.security},
		{get, "/sign-in", permission.Public, toSignIn},

		// Staff.
		{get, "/:organisation/sign-in", permission.Public, f.CouncilSignIn},
		{get, "/staff/sign-in", permission.Public, f.ChooseCouncil},
		{get, "/staff/sign-in/:organisation", permission.Public, f.SignIn},
		{post, "/staff/sign-in/:organisation", permission.Public, f.SendSignIn},
		{post, "/staff/sign-out", permission.Public, f.SignOut},
		{get, "/staff", permission.SignedIn, f.Home},
		{get, "/staff/password", permission.SignedIn, f.Password},
		{post, "/staff/password", permission.SignedIn, f.SendPassword},
		{get, "/staff/results", permission.SeeFigures, f.Results},
		{get, "/staff/results/table.csv", permission.ExportTables, f.ResultsCSV},
		{get, "/staff/results/table.xlsx", permission.ExportTables, f.ResultsXLSX},
		{get, "/staff/comments", permission.SeeComments, f.Comments},
		{get, "/staff/equality", permission.SeeEquality, f.Equality},
		{get, "/staff/equality/table.csv", permission.SeeEquality, f.EqualityCSV},
		{get, "/staff/equality/table.xlsx", permission.SeeEquality, f.EqualityXLSX},
		{get, "/staff/equality/release", permission.ReleaseEquality, f.ConfirmRelease},
		{post, "/staff/equality/release", permission.ReleaseEquality, f.ReleaseEquality},
		{get, "/staff/equality/plan", permission.ReleaseEquality, f.EqualityPlan},
		{post, "/staff/equality/plan", permission.ReleaseEquality, f.SendEqualityPlan},
		{get, "/staff/equality/report", permission.ReleaseEquality, f.EqualityReport},
		{post, "/staff/equality/report", permission.ReleaseEquality, f.ReleaseReport},
		{get, "/staff/equality/report.xlsx", permission.ReleaseEquality, f.EqualityReportXLSX},

		// Staff. The register of releases. Tables with an equality dimension are shown to those who may see equality tables.
		{get, "/staff/releases", permission.SeeRegister, f.ReleaseList},
		{get, "/staff/releases/:id", permission.SeeRegister, f.Release},
		{post, "/staff/releases/:id", permission.SeeRegister, f.CheckRelease},
		{get, "/staff/releases/:id/:file", permission.SeeRegister, f.ReleaseFile},
		{get, "/staff/people", permission.SeePeople, f.People},
		{get, "/staff/audit", permission.SeeAudit, f.Audit},
		{get, "/staff/translations", permission.SeeTranslations, f.Translations},
		{post, "/staff/translations", permission.ManageSurveys, f.AddTranslation},
		{get, "/staff/translations/:language", permission.SeeTranslations, f.Translation},
		{post, "/staff/translations/:language", permission.ManageSurveys, f.SendTranslation}, // the button says what
		{get, "/staff/translations/:language/file", permission.SeeTranslations, f.TranslationFile},
		{get, "/staff/translations/:language/:part", permission.SeeTranslations, f.TranslationPart},
		{post, "/staff/translations/:language/:part", permission.ManageSurveys, f.SaveTranslation},

		// Staff. Questionnaires.
		{get, "/staff/surveys/new", permission.ManageSurveys, f.NewSurvey},
		{post, "/staff/surveys/new", permission.ManageSurveys, f.SendNewSurvey},
		{get, "/staff/surveys/:id", permission.ManageSurveys, f.Survey},
		{post, "/staff/surveys/:id", permission.ManageSurveys, f.ChangeSurvey}, // the button says what
		{get, "/staff/surveys/:id/texts", permission.ManageSurveys, f.Describe},
		{post, "/staff/surveys/:id/texts", permission.ManageSurveys, f.SendDescribe},
		{get, "/staff/surveys/:id/question", permission.ManageSurveys, f.NewQuestion},
		{post, "/staff/surveys/:id/question", permission.ManageSurveys, f.SendNewQuestion},
		{get, "/staff/surveys/:id/questions/:code", permission.ManageSurveys, f.Question},
		{post, "/staff/surveys/:id/questions/:code", permission.ManageSurveys, f.SendQuestion},
		{get, "/staff/surveys/:id/versions", permission.ManageSurveys, f.SurveyVersions},
		{get, "/staff/surveys/:id/preview", permission.ManageSurveys, f.Preview},
		{get, "/staff/surveys/:id/preview/:page", permission.ManageSurveys, f.PreviewPart},
		{post, "/staff/surveys/:id/preview/:page", permission.ManageSurveys, f.PreviewPart}, // stores nothing

		// Staff. Settings: catalogue, people, brand.
		{get, "/staff/settings", permission.SeeTranslations, f.Settings},
		{get, "/staff/services", permission.ManageOperations, f.Services},
		{get, "/staff/services/new", permission.ManageOperations, f.NewService},
		{post, "/staff/services/new", permission.ManageOperations, f.SendNewService},
		{get, "/staff/services/:id", permission.ManageOperations, f.Service},
		{post, "/staff/services/:id", permission.ManageOperations, f.SendService}, // the button says what
		{get, "/staff/directorates", permission.ManageOperations, f.Directorates},
		{post, "/staff/directorates", permission.ManageOperations, f.SendDirectorates},
		{get, "/staff/access-points", permission.ManageOperations, f.AccessPoints},
		{post, "/staff/access-points", permission.ManageOperations, f.SendAccessPoints},
		{get, "/staff/channels", permission.ManageOperations, f.Channels},
		{post, "/staff/channels", permission.ManageOperations, f.SendChannels},
		{get, "/staff/brand", permission.ManageOperations, f.Brand},
		{post, "/staff/brand", permission.ManageOperations, f.SendBrand},
		{get, "/staff/complaints", permission.ManageOperations, f.Complaints},
		{post, "/staff/complaints", permission.ManageOperations, f.SendComplaints},
		{get, "/:organisation/logo/:name", permission.Public, f.Logo},
		{post, "/staff/people", permission.ManageOperations, f.SendPeople},
		{get, "/staff/choose-password/:organisation/:token", permission.Public, f.ChoosePassword},
		{post, "/staff/choose-password/:organisation/:token", permission.Public, f.SendChoosePassword},

		// Staff. Links.
		{get, "/staff/links", permission.ManageSurveys, f.LinkList},
		{get, "/staff/links/new", permission.ManageSurveys, f.NewLink},
		{post, "/staff/links/new", permission.ManageSurveys, f.SendNewLink},
		{get, "/staff/links/jobs", permission.ManageOperations, f.JobLinks},
		{post, "/staff/links/jobs", permission.ManageOperations, f.NewJobSecret},
		{get, "/staff/links/:code", permission.ManageSurveys, f.Link},
		{post, "/staff/links/:code", permission.ManageSurveys, f.SendLink}, // the button says what,
		{get, "/staff/links/:code/qr.svg", permission.ManageSurveys, f.LinkSVG},
		{get, "/staff/links/:code/qr.png", permission.ManageSurveys, f.LinkPNG},
		{get, "/staff/links/:code/poster", permission.ManageSurveys, f.LinkPoster},

		// Staff. Typing in answers. The survey and the service are checked against the caller's reach by the store.
		{get, "/staff/keying", permission.KeyAnswers, f.Keying},
		{post, "/staff/keying", permission.KeyAnswers, f.StartKeying},
		{get, "/staff/keying/:place", permission.KeyAnswers, f.KeyForm},
		{post, "/staff/keying/:place", permission.KeyAnswers, f.SendKeyed}, // the button says what
		{get, "/staff/keying/:place/:token", permission.KeyAnswers, f.KeyAbout},
		{post, "/staff/keying/:place/:token", permission.KeyAnswers, f.SendKeyedAbout},

		// Staff. Unusual answers.
		{get, "/staff/unusual", permission.SeeUnusual, f.Unusual},
		{get, "/staff/unusual/:id", permission.SeeUnusual, f.UnusualSurvey},
		{post, "/staff/unusual/:id", permission.SeeUnusual, f.DecideUnusual}, // the button says what

		// Staff. Comments: themes, marks, redaction.
		{post, "/staff/comments", permission.WorkComments, f.SendComments},
		{get, "/staff/comments/:comment", permission.SeeComments, f.OneComment},
		{post, "/staff/comments/:comment", permission.WorkComments, f.SendOneComment},
		{get, "/staff/themes", permission.ManageSurveys, f.ThemeList},
		{post, "/staff/themes", permission.ManageSurveys, f.SendThemes},

		// Staff. Actions.
		{get, "/staff/actions", permission.EditActions, f.ActionList},
		{get, "/staff/actions/new", permission.EditActions, f.NewAction},
		{post, "/staff/actions/new", permission.EditActions, f.SendNewAction},
		{get, "/staff/actions/:number", permission.EditActions, f.Action},
		{post, "/staff/actions/:number", permission.EditActions, f.SendAction}, // the button says what
		{get, "/staff/actions/:number/figure", permission.PublishFigures, f.ActionFigure},
		{post, "/staff/actions/:number/figure", permission.PublishFigures, f.ChooseActionFigure}, // the button says what
		{get, "/staff/actions/:number/figure/new", permission.PublishFigures, f.NewActionFigure},
		{post, "/staff/actions/:number/figure/new", permission.PublishFigures, f.ReleaseActionFigure},
		{get, "/staff/actions/:number/quote", permission.EditActions, f.ActionQuote},
		{post, "/staff/actions/:number/quote", permission.EditActions, f.ChooseActionQuote}, // the button says what

		// Staff. Published figures: releases and the calendar.
		{get, "/staff/published", permission.PublishFigures, f.Published},
		{post, "/staff/published", permission.PublishFigures, f.DecidePlan},
		{get, "/staff/published/new", permission.PublishFigures, f.PlanFigures},
		{post, "/staff/published/new", permission.PublishFigures, f.SendPlan},
		{get, "/staff/published/:id", permission.PublishFigures, f.Publication},
		{post, "/staff/published/:id", permission.PublishFigures, f.SendPublication},

		// Staff. Row exports.
		{get, "/staff/exports", permission.ExportRows, f.ExportList},
		{post, "/staff/exports", permission.ExportRows, f.AskExport},
		{post, "/staff/exports/:id/delete", permission.ExportRows, f.DeleteExport},
		{get, "/staff/exports/:id/file", permission.ExportRows, f.ExportFile},

		// Staff. The whole council.
		{get, "/staff/council", permission.SeeFigures, f.Whole},
	}
}

func toSignIn(c echo.Context) error { return c.Redirect(http.StatusSeeOther, "/staff/sign-in") }

// healthy says that the process is up, and nothing else.
func (s *Server) healthy(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTime is how long the database may take to say that it can be written to.
const readyTime = 2 * time.Second

// ready says whether a customer could be served now.
func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	if err := s.Ready(ctx); err != nil {
		s.Log.WarnContext(c.Request().Context(), "not ready", "problem", err.Error())
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
