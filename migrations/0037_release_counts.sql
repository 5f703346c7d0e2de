-- +goose Up
-- What each release counts: the question of each survey over the days of the period. By it the register selects the releases that are audited together with a new one, without reading the cells and proofs
-- of others. linked_by are the questions and what splits the rows: two releases about the same people that share none of these, and no months, tell nothing together (docs/disclosure.md). Period and
-- rounding are those of the release, repeated for the index.
CREATE TABLE release_counts (
    organisation_id bigint  NOT NULL,
    release_id      bigint  NOT NULL,
    survey_id       bigint  NOT NULL,
    question        text    NOT NULL,
    period_from     date    NOT NULL,
    period_to       date    NOT NULL,
    rounded         boolean NOT NULL,
    linked_by       text[]  NOT NULL,
    PRIMARY KEY (organisation_id, release_id, survey_id)
);
SELECT distribute('release_counts');
ALTER TABLE release_counts
    ADD FOREIGN KEY (organisation_id, release_id) REFERENCES releases (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
CREATE INDEX release_counts_by_survey ON release_counts (organisation_id, survey_id, period_to, period_from);

-- Releases since the register kept what they count, beside the proof.
INSERT INTO release_counts (organisation_id, release_id, survey_id, question, period_from, period_to, rounded, linked_by)
SELECT r.organisation_id, r.id, s.id, c.question, r.period_from, r.period_to, COALESCE((r.query->>'rounded')::boolean, false), '{}'
FROM   releases r
CROSS  JOIN LATERAL jsonb_each_text(CASE jsonb_typeof(r.proof->'counts') WHEN 'object' THEN r.proof->'counts' ELSE '{}' END) AS c (survey, question)
JOIN   surveys s ON s.organisation_id = r.organisation_id AND s.id = c.survey::bigint
ON     CONFLICT DO NOTHING;

-- Releases of before say it by the words of their query: the surveys by the ids that were kept with the words, else by their names of today; a scale by the question that was counted on it in the
-- questionnaire of that day, which is the first rating on the scale that must be answered, else the first on it.
INSERT INTO release_counts (organisation_id, release_id, survey_id, question, period_from, period_to, rounded, linked_by)
SELECT r.organisation_id, r.id, s.id, q.code, r.period_from, r.period_to, COALESCE((r.query->>'rounded')::boolean, false), '{}'
FROM   releases r
JOIN   surveys s ON s.organisation_id = r.organisation_id
                AND CASE jsonb_typeof(r.proof->'words'->'surveys')
                    WHEN 'array' THEN jsonb_path_exists(r.proof, '$.words.surveys[*].id ? (@ == $id)', jsonb_build_object('id', s.id))
                    ELSE jsonb_exists(r.query->'surveys', s.slug) END
CROSS  JOIN LATERAL (
           SELECT v.definition
           FROM   versions v
           WHERE  v.organisation_id = r.organisation_id AND v.survey_id = s.id
           ORDER  BY v.published_at <= r.released_at DESC, CASE WHEN v.published_at <= r.released_at THEN -v.number ELSE v.number END
           LIMIT  1) AS asked
CROSS  JOIN LATERAL (
           SELECT r.query->>'measure' AS code
           WHERE  r.query->>'measure' NOT LIKE 'scale:%'
           UNION  ALL
           (SELECT one.q->>'code'
            FROM   jsonb_array_elements(asked.definition->'pages') WITH ORDINALITY AS p (page, n)
            CROSS  JOIN LATERAL jsonb_array_elements(p.page->'questions') WITH ORDINALITY AS one (q, n)
            WHERE  r.query->>'measure' LIKE 'scale:%' AND one.q->>'kind' = 'rating' AND one.q->>'scale' = substr(r.query->>'measure', 7)
            ORDER  BY COALESCE((one.q->>'required')::boolean, false) DESC, p.n, one.n
            LIMIT  1)) AS q (code)
WHERE  jsonb_typeof(r.proof->'counts') IS DISTINCT FROM 'object'
ON     CONFLICT DO NOTHING;

-- As linkedBy of analytics/register names them.
UPDATE release_counts AS c
SET    linked_by = ARRAY(
           SELECT DISTINCT regexp_replace(split_part(CASE named.by WHEN 'directorate' THEN 'service' ELSE named.by END, ':', 1), '(_group)+$', '') COLLATE "C" AS name
           FROM   (SELECT o.question FROM release_counts o WHERE o.organisation_id = c.organisation_id AND o.release_id = c.release_id
                   UNION
                   SELECT d.id FROM jsonb_array_elements_text(COALESCE(r.query->'by', '[]')) AS d (id)) AS named (by)
           ORDER  BY name)
FROM   releases r
WHERE  r.organisation_id = c.organisation_id AND r.id = c.release_id;

UPDATE releases SET proof = proof - 'counts' WHERE jsonb_exists(proof, 'counts');

SELECT protect('release_counts');
GRANT SELECT, INSERT ON release_counts TO yousaid_app;
