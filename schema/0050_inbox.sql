-- The home of every member asks the same few things all day; each is answered from an index of its own.
CREATE INDEX report_waiting ON report (receiver, id) WHERE state = 'received';
CREATE INDEX report_written ON report_message (id) WHERE kind = 'reporter';
CREATE INDEX screening_judged ON screening (stakeholder, id) WHERE decided <> 0;
CREATE INDEX duty_published ON duty (owner) WHERE published = 1 AND state < 3;
