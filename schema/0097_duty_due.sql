-- The duties of a quarter are read once in it; to look at all of them takes as long as to find them by this index, which every
-- duty paid for (docs/statistics.md).
DROP INDEX duty_due;
