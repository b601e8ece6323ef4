-- Statements of the room identity.

-- name: identity_put
INSERT INTO identity (person, kase, key_id, suspect, first, seq, sealed, about, became) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, 0)
ON CONFLICT (person) DO UPDATE SET suspect = excluded.suspect, seq = excluded.seq, sealed = excluded.sealed;

-- name: identity_since
-- With their keys, of which one each would be asked for otherwise.
SELECT i.person, i.kase, i.key_id, i.suspect, i.first, i.seq, i.sealed, i.about, i.became, k.what, k.wrapped
FROM (SELECT * FROM identity WHERE seq > $1 ORDER BY seq LIMIT $2) i JOIN vault_key k ON k.id = i.key_id ORDER BY i.seq;

-- name: identity_opened
-- A few of them, with their keys.
SELECT i.person, i.kase, i.key_id, i.suspect, i.first, i.seq, i.sealed, i.about, i.became, k.what, k.wrapped
FROM identity i JOIN vault_key k ON k.id = i.key_id WHERE i.person IN (
	$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
	$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50);

-- name: identity_erased
-- Whose keys were destroyed since. SQLite keeps the order of a cross join: the few keys first, never all people.
SELECT i.person FROM vault_key k CROSS JOIN identity i WHERE i.key_id = k.id AND k.destroyed <> 0 AND k.destroyed > $1;

-- name: identity_get
SELECT person, kase, key_id, suspect, first, seq, sealed, about, became FROM identity WHERE person = $1;

-- name: identity_newest
-- A sample to count from: those who came last.
SELECT i.person, i.kase, i.key_id, i.suspect, i.first, i.seq, i.sealed, i.about, i.became, k.what, k.wrapped
FROM (SELECT * FROM identity ORDER BY seq DESC LIMIT $1) i JOIN vault_key k ON k.id = i.key_id ORDER BY i.seq DESC;

-- name: identity_last
SELECT COALESCE(MAX(seq), 0) FROM identity;

-- name: identity_of
-- Who is missed in a report.
SELECT person FROM identity WHERE about = $1 AND kase = $2;

-- name: identity_became
UPDATE identity SET became = $3 WHERE about = $1 AND kase = $2;

-- name: identity_seen
-- Where the reader's agency stands.
SELECT object, relation FROM relation WHERE stakeholder = $1 AND about = $2 AND member = 0 ORDER BY object LIMIT $3;

-- name: identity_seen_of
-- The same for a few of them.
SELECT about, object, relation FROM relation WHERE stakeholder = $1 AND about IN ($2, $3) AND member = 0 AND object IN (
	$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28,
	$29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53);

-- name: identity_case_shown
-- What stands beside a name in a list.
SELECT number, area FROM casefile WHERE id = $1;

-- name: identity_report_shown
SELECT number, area FROM report WHERE id = $1;

-- name: identity_lead
SELECT stakeholder FROM relation WHERE about = $1 AND object = $2 AND member = 0 AND relation = $3;

-- name: identity_looked
SELECT seq FROM identity_looked WHERE id = 1;

-- name: identity_looked_set
INSERT INTO identity_looked (id, seq) VALUES (1, $1)
ON CONFLICT (id) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > identity_looked.seq;

-- name: finding_add
INSERT INTO finding (id, one, two, one_about, two_about, one_case, two_case, one_lead, two_lead, weight, at, version,
	one_said, two_said, one_open, two_open) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12, 0, 0);

-- name: finding_pair
SELECT id, weight, version FROM finding WHERE one = $1 AND two = $2;

-- name: finding_said
SELECT one, one_said, two_said FROM finding WHERE one = $1 AND two = $2;

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

-- name: finding_one_moves
-- Another agency has the matter now. That its forerunner agreed to be known does not bind it.
UPDATE finding SET one_lead = $3, one_open = 0, version = version + 1 WHERE one_about = $1 AND one_case = $2;

-- name: finding_two_moves
UPDATE finding SET two_lead = $3, two_open = 0, version = version + 1 WHERE two_about = $1 AND two_case = $2;

-- name: finding_of
-- Those of one person, whatever was answered.
SELECT * FROM finding WHERE one = $1 OR two = $1 ORDER BY weight DESC, id;

-- name: finding_waiting
-- Of what agency $1 leads, where its side has not answered; not where it, or one that it stands under, is walled off from
-- the other side ($2: the relation of a wall). Where it leads both, once.
SELECT * FROM finding f WHERE f.one_lead = $1 AND f.one_said = ''
	AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.about = f.two_about AND r.object = f.two_case AND r.relation = $2
		AND (r.stakeholder = $1 OR r.stakeholder IN (SELECT s.above FROM stands s WHERE s.below = $1)))
UNION ALL
SELECT * FROM finding f WHERE f.two_lead = $1 AND f.one_lead <> $1 AND f.two_said = ''
	AND NOT EXISTS (SELECT 1 FROM relation r WHERE r.about = f.one_about AND r.object = f.one_case AND r.relation = $2
		AND (r.stakeholder = $1 OR r.stakeholder IN (SELECT s.above FROM stands s WHERE s.below = $1)))
ORDER BY 8 DESC, 1 LIMIT $3;
