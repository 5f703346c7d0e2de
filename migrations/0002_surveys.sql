-- +goose Up
-- What is asked, of whom, and what they answered.

CREATE TABLE surveys (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    slug            text        NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    state           text        NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'open', 'closed')),
    owner           text        NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL DEFAULT now(),
    closed_at       timestamptz,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, slug)
);
SELECT distribute('surveys');

CREATE TABLE drafts (
    organisation_id bigint      NOT NULL,
    survey_id       bigint      NOT NULL,
    definition      jsonb       NOT NULL,
    revision        int         NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, survey_id)
);
SELECT distribute('drafts');

-- A published version never changes: INSERT only, by privilege.
CREATE TABLE versions (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint      NOT NULL,
    number          int         NOT NULL,
    definition      jsonb       NOT NULL,
    digest          bytea       NOT NULL,
    published_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, survey_id, number),
    UNIQUE (organisation_id, survey_id, id)
);
SELECT distribute('versions');

-- Every code that was ever published. A code keeps its meaning for ever and is never used again.
CREATE TABLE codes (
    organisation_id bigint NOT NULL,
    survey_id       bigint NOT NULL,
    question_code   text   NOT NULL,
    option_code     text   NOT NULL,
    bank_id         text   NOT NULL DEFAULT '',
    scale_id        text   NOT NULL DEFAULT '',
    meaning         text   NOT NULL DEFAULT '',
    retired_at      timestamptz,
    PRIMARY KEY (organisation_id, survey_id, question_code, option_code)
);
SELECT distribute('codes');

CREATE TABLE links (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    code            text        NOT NULL CHECK (code ~ '^[2-9A-HJKMNP-Z]{8,32}$'),
    survey_id       bigint      NOT NULL,
    service_id      bigint      NOT NULL,
    channel         text        NOT NULL CHECK (channel IN ('web', 'telephone', 'face_to_face', 'email', 'post', 'sms', 'kiosk', 'social_media', 'other')),
    access_point_id bigint,
    about           text        NOT NULL DEFAULT '',
    expires_on      date,
    state           text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, code)
);
SELECT distribute('links');

CREATE TABLE imports (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint      NOT NULL,
    file_sha256     bytea       NOT NULL,
    mapping         jsonb       NOT NULL,
    read            bigint      NOT NULL DEFAULT 0,
    stored          bigint      NOT NULL DEFAULT 0,
    refused         bigint      NOT NULL DEFAULT 0,
    state           text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished')),
    by              text        NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('imports');

-- One person's answers to one version. No name, no address, and nothing finer than the hour of answering.
CREATE TABLE responses (
    organisation_id bigint      NOT NULL,
    id              uuid        NOT NULL,
    survey_id       bigint      NOT NULL,
    version_id      bigint      NOT NULL,
    link_id         bigint,
    source          text        NOT NULL CHECK (source IN ('link', 'keyed', 'import', 'pilot', 'demo')),
    service_id      bigint,
    channel         text        CHECK (channel IN ('web', 'telephone', 'face_to_face', 'email', 'post', 'sms', 'kiosk', 'social_media', 'other')),
    mode            text        NOT NULL CHECK (mode IN ('online', 'telephone_interview', 'face_to_face_interview', 'paper', 'kiosk')),
    access_point_id bigint,
    about           text        NOT NULL DEFAULT '',
    language        text        NOT NULL,
    answered_hour   timestamptz NOT NULL CHECK (answered_hour = date_trunc('hour', answered_hour, 'UTC')),
    answers         jsonb       NOT NULL,
    state           text        NOT NULL CHECK (state IN ('started', 'finished', 'withdrawn')),
    revision        int         NOT NULL DEFAULT 1,
    receipt_hash    bytea,
    job_key         text,
    equality_id     uuid,
    import_id       bigint,
    import_row_key  text,
    verdict         text        NOT NULL DEFAULT '',
    change_no       bigint      NOT NULL
);
SELECT distribute('responses');
CREATE INDEX responses_change_no ON responses (organisation_id, change_no);
CREATE INDEX responses_hour ON responses (organisation_id, answered_hour, change_no);
CREATE UNIQUE INDEX responses_job_key ON responses (organisation_id, survey_id, job_key) WHERE job_key IS NOT NULL;
CREATE UNIQUE INDEX responses_import_row_key ON responses (organisation_id, survey_id, import_row_key) WHERE import_row_key IS NOT NULL;
-- The primary key is made last: on a table that was never analysed the planner takes the newest index of those that seem alike, and all of them
-- begin with the organisation.
ALTER TABLE responses ADD PRIMARY KEY (organisation_id, id);

-- Free text stands apart, so that figures never touch it and it can be redacted and forgotten on its own.
CREATE TABLE comments (
    organisation_id bigint      NOT NULL,
    response_id     uuid        NOT NULL,
    question_code   text        NOT NULL,
    text            text        NOT NULL,
    redacted        text,
    review_state    text        NOT NULL DEFAULT 'unread' CHECK (review_state IN ('unread', 'read', 'redacted', 'withheld')),
    delete_after    date        NOT NULL,
    PRIMARY KEY (organisation_id, response_id, question_code)
);
SELECT distribute('comments');

-- Equality answers: no response id and no time here; responses.equality_id points this way, and only yousaid_tabulate may read the answers.
CREATE TABLE equality_answers (
    organisation_id bigint NOT NULL,
    id              uuid   NOT NULL,
    survey_id       bigint NOT NULL,
    version_id      bigint NOT NULL,
    answers         jsonb  NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('equality_answers');

CREATE TABLE weight_sets (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint NOT NULL,
    kind            text   NOT NULL CHECK (kind IN ('imported', 'raked')),
    name            text   NOT NULL,
    margins         jsonb  NOT NULL DEFAULT '{}',
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, survey_id, name)
);
SELECT distribute('weight_sets');

CREATE TABLE weights (
    organisation_id bigint           NOT NULL,
    weight_set_id   bigint           NOT NULL,
    response_id     uuid             NOT NULL,
    weight          double precision NOT NULL CHECK (weight >= 0),
    PRIMARY KEY (organisation_id, weight_set_id, response_id)
);
SELECT distribute('weights');

-- A table that left the building, frozen as it left.
CREATE TABLE releases (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    query           jsonb       NOT NULL,
    period_from     date        NOT NULL,
    period_to       date        NOT NULL,
    snapshot_no     bigint      NOT NULL,
    threshold       int         NOT NULL,
    cells           jsonb       NOT NULL,
    pattern         jsonb       NOT NULL,
    proof           jsonb       NOT NULL DEFAULT '{}',
    status          text        NOT NULL CHECK (status IN ('released', 'corrected', 'withdrawn')),
    corrects_id     bigint,
    released_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('releases');

ALTER TABLE drafts   ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
ALTER TABLE versions ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
ALTER TABLE codes    ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
ALTER TABLE links
    ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, access_point_id) REFERENCES access_points (organisation_id, id);
ALTER TABLE imports ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
-- Every foreign key costs a look-up for each answer that is stored: the version brings the survey with it, and a service is copied from a link or from
-- the catalogue and never deleted.
ALTER TABLE responses
    ADD FOREIGN KEY (organisation_id, survey_id, version_id) REFERENCES versions (organisation_id, survey_id, id),
    ADD FOREIGN KEY (organisation_id, link_id) REFERENCES links (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, import_id) REFERENCES imports (organisation_id, id);
ALTER TABLE comments ADD FOREIGN KEY (organisation_id, response_id) REFERENCES responses (organisation_id, id) ON DELETE CASCADE;
ALTER TABLE equality_answers
    ADD FOREIGN KEY (organisation_id, survey_id, version_id) REFERENCES versions (organisation_id, survey_id, id);
ALTER TABLE weight_sets ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
ALTER TABLE weights
    ADD FOREIGN KEY (organisation_id, weight_set_id) REFERENCES weight_sets (organisation_id, id) ON DELETE CASCADE,
    ADD FOREIGN KEY (organisation_id, response_id) REFERENCES responses (organisation_id, id) ON DELETE CASCADE;
ALTER TABLE releases ADD FOREIGN KEY (organisation_id, corrects_id) REFERENCES releases (organisation_id, id);

SELECT protect(t) FROM unnest(ARRAY['surveys', 'drafts', 'versions', 'codes', 'links', 'imports', 'responses', 'comments', 'equality_answers',
                                    'weight_sets', 'weights', 'releases']) AS t;

GRANT SELECT, INSERT, UPDATE ON surveys, drafts, codes, links, imports, responses, comments, weight_sets, weights, releases TO yousaid_app;
GRANT DELETE ON comments, drafts, weights TO yousaid_app;
GRANT SELECT, INSERT ON versions TO yousaid_app;
-- The program writes equality answers and can never read them back: it may see which id stands, not what it says.
GRANT INSERT, UPDATE ON equality_answers TO yousaid_app;
GRANT SELECT (organisation_id, id) ON equality_answers TO yousaid_app;
GRANT SELECT ON surveys, versions, codes, links, imports, responses, equality_answers, weight_sets, weights TO yousaid_tabulate;
