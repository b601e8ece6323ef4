-- Whose key was destroyed is asked for four times a second (identity.sql, identity_erased), and they are few.
CREATE INDEX vault_key_destroyed ON vault_key (destroyed) WHERE destroyed <> 0;
CREATE INDEX identity_key ON identity (key_id);
