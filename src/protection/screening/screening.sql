-- Statements of the room screening. "SELECT *" gives the columns in the order of schema/0031_screening.sql.

-- name: screening_put
INSERT INTO screening (id, about, object, kase, key_id, stakeholder, member, at, profile, rule, result, suggested, review, decided,
	decided_at, decided_by, answers, why)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, $14, $15);

-- name: screening_settle
-- Once decided it stays so; another look is another row.
UPDATE screening SET decided = $2, decided_at = $3, decided_by = $4, why = $5 WHERE id = $1 AND decided = 0;

-- name: screening_get
SELECT * FROM screening WHERE id = $1 AND about = $2 AND object = $3;

-- name: screening_list
SELECT * FROM screening WHERE about = $1 AND object = $2 ORDER BY id DESC LIMIT 200;
