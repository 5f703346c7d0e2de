package site_test

// linkVisits are the pages of links.
var linkVisits []visit
