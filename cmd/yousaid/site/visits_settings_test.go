package site_test

// settingsVisits are the pages of catalogue, people and brand.
var settingsVisits []visit
