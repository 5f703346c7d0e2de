-- +goose Up
-- store_batch is a whole batch in which nothing is out of the ordinary, in one round trip: it stores every page, or fails with YS001, and the caller then goes
-- the longer way that finds out what became of each page.
-- +goose StatementBegin
CREATE FUNCTION store_batch(org bigint, ids uuid[], link_ids bigint[], version_ids bigint[], languages text[], hours timestamptz[], pages jsonb[],
                            states text[], receipts bytea[], places bigint[], firsts boolean[], today date,
                            comment_ids uuid[], comment_codes text[], comment_texts text[], comment_ends date[],
                            emptied_ids uuid[], emptied_codes text[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    stored bigint;
BEGIN
    -- A later page that was really inserted (revision 1) had no first page.
    SELECT count(*) FILTER (WHERE p.stored_revision > 1 OR firsts[p.stored_no - p.stored_base])
    INTO   stored
    FROM   store_pages(org, NULL, ids, link_ids, version_ids, languages, hours, pages, states, receipts, array_fill(NULL::uuid, ARRAY[cardinality(ids)]),
                       places, firsts, today, comment_ids, comment_codes, comment_texts, comment_ends) p;
    IF stored IS DISTINCT FROM cardinality(ids) THEN
        RAISE EXCEPTION 'not every page of the batch could be stored' USING ERRCODE = 'YS001';
    END IF;
    IF cardinality(emptied_ids) > 0 THEN
        DELETE FROM comments c
        USING  unnest(emptied_ids, emptied_codes) AS u (response_id, code)
        WHERE  c.organisation_id = org AND c.response_id = u.response_id AND c.question_code = u.code;
    END IF;
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION store_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store_batch TO yousaid_app;
