-- +goose Up
-- The views for tabulating tell which responses are left out of the figures; otherwise they are those of 0019, which says why they are as they are.
CREATE OR REPLACE VIEW tabulated_responses WITH (security_barrier) AS
SELECT r.organisation_id, m.month, r.survey_id, r.service_id, r.channel, r.mode, r.access_point_id, r.language, r.state, r.source, r.verdict, r.answers,
       ('x' || left(encode(sha256(uuid_send(r.id) || (SELECT k.value FROM fingerprint_keys k)), 'hex'), 16))::bit(64)::bigint AS fingerprint,
       r.excluded_no IS NOT NULL AS excluded
FROM   organisations o
CROSS  JOIN (SELECT (date '1970-01-01' + make_interval(months => n))::date AS month FROM generate_series(0, 2399) AS n) m
CROSS  JOIN LATERAL (
           SELECT t.organisation_id, t.id, t.survey_id, t.service_id, t.channel, t.mode, t.access_point_id, t.language, t.state, t.source, t.verdict, t.answers, t.excluded_no
           FROM   responses t
           WHERE  t.organisation_id = o.id
           AND    t.answered_hour >= m.month::timestamp AT TIME ZONE o.time_zone
           AND    t.answered_hour < (m.month + interval '1 month') AT TIME ZONE o.time_zone
           OFFSET 0) r
WHERE  o.id = NULLIF(current_setting('yousaid.org', true), '')::bigint;

CREATE OR REPLACE VIEW tabulated_equality WITH (security_barrier) AS
SELECT r.organisation_id, m.month, r.survey_id, r.service_id, r.channel, r.mode, r.access_point_id, r.language, r.state, r.source, r.verdict, r.answers, e.answers AS equality,
       ('x' || left(encode(sha256(uuid_send(r.id) || (SELECT k.value FROM fingerprint_keys k)), 'hex'), 16))::bit(64)::bigint AS fingerprint,
       r.excluded_no IS NOT NULL AS excluded
FROM   organisations o
CROSS  JOIN (SELECT (date '1970-01-01' + make_interval(months => n))::date AS month FROM generate_series(0, 2399) AS n) m
CROSS  JOIN LATERAL (
           SELECT t.organisation_id, t.id, t.survey_id, t.service_id, t.channel, t.mode, t.access_point_id, t.language, t.state, t.source, t.verdict, t.answers, t.excluded_no, t.equality_id
           FROM   responses t
           WHERE  t.organisation_id = o.id
           AND    t.answered_hour >= m.month::timestamp AT TIME ZONE o.time_zone
           AND    t.answered_hour < (m.month + interval '1 month') AT TIME ZONE o.time_zone
           OFFSET 0) r
LEFT   JOIN (
           SELECT a.organisation_id, a.id, a.answers
           FROM   equality_answers a
           WHERE  a.organisation_id = (SELECT NULLIF(current_setting('yousaid.org', true), '')::bigint)
           OFFSET 0) e ON e.organisation_id = r.organisation_id AND e.id = r.equality_id
WHERE  o.id = NULLIF(current_setting('yousaid.org', true), '')::bigint;

