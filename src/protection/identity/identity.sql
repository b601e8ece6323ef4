-- Statements of the room identity.

-- name: identity_put
INSERT INTO identity (person, kase, key_id, suspect, first, seq, sealed) VALUES ($1, $2, $3, $4, $5, $5, $6)
ON CONFLICT (person) DO UPDATE SET suspect = excluded.suspect, seq = excluded.seq, sealed = excluded.sealed;

-- name: identity_since
SELECT person, kase, key_id, suspect, first, seq, sealed FROM identity WHERE seq > $1 ORDER BY seq LIMIT $2;

-- name: identity_get
SELECT person, kase, key_id, suspect, first, seq, sealed FROM identity WHERE person = $1;

-- name: identity_newest
-- A sample to count from: those who came last.
SELECT person, kase, key_id, suspect, first, seq, sealed FROM identity ORDER BY seq DESC LIMIT $1;

-- name: identity_last
SELECT COALESCE(MAX(seq), 0) FROM identity;

-- name: identity_cases
-- Cases in which the reader's agency stands so that it may read who people are. $3: a word with one sign a relation.
SELECT object FROM relation WHERE stakeholder = $1 AND about = $2 AND member = 0
	AND substr($3, CAST(relation + 1 AS INTEGER), 1) = 'Y'
ORDER BY object;

-- name: identity_shown
-- What stands beside a name in a list.
SELECT c.number, p.place, p.capacity, c.area, c.lead FROM person p JOIN casefile c ON c.id = p.kase WHERE p.id = $1;

-- name: identity_lead
SELECT stakeholder FROM relation WHERE about = $1 AND object = $2 AND member = 0 AND relation = $3;

-- name: identity_looked
SELECT seq FROM identity_looked WHERE id = 1;

-- name: identity_looked_set
INSERT INTO identity_looked (id, seq) VALUES (1, $1)
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > identity_looked.seq;

-- name: finding_add
INSERT INTO finding (id, one, two, one_case, two_case, one_lead, two_lead, weight, at, version, one_said, two_said, one_open,
	two_open) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, 0, 0);

-- name: finding_pair
SELECT id, weight, version FROM finding WHERE one = $1 AND two = $2;

-- name: finding_weight
UPDATE finding SET weight = $2 WHERE id = $1;

-- name: finding_get
SELECT * FROM finding WHERE id = $1;

-- name: finding_one_says
UPDATE finding SET one_said = $2, version = version + 1 WHERE id = $1 AND version = $3;

-- name: finding_two_says
UPDATE finding SET two_said = $2, version = version + 1 WHERE id = $1 AND version = $3;

-- name: finding_one_opens
UPDATE finding SET one_open = $2, version = version + 1 WHERE id = $1 AND version = $3;

-- name: finding_two_opens
UPDATE finding SET two_open = $2, version = version + 1 WHERE id = $1 AND version = $3;

-- name: finding_of
-- Those of one person, whatever was answered.
SELECT * FROM finding WHERE one = $1 OR two = $1 ORDER BY weight DESC, id;

-- name: finding_waiting
-- Of cases that agency $1 leads, where its side has not answered; not where it is walled off from the other case ($3: the
-- relation of a wall). Where it leads both, once.
SELECT * FROM finding f WHERE f.one_lead = $1 AND f.one_said = ''
	AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.about = $2 AND r.object = f.two_case AND r.stakeholder = $1
		AND r.relation = $3)
UNION ALL
SELECT * FROM finding f WHERE f.two_lead = $1 AND f.one_lead <> $1 AND f.two_said = ''
	AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.about = $2 AND r.object = f.one_case AND r.stakeholder = $1
		AND r.relation = $3)
ORDER BY 8 DESC, 1 LIMIT $4;
