-- Counts of closed quarters as they were made once, protected: what may be shown and nothing else. A projection of the
-- ledger's figure.counted entries.
CREATE TABLE figure (
	id           @int PRIMARY KEY,
	period       @int NOT NULL, -- year * 4 + quarter, from 0
	question     TEXT NOT NULL,
	made         @int NOT NULL,
	row_codes    TEXT NOT NULL, -- codes, one space between
	column_codes TEXT NOT NULL,
	cells        TEXT NOT NULL  -- row by row with sums, the last row sums: a number, or - for what is not shown
) @strict;
CREATE UNIQUE INDEX figure_of ON figure (period, question);

-- What came in a quarter, and when the first did.
CREATE INDEX report_received ON report (received);
CREATE INDEX casefile_opened ON casefile (opened);
CREATE INDEX person_added ON person (added);
CREATE INDEX duty_due ON duty (due);
CREATE INDEX duty_step_rung ON duty_step (rung, at);
