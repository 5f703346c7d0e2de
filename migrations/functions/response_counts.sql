-- revision 1, sha256 78e2e16df1ad8157
-- The one definition of a response that counts: not taken back, no pilot, not left out. Whatever counts responses asks it.
CREATE OR REPLACE FUNCTION response_counts(state text, source text, excluded_no bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN state <> 'withdrawn' AND source <> 'pilot' AND excluded_no IS NULL;

GRANT EXECUTE ON FUNCTION response_counts(text, text, bigint) TO yousaid_app, yousaid_tabulate;
