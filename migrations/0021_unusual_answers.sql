-- +goose Up
-- Answers that are left out of every figure, by a rule or by a person. excluded_no is the number of the change that left the response out; null means that it counts.
-- decision_id is the last decision of staff that changed that, so that a decision can be taken back exactly.
ALTER TABLE responses ADD COLUMN excluded_no bigint, ADD COLUMN decision_id bigint;
CREATE INDEX responses_unusual ON responses (organisation_id, survey_id, answered_hour) WHERE verdict <> '';

-- shared: many people answer by this link from one network. needs_job: only feedback about a job whose reference is signed counts.
ALTER TABLE links ADD COLUMN shared boolean NOT NULL DEFAULT false, ADD COLUMN needs_job boolean NOT NULL DEFAULT false;

-- The one definition of a response that counts: not taken back, no pilot, not left out. Whatever counts responses asks it.
-- +goose StatementBegin
CREATE FUNCTION response_counts(state text, source text, excluded_no bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN state <> 'withdrawn' AND source <> 'pilot' AND excluded_no IS NULL;
-- +goose StatementEnd
GRANT EXECUTE ON FUNCTION response_counts TO yousaid_app, yousaid_tabulate;

-- set_verdicts writes what the rules found about responses that stand, in the transaction that stores what was sent. A response that a person decided about keeps that decision, and
-- the first rule that found one is kept.
-- +goose StatementBegin
CREATE FUNCTION set_verdicts(org bigint, ids uuid[], verdicts text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    k    bigint := cardinality(ids);
BEGIN
    UPDATE feeds f
    SET    last_no = f.last_no + k
    WHERE  f.organisation_id = org
    RETURNING f.last_no INTO last;
    UPDATE responses r
    SET    verdict = u.verdict, excluded_no = last - k + u.place, revision = r.revision + 1, change_no = last - k + u.place
    FROM   unnest(ids, verdicts) WITH ORDINALITY AS u (id, verdict, place)
    WHERE  r.organisation_id = org AND r.id = ANY (ids) AND r.id = u.id AND r.verdict = '' AND r.decision_id IS NULL AND r.state <> 'withdrawn';
END $$;
-- +goose StatementEnd
REVOKE EXECUTE ON FUNCTION set_verdicts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_verdicts TO yousaid_app;

-- What staff decided about unusual answers: which answers of a survey, and whether they count.
CREATE TABLE unusual_decisions (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    survey_id       bigint      NOT NULL,
    link_id         bigint,                                     -- null: all links
    verdict         text        NOT NULL DEFAULT '',            -- '': whatever the rules found, or nothing
    from_hour       timestamptz NOT NULL,
    to_hour         timestamptz NOT NULL,                       -- not included
    act             text        NOT NULL CHECK (act IN ('exclude', 'include', 'undo')),
    undoes_id       bigint,
    reason          text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('waiting', 'agreed', 'done', 'refused')),
    published       boolean     NOT NULL,                       -- figures of the time were public, so that a second person agreed
    asked_by        bigint      NOT NULL,
    asked_name      text        NOT NULL,
    asked_at        timestamptz NOT NULL,
    decided_by      bigint,
    decided_name    text        NOT NULL DEFAULT '',
    decided_at      timestamptz,
    changed         bigint      NOT NULL DEFAULT 0,             -- responses
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('unusual_decisions');
ALTER TABLE unusual_decisions ADD FOREIGN KEY (organisation_id, survey_id) REFERENCES surveys (organisation_id, id);
SELECT protect('unusual_decisions');
GRANT SELECT, INSERT, UPDATE ON unusual_decisions TO yousaid_app;
