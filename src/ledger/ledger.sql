-- name: ledger_state_get
SELECT size, frontier, root, origin FROM ledger_state WHERE id = 1;

-- name: ledger_state_put
INSERT INTO ledger_state (id, size, frontier, root, origin) VALUES (1, $1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET size = excluded.size, frontier = excluded.frontier, root = excluded.root,
	origin = excluded.origin;

-- name: ledger_entry_add
INSERT INTO entry (seq, time, actor, stakeholder, about, about_id, kind, key, body, leaf, mark)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: ledger_entries
SELECT seq, time, actor, stakeholder, about, about_id, kind, key, body, leaf, mark FROM entry ORDER BY seq;

-- name: ledger_entries_about
SELECT seq, time, actor, stakeholder, about, about_id, kind, key, body, leaf, mark FROM entry
WHERE about = $1 AND about_id = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4;

-- name: ledger_entries_gone
SELECT COUNT(*) FROM entry WHERE key IN (SELECT id FROM vault_key WHERE destroyed <> 0);

-- name: ledger_head_put
INSERT INTO ledger_head (size, time, text) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING;

-- name: ledger_head_last
SELECT text FROM ledger_head ORDER BY size DESC LIMIT 1;
