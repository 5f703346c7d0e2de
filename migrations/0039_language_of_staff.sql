-- The language in which somebody reads the staff pages; '' is English.
-- +goose Up
ALTER TABLE people ADD COLUMN language text NOT NULL DEFAULT '' CHECK (length(language) <= 35);
