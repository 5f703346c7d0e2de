-- +goose Up
-- Every table that was published, the first and its corrections, so that what was corrected stays to be compared: INSERT only.
CREATE TABLE publication_editions (
    organisation_id bigint NOT NULL,
    publication_id  bigint NOT NULL,
    number          int    NOT NULL,
    release_id      bigint NOT NULL,
    published_on    date   NOT NULL,
    note            jsonb  NOT NULL DEFAULT '{}',
    PRIMARY KEY (organisation_id, publication_id, number)
);
SELECT distribute('publication_editions');

-- Whoever plans the same table twice plans it once. What was dropped may be planned again.
DELETE FROM publications p
USING  publications q
WHERE  q.organisation_id = p.organisation_id AND q.survey_id = p.survey_id AND q.measure = p.measure AND q.by_dimension = p.by_dimension
AND    q.period_from = p.period_from AND q.period_to = p.period_to AND p.state IN ('planned', 'dropped') AND (q.state NOT IN ('planned', 'dropped') OR q.id < p.id);
ALTER TABLE publications
    ADD UNIQUE (organisation_id, survey_id, measure, by_dimension, period_from, period_to),
    ADD COLUMN revision int NOT NULL DEFAULT 1,
    ADD COLUMN withdrawn_on date;

ALTER TABLE publication_editions
    ADD FOREIGN KEY (organisation_id, publication_id) REFERENCES publications (organisation_id, id) ON DELETE CASCADE,
    ADD FOREIGN KEY (organisation_id, release_id) REFERENCES releases (organisation_id, id);
INSERT INTO publication_editions (organisation_id, publication_id, number, release_id, published_on, note)
SELECT organisation_id, id, 1, release_id, COALESCE(corrected_on, published_on), note
FROM   publications
WHERE  release_id IS NOT NULL AND published_on IS NOT NULL
ON     CONFLICT DO NOTHING;
SELECT protect('publication_editions');
GRANT SELECT, INSERT ON publication_editions TO yousaid_app;
