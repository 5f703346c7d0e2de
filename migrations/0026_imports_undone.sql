-- +goose Up
-- An import can be listed by the name of its file, and undone: its responses are withdrawn, part by part, and their rows can be imported again.
ALTER TABLE imports
    ADD COLUMN file_name text   NOT NULL DEFAULT '',
    ADD COLUMN again     bigint NOT NULL DEFAULT 0,
    ADD COLUMN conflicts bigint NOT NULL DEFAULT 0,
    ADD COLUMN undone    bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT imports_state_check,
    ADD CONSTRAINT imports_state_check CHECK (state IN ('running', 'finished', 'undoing', 'undone'));
COMMENT ON COLUMN imports.again IS 'rows that were stored before, with the same answers';
COMMENT ON COLUMN imports.conflicts IS 'rows whose ids were stored before, with other answers';
COMMENT ON COLUMN imports.undone IS 'responses withdrawn when the import was undone';
-- The responses of one import are found without reading those of all links.
CREATE INDEX responses_import ON responses (organisation_id, import_id, id) WHERE import_id IS NOT NULL;
