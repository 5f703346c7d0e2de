-- +goose Up
-- What the council makes of comments: its own list of themes and root causes, marks, and how a comment is shown.

CREATE TABLE themes (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    kind            text   NOT NULL CHECK (kind IN ('theme', 'root_cause')),
    slug            text   NOT NULL CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    names           jsonb  NOT NULL,
    retired_on      date,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, slug)
);
SELECT distribute('themes');

CREATE TABLE comment_tags (
    organisation_id bigint NOT NULL,
    response_id     uuid   NOT NULL,
    question_code   text   NOT NULL,
    theme_id        bigint NOT NULL,
    PRIMARY KEY (organisation_id, response_id, question_code, theme_id)
);
SELECT distribute('comment_tags');
CREATE INDEX comment_tags_theme ON comment_tags (organisation_id, theme_id);

ALTER TABLE comments
    ADD COLUMN wants_reply   boolean NOT NULL DEFAULT false,
    ADD COLUMN for_redaction boolean NOT NULL DEFAULT false,
    ADD COLUMN for_you_said  boolean NOT NULL DEFAULT false,
    ADD COLUMN revision      int     NOT NULL DEFAULT 1;
CREATE INDEX comments_marked ON comments (organisation_id, response_id) WHERE wants_reply OR for_redaction OR for_you_said;

ALTER TABLE comment_tags
    ADD FOREIGN KEY (organisation_id, response_id, question_code) REFERENCES comments (organisation_id, response_id, question_code) ON DELETE CASCADE,
    ADD FOREIGN KEY (organisation_id, theme_id) REFERENCES themes (organisation_id, id);
SELECT protect('themes');
SELECT protect('comment_tags');
GRANT SELECT, INSERT, UPDATE ON themes TO yousaid_app;
GRANT SELECT, INSERT, DELETE ON comment_tags TO yousaid_app;

-- A comment that its writer changes has to be read anew: it is unread, and whoever has its page open is told. What it is about stays: the words are the same person's
-- about the same thing, and an officer sees them again.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION store_comments(org bigint, response_ids uuid[], codes text[], texts text[], ends date[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
    SELECT org, u.response_id, u.code, u.words, u.last_day
    FROM   unnest(response_ids, codes, texts, ends) AS u (response_id, code, words, last_day)
    ON CONFLICT (organisation_id, response_id, question_code) DO UPDATE
    SET    text = excluded.text, redacted = NULL, review_state = 'unread', delete_after = excluded.delete_after, revision = comments.revision + 1
    WHERE  comments.text IS DISTINCT FROM excluded.text;
END $$;
-- +goose StatementEnd
