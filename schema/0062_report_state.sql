-- Reports of a state that they leave again are few, however many there have been (report.sql, report_list_live).
CREATE INDEX report_state ON report (state, id) WHERE state IN ('received', 'acknowledged', 'screened');
