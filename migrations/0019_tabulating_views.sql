-- +goose Up
-- Equality answers are counted through two views, by a login of its own: docs/decisions/0025-tabulating-has-its-own-login.md. yousaid_tabulate may read nothing else.
--
-- What the views hold to, each for a reason:
--   * no response id, link, about, job key, version, import or change number: nothing that the tables of yousaid_app could be joined on;
--   * no time finer than the month, in the organisation's own zone;
--   * security_barrier, and the organisation in the views themselves: their owner is the tables' owner, whom row-level security does not hold;
--   * OFFSET 0 keeps the order of the joins: a month at a time by the index on the hour, and the equality answers by one hash table. Without it the
--     planner reads them one by one where it has no statistics (a fresh import), or compares every response with every month.

-- The fingerprint of a response tells rounded tables which cells count the same people (analytics/disclosure). It is keyed, and the key can be read
-- through the views alone: whoever holds the ids cannot work the fingerprints out.
CREATE TABLE fingerprint_keys (
    value bytea NOT NULL CHECK (length(value) = 32)
);
INSERT INTO fingerprint_keys (value) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

CREATE VIEW tabulated_responses WITH (security_barrier) AS
SELECT r.organisation_id, m.month, r.survey_id, r.service_id, r.channel, r.mode, r.access_point_id, r.language, r.state, r.source, r.verdict, r.answers,
       ('x' || left(encode(sha256(uuid_send(r.id) || (SELECT k.value FROM fingerprint_keys k)), 'hex'), 16))::bit(64)::bigint AS fingerprint
FROM   organisations o
CROSS  JOIN (SELECT (date '1970-01-01' + make_interval(months => n))::date AS month FROM generate_series(0, 2399) AS n) m
CROSS  JOIN LATERAL (
           SELECT t.organisation_id, t.id, t.survey_id, t.service_id, t.channel, t.mode, t.access_point_id, t.language, t.state, t.source, t.verdict, t.answers
           FROM   responses t
           WHERE  t.organisation_id = o.id
           AND    t.answered_hour >= m.month::timestamp AT TIME ZONE o.time_zone
           AND    t.answered_hour < (m.month + interval '1 month') AT TIME ZONE o.time_zone
           OFFSET 0) r
WHERE  o.id = NULLIF(current_setting('yousaid.org', true), '')::bigint;

CREATE VIEW tabulated_equality WITH (security_barrier) AS
SELECT r.organisation_id, m.month, r.survey_id, r.service_id, r.channel, r.mode, r.access_point_id, r.language, r.state, r.source, r.verdict, r.answers, e.answers AS equality,
       ('x' || left(encode(sha256(uuid_send(r.id) || (SELECT k.value FROM fingerprint_keys k)), 'hex'), 16))::bit(64)::bigint AS fingerprint
FROM   organisations o
CROSS  JOIN (SELECT (date '1970-01-01' + make_interval(months => n))::date AS month FROM generate_series(0, 2399) AS n) m
CROSS  JOIN LATERAL (
           SELECT t.organisation_id, t.id, t.survey_id, t.service_id, t.channel, t.mode, t.access_point_id, t.language, t.state, t.source, t.verdict, t.answers, t.equality_id
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

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM yousaid_tabulate;
GRANT SELECT ON tabulated_responses, tabulated_equality TO yousaid_tabulate;
