-- Enduring, not rebuilt: who can sign in, and who is signed in.

-- name: account_get
SELECT a.member, a.password FROM account a WHERE a.login = $1;

-- name: account_of_member
SELECT login, password FROM account WHERE member = $1;

-- name: account_insert
INSERT INTO account (member, login, password, made, changed) VALUES ($1, $2, $3, $4, $4);

-- name: account_update
UPDATE account SET login = $2, password = $3, changed = $4 WHERE member = $1;

-- name: account_standing
-- Who may sign in at all: an active member of an active agency.
SELECT s.key_id, m.rights, m.active * s.active FROM member m JOIN stakeholder s ON s.id = m.stakeholder WHERE m.id = $1;

-- name: account_try_get
SELECT COALESCE(SUM(tries), 0) FROM account_try WHERE who = $1 AND since >= $2;

-- name: account_try_add
INSERT INTO account_try (who, since, tries) VALUES ($1, $2, 1)
ON CONFLICT (who, since) DO UPDATE SET tries = account_try.tries + 1;

-- name: account_try_clear
DELETE FROM account_try WHERE who = $1;

-- name: account_try_forget
DELETE FROM account_try WHERE since < $1;

-- name: account_setup_insert
INSERT INTO account_setup (token, member, ends) VALUES ($1, $2, $3);

-- name: account_setup_clear
DELETE FROM account_setup WHERE member = $1;

-- name: account_setup_one
SELECT u.member, m.active * s.active, (SELECT COUNT(*) FROM account a WHERE a.member = u.member)
FROM account_setup u JOIN member m ON m.id = u.member JOIN stakeholder s ON s.id = m.stakeholder
WHERE u.token = $1 AND u.ends > $2;

-- name: account_setup_take
-- The link is good once: whoever deletes the row has used it.
DELETE FROM account_setup WHERE token = $1 AND ends > $2;

-- name: account_setup_forget
DELETE FROM account_setup WHERE ends <= $1;

-- name: account_session_insert
INSERT INTO account_session (id, token, member, rights, made, used, ended) VALUES ($1, $2, $3, $4, $5, $5, 0);

-- name: account_session_who
-- One question answers a request's first one: who is this, of which agency, in which posts.
SELECT se.id, se.made, se.used, m.id, m.name, m.posts, m.lang, s.id, s.key_id,
	COALESCE((SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = m.lang),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = 'en'),
		(SELECT MIN(n.name) FROM stakeholder_name n WHERE n.stakeholder = s.id))
FROM account_session se JOIN member m ON m.id = se.member JOIN stakeholder s ON s.id = m.stakeholder
WHERE se.token = $1 AND se.ended = 0 AND se.rights = m.rights AND m.active = 1 AND s.active = 1;

-- name: account_session_use
UPDATE account_session SET used = $2 WHERE token = $1 AND ended = 0 AND used <= $3;

-- name: account_session_device
-- Whether this token, living or dead, was made for this member not too long ago.
SELECT 1 FROM account_session WHERE token = $1 AND member = $2 AND made > $3;

-- name: account_session_was
SELECT member FROM account_session WHERE token = $1;

-- name: account_session_member
SELECT se.member, s.key_id FROM account_session se JOIN member m ON m.id = se.member JOIN stakeholder s ON s.id = m.stakeholder
WHERE se.token = $1 AND se.ended = 0;

-- name: account_session_end
UPDATE account_session SET ended = $2 WHERE token = $1 AND ended = 0;

-- name: account_session_end_one
UPDATE account_session SET ended = $3 WHERE id = $1 AND member = $2 AND ended = 0;

-- name: account_session_end_others
UPDATE account_session SET ended = $3 WHERE member = $1 AND token <> $2 AND ended = 0;

-- name: account_session_list
SELECT se.id, se.made, se.used FROM account_session se JOIN member m ON m.id = se.member AND m.rights = se.rights
WHERE se.member = $1 AND se.ended = 0 AND se.used > $2 AND se.made > $3 ORDER BY se.used DESC, se.id DESC LIMIT 50;

-- name: account_session_before
SELECT COALESCE(MAX(used), 0) FROM account_session WHERE member = $1 AND id < $2;

-- name: account_session_forget
DELETE FROM account_session WHERE made < $1;
