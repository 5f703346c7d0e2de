package site_test

// surveyVisits are the pages of questionnaires.
var surveyVisits []visit
