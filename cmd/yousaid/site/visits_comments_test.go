package site_test

// commentVisits are the pages of work on comments.
var commentVisits []visit
