-- What others' entries are worth telling (inbox.sql, inbox_changes), found from the end of the ledger without those that
-- are not. Both engines use it only where the statement names the same kinds.
CREATE INDEX entry_told ON entry (seq) WHERE kind IN ('report.received', 'report.message', 'report.acknowledged', 'report.routed', 'report.case_opened', 'report.closed',
	'screening.decided', 'case.opened', 'case.closed', 'case.reopened', 'case.joined', 'case.event',
	'duty.done', 'duty.refused', 'duty.waived', 'duty.escalated');
