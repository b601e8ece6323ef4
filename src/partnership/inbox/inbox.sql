-- The overview asks across rooms, and changes nothing.

-- name: inbox_reports
-- Addressed to the agency and not acknowledged: the one that waits longest first.
SELECT id, changed, number FROM report WHERE receiver = $1 AND state = 'received' ORDER BY id LIMIT $2;

-- name: inbox_messages
-- Reports of the agency whose reporter has written last. Looks at the newest $2 messages of the hub; older ones have
-- long become duties that are late.
SELECT r.id, MAX(m.at), r.number
FROM (SELECT id, report, at FROM report_message WHERE kind = 'reporter' ORDER BY id DESC LIMIT $2) m
JOIN report r ON r.id = m.report
WHERE r.receiver = $1 AND r.state NOT IN ('received', 'closed')
	AND NOT EXISTS (SELECT 1 FROM report_message a WHERE a.report = m.report AND a.id > m.id AND a.kind = 'answer')
GROUP BY r.id, r.number ORDER BY MAX(m.at), r.id LIMIT $3;

-- name: inbox_screenings
-- Reports the agency judged, and another agency judged otherwise since; the agency has not looked again.
SELECT r.id, MAX(o.decided_at), r.number
FROM (SELECT id, object, stakeholder, decided FROM screening WHERE stakeholder = $1 AND decided <> 0 AND about = $2
	ORDER BY id DESC LIMIT 100) s
JOIN screening o ON o.about = $2 AND o.object = s.object AND o.id > s.id
JOIN report r ON r.id = s.object
WHERE o.stakeholder <> s.stakeholder AND o.decided <> 0 AND o.decided <> s.decided AND r.state <> 'closed'
	AND NOT EXISTS (SELECT 1 FROM screening n WHERE n.about = $2 AND n.object = s.object AND n.stakeholder = $1
		AND n.id > s.id AND n.decided <> 0)
GROUP BY r.id, r.number ORDER BY MAX(o.decided_at), r.id LIMIT $3;

-- name: inbox_people
-- The same for people in cases that are open and that the agency still stands in a relation to which lets people be read ($5).
SELECT k.id, MAX(o.decided_at), k.number, s.object
FROM (SELECT id, object, kase, stakeholder, decided FROM screening WHERE stakeholder = $1 AND decided <> 0 AND about = $2
	ORDER BY id DESC LIMIT 100) s
JOIN screening o ON o.about = $2 AND o.object = s.object AND o.id > s.id
JOIN casefile k ON k.id = s.kase
JOIN relation m ON m.about = $4 AND m.object = k.id AND m.stakeholder = $1 AND m.member = 0
WHERE o.stakeholder <> s.stakeholder AND o.decided <> 0 AND o.decided <> s.decided AND k.state = $6
	AND substr($5, CAST(m.relation + 1 AS INTEGER), 1) = 'Y'
	AND NOT EXISTS (SELECT 1 FROM screening n WHERE n.about = $2 AND n.object = s.object AND n.stakeholder = $1
		AND n.id > s.id AND n.decided <> 0)
GROUP BY k.id, s.object, k.number ORDER BY MAX(o.decided_at), k.id, s.object LIMIT $3;

-- name: inbox_changes
-- What others' entries are worth telling. Notes, documents and forms are not: that there is one may already say too much
-- to who may not open it. Looks at the last $4 of them and keeps what the agency stands in a relation to; CROSS JOIN makes
-- SQLite begin there: an agency may have relations to a hundred thousand things. $5, $8: the relations at which a report
-- and a case may be read, as in report_list; whatever else an entry is about is not told.
SELECT e.seq, e.time, e.about, e.about_id, e.stakeholder, e.kind, COALESCE(p.number, k.number, '')
FROM entry e CROSS JOIN relation r
LEFT JOIN report p ON e.about = $3 AND p.id = e.about_id
LEFT JOIN casefile k ON e.about = $7 AND k.id = e.about_id
WHERE e.kind IN ('report.received', 'report.message', 'report.acknowledged', 'report.routed', 'report.case_opened', 'report.closed',
		'screening.decided', 'case.opened', 'case.closed', 'case.reopened', 'case.joined', 'case.event',
		'duty.done', 'duty.refused', 'duty.waived', 'duty.escalated')
	AND e.seq > COALESCE((SELECT seq FROM entry
		WHERE kind IN ('report.received', 'report.message', 'report.acknowledged', 'report.routed', 'report.case_opened', 'report.closed',
			'screening.decided', 'case.opened', 'case.closed', 'case.reopened', 'case.joined', 'case.event',
			'duty.done', 'duty.refused', 'duty.waived', 'duty.escalated')
		ORDER BY seq DESC LIMIT 1 OFFSET $4), 0)
	AND e.time > $2 AND e.stakeholder <> $1
	AND r.about = e.about AND r.object = e.about_id AND r.stakeholder = $1 AND r.member = 0
	AND CASE WHEN substr(CASE e.about WHEN $3 THEN $5 WHEN $7 THEN $8 ELSE '' END, CAST(r.relation + 1 AS INTEGER), 1) = 'Y'
		THEN 1 END IS NOT NULL
ORDER BY e.seq DESC LIMIT $6;
