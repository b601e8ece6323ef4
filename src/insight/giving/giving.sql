-- Statements of the room giving.

-- name: giving_add
INSERT INTO giving (id, state, member, stakeholder, at, changed, epsilon, rho, codebook, named, purpose, why, entry, spent, head,
	people, half, method) VALUES ($1, 1, $2, $3, $4, $4, $5, $6, $7, $8, $9, '', 0, 0, $10, 0, 0, $11);

-- name: giving_get
SELECT id, state, member, stakeholder, at, changed, epsilon, rho, codebook, named, purpose, why, entry, spent, head, people, half, method
FROM giving WHERE id = $1;

-- name: giving_list
SELECT id, state, member, stakeholder, at, changed, epsilon, rho, codebook, named, purpose, why, entry, spent, head, people, half, method
FROM giving ORDER BY id DESC LIMIT $1;

-- name: giving_of_state
SELECT id FROM giving WHERE state = $1 ORDER BY id LIMIT $2;

-- name: giving_becomes
UPDATE giving SET state = $2, changed = $3, why = $4 WHERE id = $1 AND state = $5;

-- name: giving_debit
UPDATE giving SET state = 3, changed = $2, entry = $3, spent = $4, head = $5 WHERE id = $1 AND state = 2;

-- name: giving_made
UPDATE giving SET state = 4, changed = $2, people = $3, half = $4 WHERE id = $1 AND state = 3;

-- name: giving_total
-- What the hub's ledger knows of the privacy ledger.
SELECT COUNT(*), CAST(COALESCE(SUM(rho), 0) AS BIGINT), COALESCE(MAX(entry), 0) FROM giving WHERE entry > 0;

-- name: giving_head
SELECT head FROM giving WHERE entry = $1;

-- name: giving_answer_add
INSERT INTO giving_answer (giving, stakeholder, member, at, yes) VALUES ($1, $2, $3, $4, $5);

-- name: giving_answers
SELECT stakeholder, member, at, yes FROM giving_answer WHERE giving = $1 ORDER BY at, stakeholder;

-- name: giving_file_add
INSERT INTO giving_file (giving, name, size, hash, blob) VALUES ($1, $2, $3, $4, $5);

-- name: giving_file_get
SELECT f.blob, b.sealed FROM giving_file f JOIN blob b ON b.id = f.blob WHERE f.giving = $1 AND f.name = $2;

-- name: giving_files
SELECT blob, name, size FROM giving_file WHERE giving = $1 ORDER BY name;

-- name: giving_blob_add
INSERT INTO blob (id, key, size, sealed) VALUES ($1, $2, $3, $4);

-- name: giving_people
-- The oldest record first: where several are one person, it is the one that counts.
SELECT p.id, p.kase, p.key_id, p.child, p.added, c.area FROM person p JOIN casefile c ON c.id = p.kase
WHERE p.capacity = 'victim' AND c.closed_why <> 'duplicate' ORDER BY p.added, p.id;
