package site_test

// wholePages are the pages of the whole council.
var wholePages = []pageState{
	{route: "GET /staff/council", page: "staff/council_overview", state: "filled", who: "administrator", at: path("/staff/council")},
	{route: "GET /staff/council", page: "staff/council_overview", state: "figures alone", who: "viewer",
		at: path("/staff/council?scale=ease-5")},
	{route: "GET /staff/council", page: "staff/council_overview", state: "own services", who: "service", at: path("/staff/council")},
	{route: "GET /staff/council", page: "staff/council_overview", state: "no such scale", who: "viewer",
		at: path("/staff/council?scale=nothing"), ends: 422},
	{route: "GET /staff/council", page: "staff/council_overview", state: "empty", on: firstDay, as: boss},
}
