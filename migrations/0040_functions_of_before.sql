-- +goose Up
-- The functions by which answers were stored before migrations/functions/ had them: they took their values as arrays by position, and nothing calls them any more.
-- A function is dropped by the version after the one that stopped calling it, because instances of both may run at once. No version was tagged when this was
-- written, so no released version calls these (decision 46).
DROP FUNCTION store_batch(bigint, uuid[], bigint[], bigint[], text[], timestamptz[], jsonb[], text[], bytea[], bigint[], boolean[], date,
                          uuid[], text[], text[], date[], uuid[], text[]);
DROP FUNCTION store_pages(bigint, bigint, uuid[], bigint[], bigint[], text[], timestamptz[], jsonb[], text[], bytea[], uuid[], bigint[], boolean[], date,
                          uuid[], text[], text[], date[]);
DROP FUNCTION store_comments(bigint, uuid[], text[], text[], date[]);
DROP FUNCTION set_verdicts(bigint, uuid[], text[]);
