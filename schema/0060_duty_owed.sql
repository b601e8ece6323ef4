-- With the state in it, what an agency owes is counted in this index alone.
DROP INDEX duty_owed;
CREATE INDEX duty_owed ON duty (owner, due, id, state) WHERE state < 3;
