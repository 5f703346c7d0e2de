-- revision 2, sha256 f66908fd0d4dd4a7
-- What every batch of feedback runs (surveys/responses) stands here as a function, because PostgreSQL then keeps its plans for the life of a connection:
-- planning them anew cost more than storing a dozen answers. Prepared statements would do the same and break behind a pooler.
--
-- store_pages stores the pages that can be stored, with their comments and equality answers, and gives what became of the others: a JSON object from the
-- place of a page to one of
--     closed       the link or the survey takes no new answers, or there is no such link
--     not_started  a later page whose first page was never stored
--     job_taken    another response of the survey is about the same job
--     repeated     the last page sent once more as it was stored, by a second click or because its first answer was lost on the way
--     spent        the response is finished or withdrawn, and this page would change it
-- or null when all were stored. One response has at most one page in a batch, and one job at most one response.
--
-- A page: place, id, link_id, version_id, language, hour, first, state (started or finished), receipt, answers (an object in which each question of the page
-- stands, those left blank as null: what the page asked is replaced), job_key, equality_id and equality (an identity of its own, and an object),
-- comments ([{code, words, last_day}]; empty words take an earlier comment away). verdicts are those of set_verdicts, or null.
--
-- It writes all pages and looks at what came back. When some could not be stored, which is rare, it takes everything back, finds out why, and writes the rest:
-- looking first cost more than a tenth of the whole. The lock on the feed's row puts all changes to the responses of an organisation one after the other,
-- across servers: number order is commit order. Pages that are not stored take no number.
--
-- The functions of the same names with other arguments, from 0003, 0006 and 0028, are those of the version before (docs/decisions/0047-one-write-path.md).
CREATE OR REPLACE FUNCTION store_pages(org bigint, sent_at timestamptz, pages jsonb, verdicts jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    taken   uuid[] := '{}';
    refused jsonb;
BEGIN
    IF current_setting('synchronous_commit') = 'off' THEN -- nobody is told "stored" before the disk has it
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    IF jsonb_path_exists(pages, '$[*].job_key') THEN
        -- Held until the commit, the lock keeps another server from storing a response about the same job meanwhile.
        PERFORM FROM feeds f WHERE f.organisation_id = org FOR UPDATE;
        taken := taken_jobs(org, pages);
    END IF;
    FOR attempt IN 1..5 LOOP
        BEGIN
            PERFORM write_pages(org, sent_at, pages, taken);
            IF verdicts IS NOT NULL THEN
                PERFORM set_verdicts(org, verdicts);
            END IF;
            RETURN refused;
        EXCEPTION WHEN SQLSTATE 'YS001' THEN
            NULL; -- what was written is taken back
        END;
        PERFORM FROM feeds f WHERE f.organisation_id = org FOR UPDATE;
        SELECT COALESCE(refused, '{}') || COALESCE(jsonb_object_agg(j.page ->> 'place', j.outcome) FILTER (WHERE j.outcome NOT IN ('new', 'begun')), '{}'),
               COALESCE(jsonb_agg(j.page || jsonb_build_object('begun', j.outcome = 'begun')) FILTER (WHERE j.outcome IN ('new', 'begun')), '[]')
        INTO   refused, pages
        FROM   judge_pages(org, sent_at, pages, taken) j;
    END LOOP;
    RAISE EXCEPTION 'a link or survey is opened and closed again and again' USING ERRCODE = 'serialization_failure';
END $$;

-- write_pages writes all pages of a batch, or fails with YS001 when some cannot be stored.
--
-- It is an INSERT also for later pages, which always meet their row, and not an UPDATE … FROM: the conflict finds the row by the primary key whatever the
-- planner believes, while a join with a table that was never analysed (a new council's first busy minute) read the whole table for every row. A row that is
-- really inserted (revision 1) for a later page had no first page.
CREATE OR REPLACE FUNCTION write_pages(org bigint, sent_at timestamptz, pages jsonb, taken uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    k        bigint := jsonb_array_length(pages);
    base     bigint;
    stored   bigint;
    rewrites uuid[]; -- pages that were sent before, so that an earlier comment may stand in the place of an empty one
BEGIN
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

    WITH written AS (
        INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, access_point_id, about,
                               language, answered_hour, answers, state, receipt_hash, job_key, equality_id, change_no)
        SELECT org, u.id, l.survey_id, u.version_id, l.id, CASE WHEN l.keyed_mode IS NULL THEN 'link' ELSE 'keyed' END, l.service_id, l.channel,
               COALESCE(l.keyed_mode, 'online'), l.access_point_id, l.about,
               u.language, u.hour, jsonb_strip_nulls(u.answers), u.state, u.receipt, u.job_key, u.equality_id, base + u.place
        FROM   ROWS FROM (jsonb_to_recordset(pages) AS (id uuid, link_id bigint, version_id bigint, language text, hour timestamptz, answers jsonb, state text,
                                                        receipt bytea, job_key text, equality_id uuid, first boolean, begun boolean)) WITH ORDINALITY
               AS u (id, link_id, version_id, language, hour, answers, state, receipt, job_key, equality_id, first, begun, place)
        JOIN   links l ON l.organisation_id = org AND l.id = u.link_id
        JOIN   surveys s ON s.organisation_id = org AND s.id = l.survey_id
        WHERE  (NOT u.first OR u.begun OR l.state = 'open' AND s.state = 'open' AND (l.expires_on IS NULL OR l.expires_on >= local_day(org, sent_at)))
        AND    NOT u.id = ANY (taken)
        ON CONFLICT (organisation_id, id) DO UPDATE
        SET    answers = jsonb_strip_nulls(responses.answers || (pages -> (excluded.change_no - base - 1)::int -> 'answers')), -- with the blanks
               language = excluded.language,
               state = excluded.state,
               revision = responses.revision + 1,
               receipt_hash = COALESCE(excluded.receipt_hash, responses.receipt_hash),
               job_key = COALESCE(excluded.job_key, responses.job_key),
               equality_id = COALESCE(responses.equality_id, excluded.equality_id),
               change_no = excluded.change_no
        WHERE  responses.state = 'started'
        RETURNING responses.id, responses.revision, (pages -> (responses.change_no - base - 1)::int ->> 'first')::boolean AS first)
    SELECT count(*) FILTER (WHERE w.first OR w.revision > 1), array_agg(w.id) FILTER (WHERE w.revision > 2 OR w.first AND w.revision = 2)
    INTO   stored, rewrites
    FROM   written w;
    IF stored < k THEN
        RAISE EXCEPTION 'not every page of the batch could be stored' USING ERRCODE = 'YS001';
    END IF;
    IF jsonb_path_exists(pages, '$[*].comments') THEN
        PERFORM store_comments(org, pages, rewrites);
    END IF;
    IF jsonb_path_exists(pages, '$[*].equality') THEN
        PERFORM store_equality(org, pages);
    END IF;
END $$;

-- local_day is the day of the organisation.
CREATE OR REPLACE FUNCTION local_day(org bigint, sent_at timestamptz) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT (sent_at AT TIME ZONE o.time_zone)::date
            FROM   organisations o
            WHERE  o.id = org);
END $$;

-- judge_pages tells what keeps pages from being stored: an outcome of store_pages; new and begun are pages that can be stored, because their link is open or
-- because their response was started before.
CREATE OR REPLACE FUNCTION judge_pages(org bigint, sent_at timestamptz, pages jsonb, taken uuid[]) RETURNS TABLE (page jsonb, outcome text)
LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY
    SELECT p.page,
           CASE
               WHEN r.state = 'finished' AND u.state = 'finished' AND jsonb_strip_nulls(r.answers || u.answers) = r.answers
                    AND NOT EXISTS (SELECT FROM jsonb_to_recordset(u.comments) AS c (code text, words text)
                                    LEFT JOIN comments m ON m.organisation_id = org AND m.response_id = u.id AND m.question_code = c.code
                                    WHERE COALESCE(m.text, '') <> c.words) THEN 'repeated'
               WHEN r.state <> 'started' THEN 'spent'
               WHEN r.state IS NULL AND NOT u.first THEN 'not_started'
               WHEN r.state IS NULL AND l.open IS NOT TRUE THEN 'closed'
               WHEN u.id = ANY (taken) THEN 'job_taken'
               WHEN r.state IS NULL THEN 'new'
               ELSE 'begun'
           END
    FROM   jsonb_array_elements(pages) AS p (page)
    CROSS  JOIN LATERAL jsonb_to_record(p.page) AS u (id uuid, link_id bigint, first boolean, state text, answers jsonb, comments jsonb)
    LEFT   JOIN LATERAL (
               SELECT i.state = 'open' AND s.state = 'open' AND (i.expires_on IS NULL OR i.expires_on >= local_day(org, sent_at)) AS open
               FROM   links i
               JOIN   surveys s ON s.organisation_id = org AND s.id = i.survey_id
               WHERE  i.organisation_id = org AND i.id = u.link_id
               OFFSET 0) l ON true
    LEFT   JOIN LATERAL (
               SELECT t.state, t.answers
               FROM   responses t
               WHERE  t.organisation_id = org AND t.id = u.id
               OFFSET 0) r ON true;
END $$;

-- taken_jobs finds first pages whose job has another response in their survey. Which survey a page is of, only the database knows.
CREATE OR REPLACE FUNCTION taken_jobs(org bigint, pages jsonb) RETURNS uuid[] LANGUAGE plpgsql AS $$
BEGIN
    RETURN ARRAY(
        SELECT u.id
        FROM   jsonb_to_recordset(pages) AS u (id uuid, link_id bigint, job_key text)
        JOIN   links i ON i.organisation_id = org AND i.id = u.link_id
        WHERE  u.job_key IS NOT NULL AND EXISTS (
                   SELECT FROM responses o
                   WHERE  o.organisation_id = org AND o.survey_id = i.survey_id AND o.job_key = u.job_key AND o.id <> u.id));
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

REVOKE EXECUTE ON FUNCTION store_pages(bigint, timestamptz, jsonb, jsonb), write_pages(bigint, timestamptz, jsonb, uuid[]), local_day(bigint, timestamptz),
                           judge_pages(bigint, timestamptz, jsonb, uuid[]), taken_jobs(bigint, jsonb), store_comments(bigint, jsonb, uuid[]),
                           store_equality(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store_pages(bigint, timestamptz, jsonb, jsonb), write_pages(bigint, timestamptz, jsonb, uuid[]), local_day(bigint, timestamptz),
                          judge_pages(bigint, timestamptz, jsonb, uuid[]), taken_jobs(bigint, jsonb), store_comments(bigint, jsonb, uuid[]),
                          store_equality(bigint, jsonb) TO yousaid_app;
