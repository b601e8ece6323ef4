-- What agencies owe, by when. A projection of the ledger's duty.* entries.
CREATE TABLE duty (
	id              @int PRIMARY KEY,
	rule            TEXT NOT NULL, -- id of the playbook row
	event           TEXT NOT NULL, -- what happened
	about           @int NOT NULL, -- the case, or the report: kind of thing, and which
	object          @int NOT NULL,
	report          @int NOT NULL, -- 0: none
	kase            @int NOT NULL, -- 0: none
	person          @int NOT NULL, -- 0: the matter as a whole
	occurrence      @int NOT NULL, -- which happening of the event; 0: it counts once
	key_id          @int NOT NULL,
	number          TEXT NOT NULL,
	area            TEXT NOT NULL,
	owner           @int NOT NULL, -- 0: nobody may have it
	lead            @int NOT NULL,
	receiver        @int NOT NULL,
	unassigned_kind TEXT NOT NULL, -- empty: the right kind of agency owes it
	facts           @bytes NOT NULL, -- sealed
	at              @int NOT NULL, -- when it happened
	due             @int NOT NULL, -- 253402300799 (end of 9999): no clock
	warn_at         @int NOT NULL, -- 0: no warning
	next_at         @int,          -- the next warning or rung; NULL: nothing more will happen by itself
	state           @int NOT NULL, -- 1 open, 2 acknowledged, 3 done, 4 refused, 5 waived
	version         @int NOT NULL,
	closed          @int NOT NULL, -- 0: live
	late            @int NOT NULL, -- seconds past due when it was closed
	rungs           @int NOT NULL, -- how many it has climbed
	warned          @int NOT NULL,
	published       @int NOT NULL, -- it has reached the hub's count
	travel_hours    @int NOT NULL,
	waiver_by       @int NOT NULL, -- member who asks; 0: nobody
	waiver_declined @int NOT NULL,
	met_by          TEXT NOT NULL  -- event that closed it, when not by hand
) @strict;
CREATE UNIQUE INDEX duty_once ON duty (about, object, rule, person, occurrence);
CREATE INDEX duty_owed ON duty (owner, due, id) WHERE state < 3;
CREATE INDEX duty_mine ON duty (owner, id);
CREATE INDEX duty_next ON duty (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX duty_waiver ON duty (owner, due) WHERE waiver_by <> 0;

-- What was done with a duty, one row an entry of the ledger.
CREATE TABLE duty_step (
	id          @int PRIMARY KEY,
	duty        @int NOT NULL,
	seq         @int NOT NULL, -- of the entry: the order
	what        TEXT NOT NULL, -- raised acknowledged warned escalated moved travel waiver_asked waiver_declined waived done refused met
	rung        TEXT NOT NULL, -- escalated: supervisor up hub
	at          @int NOT NULL,
	did         @int NOT NULL, -- done: when it was done; escalated: when the rung fell due
	hours       @int NOT NULL, -- travel: how many
	stakeholder @int NOT NULL, -- who did it; 0: the program
	member      @int NOT NULL,
	to_agency   @int NOT NULL, -- escalated, moved: where to; 0: within the agency
	waiting     @int NOT NULL, -- escalated to another agency, and not closed since
	said        @bytes,        -- sealed: evidence, reason
	reference   @bytes         -- sealed: number of a document
) @strict;
CREATE INDEX duty_step_of ON duty_step (duty, seq);
CREATE INDEX duty_step_waiting ON duty_step (to_agency, duty) WHERE waiting = 1;
