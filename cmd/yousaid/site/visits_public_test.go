package site_test

// publicVisits are the pages of what the public reads.
var publicVisits []visit
