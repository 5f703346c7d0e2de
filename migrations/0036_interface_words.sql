-- +goose Up
-- Words of the pages for customers that a council has translated itself, in languages that do not come with the program.
CREATE TABLE interface_languages (
    organisation_id bigint  NOT NULL,
    language        text    NOT NULL CHECK (length(language) BETWEEN 2 AND 40),
    forms_ready     boolean NOT NULL DEFAULT false,
    reads_ready     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organisation_id, language)
);
SELECT distribute('interface_languages');
SELECT protect('interface_languages');
GRANT SELECT, INSERT, UPDATE, DELETE ON interface_languages TO yousaid_app;
COMMENT ON COLUMN interface_languages.forms_ready IS 'every wording around questionnaires was translated; stays true when a new version of the program adds wordings';
COMMENT ON COLUMN interface_languages.reads_ready IS 'likewise for what the council publishes';

CREATE TABLE interface_words (
    organisation_id bigint NOT NULL,
    language        text   NOT NULL,
    key             text   NOT NULL,
    word            jsonb  NOT NULL, -- {"text": "…"}, or {"forms": {"one": "…", "other": "…"}}
    english         text   NOT NULL, -- what it was translated from
    PRIMARY KEY (organisation_id, language, key)
);
SELECT distribute('interface_words');
ALTER TABLE interface_words ADD FOREIGN KEY (organisation_id, language) REFERENCES interface_languages (organisation_id, language);
SELECT protect('interface_words');
GRANT SELECT, INSERT, UPDATE, DELETE ON interface_words TO yousaid_app;
