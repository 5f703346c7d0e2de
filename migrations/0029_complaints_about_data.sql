-- +goose Up
-- Where a council takes complaints about personal data: {"contact": "…", "procedure": {"en": "https://…", "cy": "https://…"}}.
ALTER TABLE organisations ADD COLUMN complaints jsonb NOT NULL DEFAULT '{}';
