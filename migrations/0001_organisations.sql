-- +goose Up
-- Organisations, people and the global tables. The tables marked "global" carry no organisation_id and stand outside row-level security;
-- docs/decisions/0003-global-tables.md lists them.

-- One sequence for every id: ids are unique across organisations, so that two councils can merge.
CREATE SEQUENCE ids AS bigint;

-- distribute spreads a tenant table over servers where the database can (Citus); on plain PostgreSQL it does nothing.
-- +goose StatementBegin
CREATE FUNCTION distribute(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
        EXECUTE format('SELECT create_distributed_table(%L, ''organisation_id'')', name);
    END IF;
END $$;
-- +goose StatementEnd

-- protect gives a tenant table its second wall: row-level security with the one policy of the house.
-- +goose StatementBegin
CREATE FUNCTION protect(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON %I
        USING (organisation_id = NULLIF(current_setting(''yousaid.org'', true), '''')::bigint)
        WITH CHECK (organisation_id = NULLIF(current_setting(''yousaid.org'', true), '''')::bigint)', name);
END $$;
-- +goose StatementEnd

REVOKE EXECUTE ON FUNCTION distribute(text), protect(text) FROM PUBLIC;

-- global: the tenants themselves, found by slug or link prefix before the tenant is known.
CREATE TABLE organisations (
    id          bigint      PRIMARY KEY DEFAULT nextval('ids'),
    slug        text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'
                            AND slug NOT IN ('f', 'staff', 'api', 'assets', 'healthz', 'readyz', 'metrics', 'sign-in')),
    link_prefix text        NOT NULL UNIQUE CHECK (link_prefix ~ '^[2-9A-HJKMNP-Z]{3}$'),
    names       jsonb       NOT NULL,
    brand       jsonb       NOT NULL DEFAULT '{}',
    time_zone   text        NOT NULL DEFAULT 'Europe/London',
    languages   text[]      NOT NULL DEFAULT '{en,cy}',
    base_url    text        NOT NULL DEFAULT '',
    kind        text        NOT NULL DEFAULT 'real' CHECK (kind IN ('real', 'demonstration')),
    merged_into bigint      REFERENCES organisations (id),
    created_at  timestamptz NOT NULL DEFAULT now()
);

-- global: a person may work for more than one organisation.
CREATE TABLE people (
    id            bigint      PRIMARY KEY DEFAULT nextval('ids'),
    email         text        NOT NULL CHECK (length(email) <= 254),
    name          text        NOT NULL DEFAULT '',
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX people_email ON people (lower(email));

-- global: the cookie holds the token, the table only its hash.
CREATE TABLE sessions (
    token_hash      bytea       PRIMARY KEY,
    person_id       bigint      NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    organisation    bigint      NOT NULL REFERENCES organisations (id),
    created_at      timestamptz NOT NULL DEFAULT now(),
    seen_at         timestamptz NOT NULL DEFAULT now(),
    expires_at      timestamptz NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

-- global: failed sign-ins per key (a keyed hash of an address book entry or of a network), to slow guessing without locking anyone out.
CREATE TABLE sign_in_attempts (
    key_hash   bytea       PRIMARY KEY,
    failures   int         NOT NULL,
    last_at    timestamptz NOT NULL
);

-- global: keys that every instance of the program shares (form tokens, receipts, sign-in limits).
CREATE TABLE secrets (
    name  text  PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE memberships (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    person_id       bigint NOT NULL,
    role            text   NOT NULL CHECK (role IN ('viewer', 'service', 'frontline', 'consultation', 'equality', 'administrator')),
    directorate_id  bigint,
    service_id      bigint,
    PRIMARY KEY (organisation_id, id),
    UNIQUE NULLS NOT DISTINCT (organisation_id, person_id, role, directorate_id, service_id)
);
SELECT distribute('memberships');

CREATE TABLE directorates (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    slug            text   NOT NULL,
    names           jsonb  NOT NULL,
    closed_on       date,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, slug)
);
SELECT distribute('directorates');

CREATE TABLE services (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    slug            text   NOT NULL,
    names           jsonb  NOT NULL,
    lgsl_id         int,
    parent_id       bigint,
    closed_on       date,
    successor_id    bigint,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, slug)
);
SELECT distribute('services');
ALTER TABLE services
    ADD FOREIGN KEY (organisation_id, parent_id) REFERENCES services (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, successor_id) REFERENCES services (organisation_id, id);
ALTER TABLE memberships
    ADD FOREIGN KEY (organisation_id, directorate_id) REFERENCES directorates (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id);

-- A service is rolled up to the directorate it belonged to in that month.
CREATE TABLE service_directorates (
    organisation_id bigint NOT NULL,
    service_id      bigint NOT NULL,
    valid_from      date   NOT NULL,
    directorate_id  bigint NOT NULL,
    PRIMARY KEY (organisation_id, service_id, valid_from)
);
SELECT distribute('service_directorates');
ALTER TABLE service_directorates
    ADD FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id),
    ADD FOREIGN KEY (organisation_id, directorate_id) REFERENCES directorates (organisation_id, id);

-- The council's own words for the fixed channel codes.
CREATE TABLE channels (
    organisation_id bigint NOT NULL,
    code            text   NOT NULL CHECK (code IN ('web', 'telephone', 'face_to_face', 'email', 'post', 'sms', 'kiosk', 'social_media', 'other')),
    rollup          text   NOT NULL DEFAULT '',
    names           jsonb  NOT NULL,
    PRIMARY KEY (organisation_id, code)
);
SELECT distribute('channels');

CREATE TABLE access_points (
    organisation_id bigint NOT NULL,
    id              bigint NOT NULL DEFAULT nextval('ids'),
    slug            text   NOT NULL,
    channel         text   NOT NULL,
    service_id      bigint,
    names           jsonb  NOT NULL,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, slug)
);
SELECT distribute('access_points');
ALTER TABLE access_points
    ADD FOREIGN KEY (organisation_id, service_id) REFERENCES services (organisation_id, id);

-- Who did what: rows are added and never changed (by privilege: nobody but the owner may UPDATE or DELETE).
CREATE TABLE audit (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL,
    at              timestamptz NOT NULL,
    actor           text        NOT NULL,
    via             text        NOT NULL,
    action          text        NOT NULL,
    object          text        NOT NULL,
    before          jsonb,
    after           jsonb,
    prev_hash       bytea       NOT NULL,
    hash            bytea       NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('audit');

-- The end of each organisation's audit chain; its row lock puts the entries in order.
CREATE TABLE audit_heads (
    organisation_id bigint PRIMARY KEY,
    last_id         bigint NOT NULL,
    last_hash       bytea  NOT NULL
);
SELECT distribute('audit_heads');

-- One order of changes: whoever changes a response takes its numbers from here first.
CREATE TABLE feeds (
    organisation_id bigint PRIMARY KEY,
    last_no         bigint NOT NULL
);
SELECT distribute('feeds');

SELECT protect(t) FROM unnest(ARRAY['memberships', 'directorates', 'services', 'service_directorates', 'channels', 'access_points',
                                    'audit', 'audit_heads', 'feeds']) AS t;

GRANT USAGE ON SEQUENCE ids TO yousaid_app;
GRANT SELECT, INSERT, UPDATE ON organisations, people TO yousaid_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, sign_in_attempts TO yousaid_app;
GRANT SELECT, INSERT ON secrets, audit TO yousaid_app;
GRANT SELECT, INSERT, UPDATE ON audit_heads, feeds, directorates, services, service_directorates, channels, access_points TO yousaid_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO yousaid_app;
GRANT SELECT ON organisations, directorates, services, service_directorates, channels, access_points, feeds TO yousaid_tabulate;
