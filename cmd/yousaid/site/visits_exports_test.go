package site_test

// exportVisits are the pages of row exports.
var exportVisits []visit
