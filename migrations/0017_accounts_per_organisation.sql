-- +goose Up
-- An account belongs to one organisation: the same address may have one in each, with a password of its own. Until now the table was global, and whoever could
-- set a person's password at one organisation could come in at every other that gave this person a role.
ALTER TABLE sessions DROP CONSTRAINT sessions_person_id_fkey;
DROP TABLE first_sign_ins;
ALTER TABLE people RENAME TO people_before;
ALTER TABLE people_before RENAME CONSTRAINT people_pkey TO people_before_pkey;
ALTER INDEX people_email RENAME TO people_before_email;

CREATE TABLE people (
    organisation_id bigint      NOT NULL,
    id              bigint      NOT NULL DEFAULT nextval('ids'),
    email           text        NOT NULL CHECK (length(email) <= 254),
    name            text        NOT NULL DEFAULT '',
    password_hash   text        NOT NULL, -- '' for somebody who has not chosen a password yet
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, id)
);
SELECT distribute('people');
CREATE UNIQUE INDEX people_email ON people (organisation_id, lower(email));

-- Whoever worked for several gets an account in each, with the password they have: the first keeps the number, the others get a new one. Somebody who has no role
-- at present gets an account where they had one.
INSERT INTO people (organisation_id, id, email, name, password_hash, created_at)
SELECT w.organisation_id,
       CASE WHEN row_number() OVER (PARTITION BY b.id ORDER BY w.organisation_id) = 1 THEN b.id ELSE nextval('ids') END,
       b.email, b.name, b.password_hash, b.created_at
FROM   people_before b
JOIN   (SELECT m.organisation_id, m.person_id
        FROM   memberships m
        UNION
        SELECT c.organisation_id, c.owner_id
        FROM   actions c
        WHERE  c.owner_id IS NOT NULL
        UNION
        SELECT a.organisation_id, g.id
        FROM   audit a
        JOIN   people_before g ON a.object = 'person ' || g.email
        WHERE  a.action = 'person.role_given') w ON w.person_id = b.id
ON CONFLICT DO NOTHING;

UPDATE memberships m
SET    person_id = n.id
FROM   people_before b, people n
WHERE  b.id = m.person_id AND n.organisation_id = m.organisation_id AND lower(n.email) = lower(b.email) AND n.id <> m.person_id;

UPDATE actions c
SET    owner_id = n.id
FROM   people_before b, people n
WHERE  b.id = c.owner_id AND n.organisation_id = c.organisation_id AND lower(n.email) = lower(b.email) AND n.id <> c.owner_id;

-- A session goes on at the organisation it was open for, and nowhere else.
UPDATE sessions s
SET    person_id = n.id
FROM   people_before b, people n
WHERE  b.id = s.person_id AND n.organisation_id = s.organisation AND lower(n.email) = lower(b.email) AND n.id <> s.person_id;
DELETE FROM sessions s
WHERE  NOT EXISTS (SELECT 1 FROM people n WHERE n.organisation_id = s.organisation AND n.id = s.person_id);

DROP TABLE people_before;

ALTER TABLE memberships ADD FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id);
SELECT protect('people');
GRANT SELECT, INSERT, UPDATE ON people TO yousaid_app;

-- A link by which somebody chooses a password, once. The link holds the token, the table only its hash.
CREATE TABLE password_links (
    organisation_id bigint      NOT NULL,
    person_id       bigint      NOT NULL,
    token_hash      bytea       NOT NULL,
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, person_id),
    UNIQUE (organisation_id, token_hash)
);
SELECT distribute('password_links');
ALTER TABLE password_links ADD FOREIGN KEY (organisation_id, person_id) REFERENCES people (organisation_id, id);
SELECT protect('password_links');
GRANT SELECT, INSERT, UPDATE, DELETE ON password_links TO yousaid_app;
