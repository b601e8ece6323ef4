-- Statements of the room report. "SELECT *" gives the columns in the order of schema/0030_report.sql; report_read.c names them.

-- name: report_get
SELECT * FROM report WHERE id = $1;

-- name: report_by_locator
SELECT * FROM report WHERE locator = $1;

-- name: report_number_taken
SELECT 1 FROM report WHERE number = $1;

-- name: report_put
INSERT INTO report (id, key_id, number, state, channel, about, area, receiver, received, changed, version, kase, closed_why,
	locator, salt, secret, told)
VALUES ($1, $2, $3, 'received', $4, $5, $6, $7, $8, $8, 1, 0, '', $9, $10, $11, $12);

-- name: report_move
-- Nothing happens when somebody was faster.
UPDATE report SET state = $4, receiver = $5, kase = $6, closed_why = $7, changed = $8, version = version + 1
WHERE id = $1 AND version = $2 AND state = $3;

-- name: report_message_put
INSERT INTO report_message (id, report, at, kind, member, stakeholder, said) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: report_messages
SELECT id, at, kind, member, stakeholder, said FROM report_message WHERE report = $1 ORDER BY id;

-- name: report_file_put
INSERT INTO report_file (id, report, message, at, type, size, mark, name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: report_files
SELECT id, message, at, type, size, name FROM report_file WHERE report = $1 ORDER BY id;

-- name: report_file_get
SELECT f.id, f.message, f.at, f.type, f.size, f.name, f.mark, b.sealed
FROM report_file f JOIN blob b ON b.id = f.id WHERE f.id = $1 AND f.report = $2;

-- name: report_blob_put
INSERT INTO blob (id, key, size, sealed) VALUES ($1, $2, $3, $4);

-- name: report_once_take
INSERT INTO report_once (token, made, sealed) VALUES ($1, $2, $3) ON CONFLICT (token) DO NOTHING;

-- name: report_once_kept
SELECT sealed FROM report_once WHERE token = $1;

-- name: report_once_forget
DELETE FROM report_once WHERE made < $1;

-- name: report_once_old
SELECT 1 FROM report_once WHERE made < $1 LIMIT 1;

-- name: report_unheld
-- Nobody holds it, or an agency that works no more has never acknowledged it.
SELECT id FROM (SELECT id FROM report WHERE receiver = 0 AND state IN ('received', 'acknowledged', 'screened')
	UNION ALL SELECT r.id FROM stakeholder s JOIN report r ON r.receiver = s.id AND r.state = 'received' WHERE s.active = 0) u
WHERE id > $1 ORDER BY id LIMIT $2;

-- name: report_unheld_counts
-- Where an agency is walled off, it learns that there is one, and not where.
SELECT CASE WHEN m.relation = $2 THEN '' ELSE r.area END AS place, COUNT(*), MIN(r.received)
FROM report r LEFT JOIN relation m ON m.about = $3 AND m.object = r.id AND m.stakeholder = $1 AND m.member = 0
WHERE r.receiver = 0 AND r.state IN ('received', 'acknowledged', 'screened')
GROUP BY place ORDER BY MIN(r.received), place;

-- name: report_list_live
-- As report_list, of one state that reports leave again: the few that are in it come first (the list of
-- states is that of the index report_state), then what the agency is to each.
SELECT r.* FROM report r CROSS JOIN relation m
WHERE r.state = $3 AND r.state IN ('received', 'acknowledged', 'screened') AND r.id < $2
	AND m.about = $7 AND m.object = r.id AND m.stakeholder = $1 AND m.member = 0
	AND CASE WHEN substr($6, CAST(m.relation + 1 AS INTEGER), 1) = 'Y' AND ($4 = '' OR r.about = $4)
		AND ($5 = 0 OR r.changed < $5) THEN 1 END IS NOT NULL
ORDER BY r.id DESC LIMIT $8;

-- name: report_list
-- CASE: see casefile_list. Those the agency has a relation to at which a report may be read ($6). $3 state, $4 about: empty for any. $5: not acknowledged since.
SELECT r.* FROM relation m JOIN report r ON r.id = m.object
WHERE m.stakeholder = $1 AND m.about = $7 AND m.object < $2 AND m.member = 0
	AND CASE WHEN substr($6, CAST(m.relation + 1 AS INTEGER), 1) = 'Y' AND ($3 = '' OR r.state = $3) AND ($4 = '' OR r.about = $4)
		AND ($5 = 0 OR (r.state = 'received' AND r.changed < $5)) THEN 1 END IS NOT NULL
ORDER BY m.object DESC LIMIT $8;
