-- +goose Up
-- Wrong passwords by account and hour, for the person's own page and, added up, for the audit. person_id is 0 for addresses that have no account. No network is kept.
CREATE TABLE sign_in_failures (
    organisation_id bigint      NOT NULL,
    person_id       bigint      NOT NULL,
    hour            timestamptz NOT NULL,
    failures        int         NOT NULL,
    recorded        int         NOT NULL DEFAULT 0, -- of them in the audit already
    PRIMARY KEY (organisation_id, person_id, hour)
);
SELECT distribute('sign_in_failures');
SELECT protect('sign_in_failures');
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failures TO yousaid_app;
