-- Who is missed in a report is found like a person of a case. What one may know of her hangs on the report: `kase`, and a
-- finding's `one_case` and `two_case`, then hold the report, and `about` says so (5: a case, 4: a report).
ALTER TABLE identity ADD COLUMN about @int NOT NULL DEFAULT 5;
ALTER TABLE identity ADD COLUMN became @int NOT NULL DEFAULT 0; -- the case that the report became; 0: none, or she is of a case
CREATE INDEX identity_of ON identity (about, kase);

ALTER TABLE finding ADD COLUMN one_about @int NOT NULL DEFAULT 5;
ALTER TABLE finding ADD COLUMN two_about @int NOT NULL DEFAULT 5;
CREATE INDEX finding_one_case ON finding (one_case);
CREATE INDEX finding_two_case ON finding (two_case);
