-- revision 1, sha256 97fa1888259ec36f
-- What every batch of feedback runs (surveys/responses) stands here as a function, because PostgreSQL then keeps its plans for the life of a connection:
-- planning them anew cost more than storing a dozen answers. Prepared statements would do the same and break behind a pooler.
--
-- store_pages stores the pages that can be stored, with their comments and equality answers, and gives what became of the others: a JSON object from the
-- place of a page (the first is 1) to one of
--     closed       the link or the survey takes no new answers, or there is no such link
--     not_started  a later page whose first page was never stored
--     job_taken    another response of the survey is about the same job
--     repeated     the last page sent once more as it was stored, by a second click or because its first answer was lost on the way
--     spent        the response is finished or withdrawn, and this page would change it
-- or null when all were stored. One response has at most one page in a batch, and one job at most one response.
--
-- The lock on the feed's row, held until the commit, puts all changes to the responses of an organisation one after the other, across servers: what is read
-- here still holds when it is written, and number order is commit order. Pages that are not stored take no number.
--
-- A page: id, link_id, version_id, language, hour, first, state (started or finished), receipt, answers (an object in which each question of the page stands,
-- those left blank as null: what the page asked is replaced), job_key, equality_id and equality (an identity of its own, and an object),
-- comments ([{code, words, last_day}]; empty words take an earlier comment away). verdicts are those of set_verdicts, or null.
--
-- Responses are looked up one by one (LATERAL … OFFSET 0) and written by INSERT … ON CONFLICT, so that both find them by the primary key whatever the planner
-- believes: a join with a table that was never analysed (a new council's first busy minute) read the whole table for every row.
--
-- The functions of the same names with other arguments, from 0003, 0006 and 0028, are those of the version before (docs/decisions/0047-one-write-path.md).
CREATE OR REPLACE FUNCTION store_pages(org bigint, sent_at timestamptz, pages jsonb, verdicts jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    k        bigint := jsonb_array_length(pages);
    base     bigint;
    stored   bigint;
    wanted   bigint;
    rewrites uuid[]; -- pages that were sent before, so that an earlier comment may stand in the place of an empty one
    refused  jsonb;
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN -- nobody is told "stored" before the disk has it
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    UPDATE feeds f
    SET    last_no = f.last_no + k
    WHERE  f.organisation_id = org
    RETURNING f.last_no - k INTO base;
    IF base IS NULL THEN
        INSERT INTO feeds AS f (organisation_id, last_no)
        VALUES (org, k)
        ON CONFLICT (organisation_id) DO UPDATE SET last_no = f.last_no + excluded.last_no
        RETURNING f.last_no - k INTO base;
    END IF;

    WITH sent AS MATERIALIZED (
        SELECT u.place, u.id, u.link_id, u.version_id, u.language, u.hour, u.first, u.state, u.receipt, u.answers, u.job_key, u.equality_id,
               l.survey_id, l.source, l.service_id, l.channel, l.mode, l.access_point_id, l.about, r.revision,
               CASE
                   WHEN r.state IS NULL AND NOT u.first THEN 'not_started'
                   WHEN r.state IS NULL AND l.open IS NOT TRUE THEN 'closed'
                   WHEN r.state IS NULL OR r.state = 'started' THEN
                       CASE WHEN u.job_key IS NULL THEN NULL WHEN EXISTS (
                           SELECT FROM responses o
                           WHERE  o.organisation_id = org AND o.survey_id = l.survey_id AND o.job_key = u.job_key AND o.id <> u.id) THEN 'job_taken' END
                   WHEN r.state = 'finished' AND u.state = 'finished' AND jsonb_strip_nulls(r.answers || u.answers) = r.answers
                        AND NOT EXISTS (SELECT FROM jsonb_to_recordset(u.comments) AS c (code text, words text)
                                        LEFT JOIN comments m ON m.organisation_id = org AND m.response_id = u.id AND m.question_code = c.code
                                        WHERE COALESCE(m.text, '') <> c.words) THEN 'repeated'
                   ELSE 'spent'
               END AS outcome
        FROM   ROWS FROM (jsonb_to_recordset(pages) AS (id uuid, link_id bigint, version_id bigint, language text, hour timestamptz, first boolean, state text,
                                                        receipt bytea, answers jsonb, job_key text, equality_id uuid, comments jsonb)) WITH ORDINALITY
               AS u (id, link_id, version_id, language, hour, first, state, receipt, answers, job_key, equality_id, comments, place)
        LEFT   JOIN LATERAL (
                   SELECT i.survey_id, i.service_id, i.channel, i.access_point_id, i.about, COALESCE(i.keyed_mode, 'online') AS mode,
                          CASE WHEN i.keyed_mode IS NULL THEN 'link' ELSE 'keyed' END AS source,
                          i.state = 'open' AND s.state = 'open' AND (i.expires_on IS NULL OR i.expires_on >= (
                              SELECT (sent_at AT TIME ZONE o.time_zone)::date
                              FROM   organisations o
                              WHERE  o.id = org)) AS open
                   FROM   links i
                   JOIN   surveys s ON s.organisation_id = org AND s.id = i.survey_id
                   WHERE  i.organisation_id = org AND i.id = u.link_id
                   OFFSET 0) l ON true
        LEFT   JOIN LATERAL (
                   SELECT t.state, t.revision, t.answers
                   FROM   responses t
                   WHERE  t.organisation_id = org AND t.id = u.id
                   OFFSET 0) r ON true),
    written AS (
        INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, access_point_id, about,
                               language, answered_hour, answers, state, receipt_hash, job_key, equality_id, change_no)
        SELECT org, s.id, s.survey_id, s.version_id, s.link_id, s.source, s.service_id, s.channel, s.mode, s.access_point_id, s.about,
               s.language, s.hour, CASE WHEN s.revision IS NULL THEN jsonb_strip_nulls(s.answers) ELSE s.answers END, s.state, s.receipt, s.job_key, s.equality_id,
               base + row_number() OVER (ORDER BY s.place)
        FROM   sent s
        WHERE  s.outcome IS NULL
        ON CONFLICT (organisation_id, id) DO UPDATE
        SET    answers = jsonb_strip_nulls(responses.answers || excluded.answers),
               language = excluded.language,
               state = excluded.state,
               revision = responses.revision + 1,
               receipt_hash = COALESCE(excluded.receipt_hash, responses.receipt_hash),
               job_key = COALESCE(excluded.job_key, responses.job_key),
               equality_id = COALESCE(responses.equality_id, excluded.equality_id),
               change_no = excluded.change_no
        WHERE  responses.state = 'started'
        RETURNING 1)
    SELECT (SELECT count(*) FROM written), count(*) FILTER (WHERE s.outcome IS NULL),
           array_agg(s.id) FILTER (WHERE s.outcome IS NULL AND (s.revision > 1 OR s.first AND s.revision = 1)),
           jsonb_object_agg(s.place, s.outcome) FILTER (WHERE s.outcome IS NOT NULL)
    INTO   stored, wanted, rewrites, refused
    FROM   sent s;
    IF stored <> wanted THEN
        RAISE EXCEPTION 'a response was changed by something that does not hold the lock on the feed of its organisation';
    END IF;
    IF stored < k THEN
        UPDATE feeds f
        SET    last_no = f.last_no - (k - stored)
        WHERE  f.organisation_id = org;
        -- What was refused has no words and no equality answers either.
        SELECT jsonb_agg(p.page ORDER BY p.place)
        INTO   pages
        FROM   jsonb_array_elements(pages) WITH ORDINALITY AS p (page, place)
        WHERE  NOT refused ? p.place::text;
    END IF;
    IF stored > 0 AND jsonb_path_exists(pages, '$[*].comments[*]') THEN
        PERFORM store_comments(org, pages, rewrites);
    END IF;
    IF stored > 0 AND jsonb_path_exists(pages, '$[*].equality') THEN
        PERFORM store_equality(org, pages);
    END IF;
    IF verdicts IS NOT NULL THEN
        PERFORM set_verdicts(org, verdicts);
    END IF;
    RETURN refused;
END $$;

-- store_comments keeps people's own words apart from the coded answers. A comment that its writer changes has to be read anew: it is unread, and whoever has
-- its page open is told. What it is about stays: the words are the same person's about the same thing, and an officer sees them again. A comment that did
-- not change keeps what staff made of it. What was emptied goes, where something can stand: on pages that were sent before.
CREATE OR REPLACE FUNCTION store_comments(org bigint, pages jsonb, rewrites uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    emptied     text[];
    emptied_ids uuid[];
BEGIN
    INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
    SELECT org, p.id, c.code, c.words, c.last_day
    FROM   jsonb_to_recordset(pages) AS p (id uuid, comments jsonb)
    CROSS  JOIN LATERAL jsonb_to_recordset(p.comments) AS c (code text, words text, last_day date)
    WHERE  c.words <> ''
    ON CONFLICT (organisation_id, response_id, question_code) DO UPDATE
    SET    text = excluded.text, redacted = NULL, review_state = 'unread', delete_after = excluded.delete_after, revision = comments.revision + 1
    WHERE  comments.text IS DISTINCT FROM excluded.text;

    IF rewrites IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(p.id), array_agg(p.id::text || ' ' || c.code)
    INTO   emptied_ids, emptied
    FROM   jsonb_to_recordset(pages) AS p (id uuid, comments jsonb)
    CROSS  JOIN LATERAL jsonb_to_recordset(p.comments) AS c (code text, words text)
    WHERE  c.words = '' AND p.id = ANY (rewrites);
    IF emptied IS NOT NULL THEN
        DELETE FROM comments m
        WHERE  m.organisation_id = org AND m.response_id = ANY (emptied_ids) AND m.response_id::text || ' ' || m.question_code = ANY (emptied);
    END IF;
END $$;

-- store_equality stores equality answers under their own random identities, in the order of these, so that not even the place of a row on the disk tells
-- whose it is. The program may not read them, so ON CONFLICT DO UPDATE (which reads) is closed to it: what is new is added, what stands is updated.
CREATE OR REPLACE FUNCTION store_equality(org bigint, pages jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    known   uuid[];
    changed jsonb[];
BEGIN
    INSERT INTO equality_answers (organisation_id, id, survey_id, version_id, answers)
    SELECT   org, r.equality_id, r.survey_id, u.version_id, u.equality
    FROM     jsonb_to_recordset(pages) AS u (id uuid, version_id bigint, equality_id uuid, equality jsonb)
    CROSS    JOIN LATERAL (
                 SELECT t.survey_id, t.equality_id
                 FROM   responses t
                 WHERE  t.organisation_id = org AND t.id = u.id
                 OFFSET 0) r
    WHERE    u.equality IS NOT NULL AND r.equality_id = u.equality_id
    ORDER BY r.equality_id
    ON CONFLICT (organisation_id, id) DO NOTHING;

    SELECT array_agg(r.equality_id), array_agg(u.equality)
    INTO   known, changed
    FROM   jsonb_to_recordset(pages) AS u (id uuid, equality_id uuid, equality jsonb)
    CROSS  JOIN LATERAL (
               SELECT t.equality_id
               FROM   responses t
               WHERE  t.organisation_id = org AND t.id = u.id
               OFFSET 0) r
    WHERE  u.equality IS NOT NULL AND r.equality_id <> u.equality_id;
    IF known IS NOT NULL THEN
        UPDATE equality_answers e
        SET    answers = u.answers
        FROM   unnest(known, changed) AS u (id, answers)
        WHERE  e.organisation_id = org AND e.id = ANY (known) AND e.id = u.id;
    END IF;
END $$;

REVOKE EXECUTE ON FUNCTION store_pages(bigint, timestamptz, jsonb, jsonb), store_comments(bigint, jsonb, uuid[]), store_equality(bigint, jsonb)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store_pages(bigint, timestamptz, jsonb, jsonb), store_comments(bigint, jsonb, uuid[]), store_equality(bigint, jsonb)
TO yousaid_app;
