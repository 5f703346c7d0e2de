-- +goose Up
-- A customer finds their feedback by its receipt code. Only finished responses have one.
CREATE INDEX responses_receipt ON responses (organisation_id, receipt_hash) WHERE receipt_hash IS NOT NULL;
