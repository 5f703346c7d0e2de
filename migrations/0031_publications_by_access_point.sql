-- +goose Up
-- Figures are published by access point as they are by channel.
ALTER TABLE publications
    DROP CONSTRAINT publications_by_dimension_check,
    ADD CONSTRAINT publications_by_dimension_check CHECK (by_dimension IN ('channel', 'service', 'directorate', 'access_point'));
