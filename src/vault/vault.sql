-- name: vault_meta_put
INSERT INTO vault_meta (id, source, salt, operations, memory, master, hub_key, public_key, signing_key)
VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8);

-- name: vault_meta_get
SELECT source, salt, operations, memory, master, hub_key, public_key, signing_key FROM vault_meta WHERE id = 1;

-- name: vault_key_put
INSERT INTO vault_key (id, what, wrapped, made, destroyed) VALUES ($1, $2, $3, $4, 0);

-- name: vault_key_get
SELECT what, wrapped, destroyed FROM vault_key WHERE id = $1;

-- name: vault_key_wipe
UPDATE vault_key SET wrapped = $2, destroyed = $3 WHERE id = $1 AND destroyed = 0;
