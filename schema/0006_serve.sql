-- Forms already taken, so that one sent twice is answered like the first time and does nothing twice. Kept for a day.
-- enduring
CREATE TABLE served_once (
	token    @bytes PRIMARY KEY, -- keyed fingerprint of the form's token and the member
	at       @int NOT NULL,
	location TEXT NOT NULL
) @strict;
CREATE INDEX served_once_at ON served_once (at);
