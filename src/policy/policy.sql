-- name: policy_relations_of
SELECT member, relation, basis FROM relation WHERE about = $1 AND object = $2 AND stakeholder = $3;

-- name: policy_relation_get
SELECT relation FROM relation WHERE about = $1 AND object = $2 AND stakeholder = $3 AND member = $4;

-- name: policy_relation_put
-- The stronger stays: a wall ($8) beats all, else the smaller number is the stronger.
INSERT INTO relation (about, object, stakeholder, member, relation, basis, since) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (about, object, stakeholder, member) DO UPDATE
SET relation = excluded.relation, basis = excluded.basis, since = excluded.since
WHERE relation.relation <> $8 AND (excluded.relation = $8 OR excluded.relation < relation.relation);

-- name: policy_relation_above
-- The same for everybody who stands above one of these.
INSERT INTO relation (about, object, stakeholder, member, relation, basis, since)
SELECT $1, $2, above, 0, $4, $5, $6 FROM stands WHERE below = $3
ON CONFLICT (about, object, stakeholder, member) DO UPDATE
SET relation = excluded.relation, basis = excluded.basis, since = excluded.since
WHERE relation.relation <> $7 AND excluded.relation < relation.relation;

-- name: policy_relation_remove
-- A wall is never lifted.
DELETE FROM relation WHERE about = $1 AND object = $2 AND stakeholder = $3 AND relation <> $4;

-- name: policy_related
SELECT stakeholder, member, relation, basis, since FROM relation WHERE about = $1 AND object = $2
ORDER BY relation, since, stakeholder, member;

-- name: policy_above
SELECT above, distance FROM stands WHERE below = $1 ORDER BY distance, above;

-- name: policy_stands_clear
DELETE FROM stands WHERE below = $1;

-- name: policy_stands_add
INSERT INTO stands (below, above, distance) VALUES ($1, $2, $3);
