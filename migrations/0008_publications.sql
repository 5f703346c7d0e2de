-- +goose Up
-- What the council has promised to publish, by when, and what became of it.
CREATE TABLE publications (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    titles          jsonb  NOT NULL,
    survey_id       bigint NOT NULL,
    measure         text   NOT NULL,
    by_dimension    text   NOT NULL CHECK (by_dimension IN ('channel', 'service', 'directorate')),
    period_from     date   NOT NULL,
    period_to       date   NOT NULL,
    due_on          date   NOT NULL,
    state           text   NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'published', 'withdrawn', 'dropped')),
    release_id      bigint,
    published_on    date,
    corrected_on    date,
    note            jsonb  NOT NULL DEFAULT '{}',
    labels          jsonb  NOT NULL DEFAULT '{}',
    change_id       bigint NOT NULL DEFAULT nextval('ids'),
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('publications');
ALTER TABLE publications
    ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, release_id) REFERENCES releases (organisation_id, id);
SELECT protect('publications');
GRANT SELECT, INSERT, UPDATE ON publications TO yousaid_app;
