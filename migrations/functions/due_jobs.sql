-- revision 1, sha256 7ca6450168f1e857
-- Which organisations have a job that is due, in one question: a worker that asked organisation by organisation would open a transaction for each of
-- them every few seconds, also where there is nothing to do. It runs as the owner, whom row-level security does not bind, and tells of other
-- organisations only that they have work of a kind, and since when.
CREATE OR REPLACE FUNCTION due_jobs(kinds text[], at timestamptz) RETURNS TABLE (org bigint, due timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT   j.organisation_id, min(j.run_after)
    FROM     public.jobs j
    WHERE    j.state = 'waiting' AND j.kind = ANY (kinds) AND j.run_after <= at AND (j.leased_until IS NULL OR j.leased_until < at)
    GROUP BY j.organisation_id
    ORDER BY 2, 1
$$;

REVOKE EXECUTE ON FUNCTION due_jobs(text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_jobs(text[], timestamptz) TO yousaid_app;
