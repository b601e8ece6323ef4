-- name: serve_once_get
SELECT location FROM served_once WHERE token = $1;

-- name: serve_once_add
INSERT INTO served_once (token, at, location) VALUES ($1, $2, $3);

-- name: serve_once_purge
DELETE FROM served_once WHERE at < $1;
