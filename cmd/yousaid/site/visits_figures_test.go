package site_test

// figureVisits are the pages of published figures, for staff.
var figureVisits []visit
