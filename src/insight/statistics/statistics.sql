-- Statements of the room statistics. What is counted is read here and leaves only as protected counts.

-- name: statistics_last
SELECT COALESCE(MAX(period), 0) FROM figure;

-- name: statistics_first
-- When the first thing happened that is counted.
SELECT COALESCE(MIN(t), 0) FROM (SELECT MIN(received) AS t FROM report UNION ALL SELECT MIN(opened) FROM casefile
	UNION ALL SELECT MIN(added) FROM person) f;

-- name: statistics_kinds
SELECT DISTINCT kind FROM stakeholder ORDER BY kind;

-- name: statistics_put
INSERT INTO figure (id, period, question, made, row_codes, column_codes, cells) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: statistics_get
SELECT id, period, question, made, row_codes, column_codes, cells FROM figure WHERE period = $1 AND question = $2;

-- name: statistics_periods
SELECT DISTINCT period FROM figure ORDER BY period DESC LIMIT $1;

-- name: statistics_reports
SELECT state, area, received FROM report WHERE received >= $1 AND received < $2;

-- name: statistics_cases
SELECT state, area, exploitation, opened FROM casefile
WHERE opened >= $1 AND opened < $2 AND closed_why <> 'duplicate';

-- name: statistics_people
-- The oldest record first: where two are one person, it says what she is counted as.
SELECT p.id, p.kase, p.key_id, p.child, p.added, c.area, c.lead, COALESCE(s.kind, '')
FROM person p JOIN casefile c ON c.id = p.kase LEFT JOIN stakeholder s ON s.id = c.lead
WHERE p.added >= $1 AND p.added < $2 AND p.capacity = 'victim' AND c.closed_why <> 'duplicate' ORDER BY p.added, p.id;

-- name: statistics_same
-- Both sides said that these are one.
SELECT one, two FROM finding WHERE one_said = 'same' AND two_said = 'same' ORDER BY one, two;

-- name: statistics_tie
-- An agency was brought into a case before a moment, or held its report and sent it on.
SELECT 1 FROM happening WHERE kase = $1 AND other = $2 AND recorded <= $3
UNION SELECT 1 FROM casefile c JOIN report_message m ON m.report = c.report
	WHERE c.id = $1 AND c.report <> 0 AND m.kind = 'routed' AND m.stakeholder = $2 AND m.at <= $3;

-- name: statistics_duties
SELECT s.kind, d.state, d.late FROM duty d JOIN stakeholder s ON s.id = d.owner WHERE d.due >= $1 AND d.due < $2;

-- name: statistics_duties_taken
SELECT CASE WHEN MIN(t.at) IS NULL THEN 0 WHEN MIN(t.at) <= d.due THEN 1 ELSE 2 END
FROM duty d JOIN stakeholder s ON s.id = d.owner
LEFT JOIN duty_step t ON t.duty = d.id AND t.what IN ('acknowledged', 'done', 'refused', 'met')
WHERE d.due >= $1 AND d.due < $2 GROUP BY d.id, d.due;

-- name: statistics_hub
-- Once a duty, though it may have climbed again after it was moved.
SELECT s.kind, d.id FROM duty_step t JOIN duty d ON d.id = t.duty JOIN stakeholder s ON s.id = d.owner
WHERE t.rung = 'hub' AND t.at >= $1 AND t.at < $2 AND t.what = 'escalated'
GROUP BY s.kind, d.id;
