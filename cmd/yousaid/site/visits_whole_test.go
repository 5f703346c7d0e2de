package site_test

// wholeVisits are the pages of the whole council.
var wholeVisits []visit
