-- Reports that no agency may receive are few, and asked for at every tick (report.sql, report_unheld).
CREATE INDEX report_nobody ON report (id) WHERE receiver = 0;
