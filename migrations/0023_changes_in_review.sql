-- +goose Up
-- Changes to what the public reads that wait for a second person, and what became of them. The public reads what it read before until one is approved.
CREATE TABLE public_changes (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    subject         text        NOT NULL CHECK (subject IN ('action', 'publication', 'calendar')),
    about_id        bigint      NOT NULL, -- actions.id or publications.id; 0 for additions to the calendar
    what            text        NOT NULL,
    content         jsonb       NOT NULL,
    proposed_by     text        NOT NULL,
    proposed_at     timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'returned', 'overtaken')),
    decided_by      text,
    decided_at      timestamptz,
    PRIMARY KEY (organisation_id, id),
    CHECK (state <> 'approved' OR decided_by <> proposed_by)
);
SELECT distribute('public_changes');
CREATE UNIQUE INDEX public_changes_waiting ON public_changes (organisation_id, subject, about_id) WHERE state = 'waiting' AND about_id <> 0;
CREATE INDEX public_changes_all_waiting ON public_changes (organisation_id, subject) WHERE state = 'waiting';
SELECT protect('public_changes');
GRANT SELECT, INSERT, UPDATE ON public_changes TO yousaid_app;
