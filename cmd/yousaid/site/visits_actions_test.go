package site_test

// actionVisits are the pages of actions.
var actionVisits []visit
