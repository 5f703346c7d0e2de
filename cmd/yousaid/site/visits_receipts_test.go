package site_test

// receiptVisits are the pages of receipts.
var receiptVisits []visit
