-- +goose Up
-- Durable work, and the files that it makes.

CREATE TABLE jobs (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    kind            text        NOT NULL,
    unique_key      text        NOT NULL,
    payload         jsonb       NOT NULL,
    run_after       timestamptz NOT NULL DEFAULT now(),
    attempts        int         NOT NULL DEFAULT 0,
    leased_until    timestamptz,
    last_error      text        NOT NULL DEFAULT '',
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, kind, unique_key)
);
SELECT distribute('jobs');
CREATE INDEX jobs_due ON jobs (organisation_id, run_after) WHERE state = 'waiting';

CREATE TABLE exports (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint      NOT NULL,
    format          text        NOT NULL CHECK (format IN ('csv', 'xlsx')),
    comments        boolean     NOT NULL,
    period_from     date,
    period_to       date,
    asked_by        text        NOT NULL,
    asked_at        timestamptz NOT NULL DEFAULT now(),
    state           text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'finished', 'failed', 'expired', 'deleted')),
    rows_done       bigint      NOT NULL DEFAULT 0,
    rows_all        bigint      NOT NULL DEFAULT 0,
    bytes           bigint      NOT NULL DEFAULT 0,
    chunks          int         NOT NULL DEFAULT 0,
    sha256          text        NOT NULL DEFAULT '',
    expires_at      timestamptz,
    problem         text        NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('exports');

-- A file in parts, so that any instance can give it and none has to hold it. A part belongs to one attempt: what an attempt that was cut off left is never given.
CREATE TABLE export_chunks (
    organisation_id bigint NOT NULL,
    export_id       bigint NOT NULL,
    attempt         int    NOT NULL,
    no              int    NOT NULL,
    bytes           bytea  NOT NULL,
    PRIMARY KEY (organisation_id, export_id, attempt, no)
);
SELECT distribute('export_chunks');

ALTER TABLE exports
    ADD COLUMN attempt int NOT NULL DEFAULT 0,
    ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
ALTER TABLE export_chunks ADD FOREIGN KEY (organisation_id, export_id) REFERENCES exports (organisation_id, id) ON DELETE CASCADE;
SELECT protect(t) FROM unnest(ARRAY['jobs', 'exports', 'export_chunks']) AS t;
GRANT SELECT, INSERT, UPDATE ON jobs, exports TO yousaid_app;
GRANT SELECT, INSERT, DELETE ON export_chunks TO yousaid_app;
GRANT DELETE ON jobs TO yousaid_app;
