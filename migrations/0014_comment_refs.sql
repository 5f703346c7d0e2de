-- +goose Up
-- The name by which staff pages and the audit trail call a comment. It is drawn at random and is not the response's id, so that nothing on a page joins a comment to a row.
ALTER TABLE comments ADD COLUMN ref uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE comments ADD UNIQUE (organisation_id, ref);
