-- +goose Up
-- What the council does about what people said: "you said, we did", and what stood in public when.

CREATE TABLE actions (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    number          bigint      NOT NULL,
    service_id      bigint,
    theme_id        bigint,
    kind            text        NOT NULL CHECK (kind IN ('did', 'doing', 'cannot')),
    texts           jsonb       NOT NULL,
    figure          jsonb,
    release_id      bigint,
    owner_id        bigint,
    target_date     date,
    completed_on    date,
    state           text        NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'review', 'published', 'withdrawn')),
    publish_on      date,
    edited_by       text        NOT NULL,
    revision        int         NOT NULL DEFAULT 1,
    changed_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, number)
);
SELECT distribute('actions');

-- What the public could read, and from when: INSERT only.
CREATE TABLE action_versions (
    organisation_id bigint NOT NULL,
    action_id       bigint NOT NULL,
    version         int    NOT NULL,
    texts           jsonb  NOT NULL,
    figure          jsonb,
    from_day        date   NOT NULL,
    note            jsonb  NOT NULL DEFAULT '{}',
    PRIMARY KEY (organisation_id, action_id, version)
);
SELECT distribute('action_versions');

-- Who did what to an action: INSERT only.
CREATE TABLE action_history (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    action_id       bigint      NOT NULL,
    at              timestamptz NOT NULL DEFAULT now(),
    who             text        NOT NULL,
    what            text        NOT NULL,
    note            text        NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('action_history');

-- The comments that led to an action, so that who wrote them can be told.
CREATE TABLE action_comments (
    organisation_id bigint NOT NULL,
    action_id       bigint NOT NULL,
    response_id     uuid   NOT NULL,
    question_code   text   NOT NULL,
    PRIMARY KEY (organisation_id, action_id, response_id, question_code)
);
SELECT distribute('action_comments');
CREATE INDEX action_comments_response ON action_comments (organisation_id, response_id);

ALTER TABLE actions
    ADD FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, theme_id) REFERENCES themes (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, release_id) REFERENCES releases (organisation_id, id);
ALTER TABLE action_versions ADD FOREIGN KEY (organisation_id, action_id) REFERENCES actions (organisation_id, id);
ALTER TABLE action_history ADD FOREIGN KEY (organisation_id, action_id) REFERENCES actions (organisation_id, id);
ALTER TABLE action_comments
    ADD FOREIGN KEY (organisation_id, action_id) REFERENCES actions (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, response_id) REFERENCES responses (organisation_id, id) ON DELETE CASCADE;
SELECT protect(t) FROM unnest(ARRAY['actions', 'action_versions', 'action_history', 'action_comments']) AS t;
GRANT SELECT, INSERT, UPDATE ON actions TO yousaid_app;
GRANT SELECT, INSERT ON action_versions, action_history, action_comments TO yousaid_app;
