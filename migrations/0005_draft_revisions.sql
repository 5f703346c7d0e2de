-- +goose Up
-- What each save of a draft left behind: what was deleted can be put back, and a second editor is shown what changed since they opened the page.
CREATE TABLE draft_revisions (
    organisation_id bigint      NOT NULL,
    survey_id       bigint      NOT NULL,
    revision        int         NOT NULL,
    definition      jsonb       NOT NULL,
    saved_by        text        NOT NULL,
    saved_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, survey_id, revision)
);
SELECT distribute('draft_revisions');
ALTER TABLE draft_revisions ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
SELECT protect('draft_revisions');
GRANT SELECT, INSERT, DELETE ON draft_revisions TO yousaid_app;

-- The drafts that stand are the first of their history.
INSERT INTO draft_revisions (organisation_id, survey_id, revision, definition, saved_by)
SELECT d.organisation_id, d.survey_id, d.revision, d.definition, ''
FROM   drafts d
ON CONFLICT (organisation_id, survey_id, revision) DO NOTHING;
