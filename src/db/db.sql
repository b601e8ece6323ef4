-- What has been applied to this database. Made by the migrator itself, before the first migration.
-- name: db_migration_table
CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL);

-- name: db_migration_list
SELECT number, name, checksum FROM schema_migration ORDER BY number;

-- name: db_migration_add
INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3);
