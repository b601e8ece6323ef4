-- How the tables of a release are chosen; those of before there was a choice were made by the usual method.
ALTER TABLE giving ADD COLUMN method TEXT NOT NULL DEFAULT 'swift';
