-- +goose Up
-- What every batch of feedback runs (surveys/responses) stands here as a function, because PostgreSQL then keeps its plans for the life of a connection:
-- planning them anew cost more than storing a dozen answers. Prepared statements would do the same and break behind a pooler.

-- store_pages takes numbers from the organisation's one order of changes and writes pages that were sent: first pages start a response where link and
-- survey are open, later ones add to one that was started. A page's blanks come as null and take earlier answers away. The places tell which number each
-- page gets: base + place; where base is null, as many numbers as there are pages are taken from the feed first. The rows tell which pages were written, and
-- one without a number that none was; one with revision 1 was really inserted. When all were, the comments are written too (else the caller takes everything back).
-- +goose StatementBegin
CREATE FUNCTION store_pages(org bigint, base bigint, ids uuid[], link_ids bigint[], version_ids bigint[], languages text[], hours timestamptz[], pages jsonb[],
                            states text[], receipts bytea[], equality_ids uuid[], places bigint[], firsts boolean[], today date,
                            comment_ids uuid[], comment_codes text[], comment_texts text[], comment_ends date[])
RETURNS TABLE (stored_no bigint, stored_base bigint, stored_revision int, stored_equality uuid) LANGUAGE plpgsql AS $$
DECLARE
    k       bigint := cardinality(ids);
    written bigint;
BEGIN
    IF base IS NULL THEN
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
    END IF;

    RETURN QUERY
    INSERT INTO responses (organisation_id, id, survey_id, version_id, link_id, source, service_id, channel, mode, access_point_id, about,
                           language, answered_hour, answers, state, receipt_hash, equality_id, change_no)
    SELECT org, u.id, l.survey_id, u.version_id, l.id, 'link', l.service_id, l.channel, 'online', l.access_point_id, l.about,
           u.language, u.hour, u.page, u.state, u.receipt, u.equality_id, base + u.place
    FROM   unnest(ids, link_ids, version_ids, languages, hours, pages, states, receipts, equality_ids, places, firsts)
           AS u (id, link_id, version_id, language, hour, page, state, receipt, equality_id, place, first)
    JOIN   links l ON l.organisation_id = org AND l.id = u.link_id
    JOIN   surveys s ON s.organisation_id = org AND s.id = l.survey_id
    WHERE  NOT u.first OR (l.state = 'open' AND (l.expires_on IS NULL OR l.expires_on >= today) AND s.state = 'open')
    ON CONFLICT (organisation_id, id) DO UPDATE
    SET    answers = jsonb_strip_nulls(responses.answers || excluded.answers),
           language = excluded.language,
           state = excluded.state,
           revision = responses.revision + 1,
           receipt_hash = COALESCE(excluded.receipt_hash, responses.receipt_hash),
           equality_id = COALESCE(responses.equality_id, excluded.equality_id),
           change_no = excluded.change_no
    WHERE  responses.state = 'started'
    RETURNING responses.change_no, base, responses.revision, responses.equality_id;
    GET DIAGNOSTICS written = ROW_COUNT;

    IF written = 0 THEN -- the caller must know its numbers all the same
        RETURN QUERY SELECT NULL::bigint, base, NULL::int, NULL::uuid;
    END IF;
    IF written = k AND cardinality(comment_ids) > 0 THEN
        PERFORM store_comments(org, comment_ids, comment_codes, comment_texts, comment_ends);
    END IF;
END $$;
-- +goose StatementEnd

-- store_comments keeps people's own words. A comment that did not change keeps what staff made of it.
-- +goose StatementBegin
CREATE FUNCTION store_comments(org bigint, response_ids uuid[], codes text[], texts text[], ends date[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO comments (organisation_id, response_id, question_code, text, delete_after)
    SELECT org, u.response_id, u.code, u.words, u.last_day
    FROM   unnest(response_ids, codes, texts, ends) AS u (response_id, code, words, last_day)
    ON CONFLICT (organisation_id, response_id, question_code) DO UPDATE
    SET    text = excluded.text, redacted = NULL, review_state = 'unread', delete_after = excluded.delete_after
    WHERE  comments.text IS DISTINCT FROM excluded.text;
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION store_pages, store_comments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store_pages, store_comments TO yousaid_app;
