-- +goose Up
-- Writing this row says that something can be written: GET /readyz. It holds nothing else. Global: no organisation.
CREATE TABLE readiness (
    id boolean     PRIMARY KEY DEFAULT true CHECK (id),
    at timestamptz NOT NULL
);
INSERT INTO readiness (at) VALUES ('2026-01-01T00:00:00Z');
GRANT SELECT, UPDATE (at) ON readiness TO yousaid_app;
