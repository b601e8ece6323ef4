-- Statements of the room duty. "SELECT *" gives the columns in the order of schema/0020_duty.sql (later migrations only add
-- at the end); duty_read.c names them in that order.

-- name: duty_get
SELECT * FROM duty WHERE id = $1;

-- name: duty_add
INSERT INTO duty (id, rule, event, about, object, report, kase, person, occurrence, key_id, number, area, owner, lead, receiver,
	unassigned_kind, facts, at, due, warn_at, next_at, state, version, closed, late, rungs, warned, published, travel_hours,
	waiver_by, waiver_declined, met_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, '');

-- name: duty_change
-- Everything about a duty that may change, at once. A closed duty never changes.
UPDATE duty SET version = version + $3, owner = $4, occurrence = $5, at = $6, due = $7, warn_at = $8, next_at = $9, state = $10,
	closed = $11, late = $12, rungs = $13, warned = $14, published = $15, travel_hours = $16, waiver_by = $17,
	waiver_declined = $18, met_by = $19, unassigned_kind = $20
WHERE id = $1 AND version = $2 AND state < 3;

-- name: duty_step_add
INSERT INTO duty_step (id, duty, seq, what, rung, at, did, hours, stakeholder, member, to_agency, waiting, said, reference)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: duty_step_settle
UPDATE duty_step SET waiting = 0 WHERE duty = $1 AND waiting = 1;

-- name: duty_steps
SELECT id, what, rung, at, did, hours, stakeholder, member, to_agency, said, reference FROM duty_step WHERE duty = $1 ORDER BY seq;

-- name: duty_told
-- The same happening is known by its id, or by the moment it happened.
SELECT * FROM duty WHERE about = $1 AND object = $2 AND rule = $3 AND person = $4 AND (occurrence = $5 OR at = $6) ORDER BY id LIMIT 1;

-- name: duty_live_elsewhere
SELECT * FROM duty WHERE about = $1 AND object = $2 AND rule = $3 AND person = $4 AND owner <> $5 AND state < 3 ORDER BY id LIMIT 1;

-- name: duty_live_of
-- Live duties of a matter and a person (0: of the matter as a whole).
SELECT * FROM duty WHERE about = $1 AND object = $2 AND person = $3 AND state < 3 ORDER BY id;

-- name: duty_due_steps
SELECT * FROM duty WHERE next_at <= $1 AND (next_at > $2 OR (next_at = $2 AND id > $3)) ORDER BY next_at, id LIMIT $4;

-- name: duty_owed
SELECT * FROM duty WHERE owner = $1 AND state < 3 ORDER BY due, id LIMIT $2;

-- name: duty_count
-- How many are owed, late ($2: now) and due before $3, each counted to $4 and no further: nobody works otherwise because
-- it is 30,000. Every due is above zero; to say so makes SQLite count in the index of what is owed, without looking at the duties.
SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM duty WHERE owner = $1 AND state < 3 AND due > 0 LIMIT $4) a),
	(SELECT COUNT(*) FROM (SELECT 1 FROM duty WHERE owner = $1 AND state < 3 AND due > 0 AND due < $2 LIMIT $4) b),
	(SELECT COUNT(*) FROM (SELECT 1 FROM duty WHERE owner = $1 AND state < 3 AND due >= $2 AND due < $3 LIMIT $4) c);

-- name: duty_escalated_to
SELECT * FROM duty WHERE id IN (SELECT duty FROM duty_step WHERE to_agency = $1 AND waiting = 1) AND state < 3
ORDER BY due, id LIMIT $2;

-- name: duty_waivers
-- Asked for in this agency or in one it stands above: who may agree is decided by policy when it is opened.
-- CROSS JOIN makes SQLite begin at the few that are asked for: an agency may have relations to a hundred thousand things.
SELECT duty.* FROM duty CROSS JOIN relation
WHERE relation.about = $2 AND relation.object = duty.id AND relation.stakeholder = $1
	AND duty.waiver_by <> 0 AND duty.state < 3 AND relation.member = 0 AND relation.relation IN ($3, $4)
ORDER BY duty.due, duty.id LIMIT $5;

-- name: duty_of
SELECT * FROM duty WHERE about = $1 AND object = $2
ORDER BY CASE WHEN state < 3 THEN 0 ELSE 1 END, CASE WHEN state < 3 THEN due ELSE -closed END, id LIMIT $3;

-- name: duty_list
SELECT * FROM duty WHERE owner = $1 AND id < $2 AND (state = $3 OR ($3 = 0 AND state < 3))
	AND (event = $4 OR $4 = '') AND (late > 0 OR (due < $5 AND state < 3) OR $6 = 0)
ORDER BY id DESC LIMIT $7;

-- name: duty_published_counts
SELECT COUNT(*), COUNT(CASE WHEN due < $1 THEN 1 END), COUNT(CASE WHEN due < $1 AND published = 1 THEN 1 END),
	COUNT(CASE WHEN unassigned_kind <> '' THEN 1 END)
FROM duty WHERE state < 3;
