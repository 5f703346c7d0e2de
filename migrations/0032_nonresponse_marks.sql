-- +goose Up
-- Which forms were counted in nonresponses, so that a form counts once and the last count can be undone. The id is that of the form, which is random; a row holds nothing finer than the day, and is
-- deleted after two days.
CREATE TABLE nonresponse_marks (
    organisation_id bigint  NOT NULL,
    form_id         uuid    NOT NULL,
    survey_id       bigint  NOT NULL,
    day             date    NOT NULL,
    reason          text    NOT NULL CHECK (reason IN ('declined', 'unable')),
    counted         boolean NOT NULL DEFAULT true, -- false once it was undone
    PRIMARY KEY (organisation_id, form_id)
);
SELECT distribute('nonresponse_marks');
CREATE INDEX nonresponse_marks_day ON nonresponse_marks (organisation_id, day);
ALTER TABLE nonresponse_marks ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
SELECT protect('nonresponse_marks');
GRANT SELECT, INSERT, UPDATE, DELETE ON nonresponse_marks TO yousaid_app;
