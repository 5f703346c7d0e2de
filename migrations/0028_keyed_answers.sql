-- +goose Up
-- Answers that staff type in are stored as all others are, by store_pages: where they are typed in (survey, service, channel, access point, mode) is a row of links that no customer can follow.
-- A link may be about no service and stand for no channel: a consultation on the budget.
ALTER TABLE links
    ADD COLUMN keyed_mode text CHECK (keyed_mode IN ('telephone_interview', 'face_to_face_interview', 'paper')),
    ALTER COLUMN service_id DROP NOT NULL,
    ALTER COLUMN channel DROP NOT NULL;
COMMENT ON COLUMN links.keyed_mode IS 'how the answers were collected that staff type in here; null: a link for customers';
CREATE UNIQUE INDEX links_keyed ON links (organisation_id, survey_id, COALESCE(service_id, 0), COALESCE(channel, ''), COALESCE(access_point_id, 0), keyed_mode) WHERE keyed_mode IS NOT NULL;

-- People who were asked and did not answer, by day: no person, no hour, no service.
CREATE TABLE nonresponses (
    organisation_id bigint NOT NULL,
    survey_id       bigint NOT NULL,
    day             date   NOT NULL,
    reason          text   NOT NULL CHECK (reason IN ('declined', 'unable')),
    n               bigint NOT NULL,
    PRIMARY KEY (organisation_id, survey_id, day, reason)
);
SELECT distribute('nonresponses');
ALTER TABLE nonresponses ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
SELECT protect('nonresponses');
GRANT SELECT, INSERT, UPDATE ON nonresponses TO yousaid_app;

-- store_pages as in 0003; source and mode are those of the link.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION store_pages(org bigint, base bigint, ids uuid[], link_ids bigint[], version_ids bigint[], languages text[], hours timestamptz[], pages jsonb[],
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
    SELECT org, u.id, l.survey_id, u.version_id, l.id, CASE WHEN l.keyed_mode IS NULL THEN 'link' ELSE 'keyed' END, l.service_id, l.channel, COALESCE(l.keyed_mode, 'online'), l.access_point_id, l.about,
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
