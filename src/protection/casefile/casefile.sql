-- Statements of the room casefile. "SELECT *" gives the columns in the order of schema/0040_casefile.sql (later migrations
-- only add at the end); casefile_read.c names them in that order.

-- name: casefile_get
SELECT * FROM casefile WHERE id = $1;

-- name: casefile_add
INSERT INTO casefile (id, key_id, number, state, lead, area, opened, closed, changed, version, report, report_number,
	exploitation, child, screening, closed_why, sealed_closed, sealed_facts, find, people)
VALUES ($1, $2, $3, 1, $4, $5, $6, 0, $7, 1, $8, $9, $10, $11, $12, '', $13, $14, $15, 0);

-- name: casefile_series_last
SELECT last FROM casefile_series WHERE series = $1;

-- name: casefile_series_set
INSERT INTO casefile_series (series, last) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE SET last = excluded.last;

-- name: casefile_close
UPDATE casefile SET state = 2, closed = $3, changed = $3, version = version + 1, closed_why = $4, sealed_closed = $5
WHERE id = $1 AND version = $2 AND state = 1;

-- name: casefile_reopen
UPDATE casefile SET state = 1, closed = 0, changed = $3, version = version + 1, closed_why = '', sealed_closed = $4
WHERE id = $1 AND version = $2 AND state = 2;

-- name: casefile_touch
UPDATE casefile SET changed = $2 WHERE id = $1;

-- name: casefile_known
-- What adding or changing a person tells about the case as a whole.
UPDATE casefile SET changed = $2, exploitation = $3, child = $4 WHERE id = $1;

-- name: casefile_people_count
UPDATE casefile SET people = $2 WHERE id = $1 AND people = $2 - 1;

-- name: casefile_people_next
SELECT people + 1 FROM casefile WHERE id = $1;

-- name: casefile_screening_set
UPDATE casefile SET changed = $2, screening = $3 WHERE id = $1;

-- name: casefile_list
-- CASE ... IS NOT NULL: PostgreSQL takes such a filter for one that lets everything through, and walks the relations from
-- the newest; filters it thinks it can weigh make it look at all cases first. $10: the relations at which a case may be read. $4 to $9 filter: empty or 0 lets everything through. Areas come as " a b c " with everything below the one asked for.
SELECT c.id, c.key_id, c.number, c.state, c.lead, c.area, c.opened, c.closed, c.changed, c.version, c.report, c.report_number,
	c.exploitation, c.child, c.screening, c.closed_why
FROM relation r JOIN casefile c ON c.id = r.object
WHERE r.stakeholder = $1 AND r.about = $2 AND r.object < $3 AND r.member = 0
	AND CASE WHEN substr($10, CAST(r.relation + 1 AS INTEGER), 1) = 'Y' AND ($4 = 0 OR c.state = $4)
		AND ($5 = '' OR $5 LIKE '% ' || c.area || ' %') AND ($6 = '' OR ' ' || c.exploitation || ' ' LIKE $6)
		AND ($7 = 0 OR c.child = 'yes') AND ($8 = '' OR c.find LIKE $8) THEN 1 END IS NOT NULL
ORDER BY r.object DESC LIMIT $9;

-- name: person_get
SELECT * FROM person WHERE id = $1;

-- name: person_of
SELECT * FROM person WHERE kase = $1 ORDER BY place;

-- name: person_add
INSERT INTO person (id, kase, key_id, place, capacity, child, added, changed, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1);

-- name: person_change
UPDATE person SET capacity = $3, child = $4, changed = $5, version = version + 1 WHERE id = $1 AND version = $2;

-- name: part_put
INSERT INTO part (owner, klass, kase, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner, klass) DO UPDATE SET sealed = excluded.sealed;

-- name: part_drop
DELETE FROM part WHERE owner = $1 AND klass = $2;

-- name: part_owned
SELECT klass, sealed FROM part WHERE owner = $1 ORDER BY klass;

-- name: part_of_people
SELECT t.owner, t.klass, t.sealed FROM part t JOIN person p ON p.id = t.owner WHERE t.kase = $1 ORDER BY t.owner, t.klass;

-- name: record_add
INSERT INTO record (id, kase, person, key_id, form, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: record_of
SELECT id, person, key_id, form, at FROM record WHERE kase = $1 AND ($2 = '' OR form = $2) ORDER BY id;

-- name: record_key
SELECT key_id FROM record WHERE id = $1 AND kase = $2;

-- name: note_add
INSERT INTO note (id, kase, person, key_id, klass, stakeholder, member, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: note_of
-- $3: a word of ten signs, Y where the class may be read.
SELECT id, person, key_id, klass, stakeholder, member, at, sealed FROM note
WHERE kase = $1 AND substr($3, CAST(klass + 1 AS INTEGER), 1) = 'Y' ORDER BY id DESC LIMIT $2;

-- name: note_count
SELECT COUNT(*) FROM note WHERE kase = $1 AND klass = $2;

-- name: note_named
SELECT id, person, key_id, klass, stakeholder, member, at, sealed FROM note WHERE kase = $1 AND person = $2 AND klass = $3
ORDER BY id DESC;

-- name: document_add
INSERT INTO document (id, kase, person, blob, key_id, klass, type, size, hash, sealed, stakeholder, member, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: document_of
SELECT * FROM document WHERE kase = $1 ORDER BY id DESC;

-- name: document_get
SELECT * FROM document WHERE id = $1 AND kase = $2;

-- name: casefile_blob_add
INSERT INTO blob (id, key, size, sealed) VALUES ($1, $2, $3, $4);

-- name: casefile_blob_get
SELECT sealed FROM blob WHERE id = $1;

-- name: happening_add
INSERT INTO happening (seq, kase, what, event, person, klass, at, recorded, stakeholder, other)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: happening_of
SELECT what, event, person, klass, at, recorded, stakeholder, other FROM happening WHERE kase = $1
ORDER BY at DESC, seq DESC LIMIT $2;

-- name: happening_events
SELECT DISTINCT event FROM happening WHERE kase = $1 AND event <> '' ORDER BY event;

-- name: casefile_after
SELECT * FROM casefile WHERE id > $1 ORDER BY id LIMIT $2;
