-- revision 1, sha256 58fc6201dadd0ef8
-- set_verdicts writes what the rules of surveys/responses/quality found about responses that stand: verdicts is an array of {"id", "verdict"}. A response
-- that a person decided about keeps that decision, and the first rule that found one is kept.
CREATE OR REPLACE FUNCTION set_verdicts(org bigint, verdicts jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    ids  uuid[] := ARRAY(SELECT v.id FROM jsonb_to_recordset(verdicts) AS v (id uuid));
    k    bigint := cardinality(ids);
BEGIN
    UPDATE feeds f
    SET    last_no = f.last_no + k
    WHERE  f.organisation_id = org
    RETURNING f.last_no INTO last;
    UPDATE responses r
    SET    verdict = u.verdict, excluded_no = last - k + u.place, revision = r.revision + 1, change_no = last - k + u.place
    FROM   ROWS FROM (jsonb_to_recordset(verdicts) AS (id uuid, verdict text)) WITH ORDINALITY AS u (id, verdict, place)
    WHERE  r.organisation_id = org AND r.id = ANY (ids) AND r.id = u.id AND r.verdict = '' AND r.decision_id IS NULL AND r.state <> 'withdrawn';
END $$;

REVOKE EXECUTE ON FUNCTION set_verdicts(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_verdicts(bigint, jsonb) TO yousaid_app;
