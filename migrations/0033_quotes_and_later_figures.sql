-- +goose Up
-- A second figure of an action, from after what was done, and a comment that it quotes. The quote is the comment's ref with the revision that was reviewed: the words stand in comments and nowhere else, so
-- that they leave the public page with the comment, or with the next decision about it.
ALTER TABLE actions
    ADD COLUMN after_figure     jsonb,
    ADD COLUMN after_release_id bigint,
    ADD COLUMN quote_ref        uuid,
    ADD COLUMN quote_revision   int,
    ADD CHECK ((quote_ref IS NULL) = (quote_revision IS NULL));
ALTER TABLE actions ADD FOREIGN KEY (organisation_id, after_release_id) REFERENCES releases (organisation_id, id);
ALTER TABLE action_versions
    ADD COLUMN after_figure   jsonb,
    ADD COLUMN quote_ref      uuid,
    ADD COLUMN quote_revision int,
    ADD COLUMN announced      boolean NOT NULL DEFAULT true; -- whether the public reads that it was changed: a quote is taken out without a word
