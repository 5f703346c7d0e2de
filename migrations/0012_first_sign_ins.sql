-- +goose Up
-- global: somebody new chooses a password by a link that works once. The link holds the token, the table only its hash.
CREATE TABLE first_sign_ins (
    person_id    bigint      PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
    token_hash   bytea       NOT NULL UNIQUE,
    organisation bigint      NOT NULL REFERENCES organisations (id),
    expires_at   timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON first_sign_ins TO yousaid_app;
