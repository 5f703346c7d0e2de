-- +goose Up
-- Which equality tables of a survey leave the building, and how often: what was promised, so that a table that is late is seen.
CREATE TABLE release_plans (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint      NOT NULL,
    measure         text        NOT NULL,
    by_dimensions   text[]      NOT NULL CHECK (cardinality(by_dimensions) BETWEEN 1 AND 2),
    subtotals       boolean     NOT NULL,
    cadence         text        NOT NULL CHECK (cadence IN ('month', 'quarter', 'year')),
    standing        boolean     NOT NULL CHECK (NOT standing OR cadence = 'quarter'),
    created_by      text        NOT NULL,
    created_at      timestamptz NOT NULL,
    state           text        NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'ended')),
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('release_plans');
-- Whoever plans the same table twice plans it once; what was ended may be planned again.
CREATE UNIQUE INDEX release_plans_once ON release_plans (organisation_id, survey_id, measure, by_dimensions, subtotals, cadence) WHERE state = 'active';
ALTER TABLE release_plans ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
SELECT protect('release_plans');
GRANT SELECT, INSERT, UPDATE ON release_plans TO yousaid_app;

-- The register is listed by its number, and the trail of one release is looked up by its name.
CREATE INDEX audit_object ON audit (organisation_id, object, id) WHERE object LIKE 'release/%';
