-- +goose Up
-- The picture in the header of a council's pages.
CREATE TABLE logos (
    organisation_id bigint NOT NULL,
    name            text   NOT NULL, -- made from the picture: another picture has another address
    picture         bytea  NOT NULL, -- PNG
    PRIMARY KEY (organisation_id, name)
);
SELECT distribute('logos');
SELECT protect('logos');
GRANT SELECT, INSERT, DELETE ON logos TO yousaid_app;
