-- name: policy_relations_of
SELECT member, relation, basis FROM relation WHERE about = $1 AND object = $2 AND stakeholder = $3;

-- name: policy_relation_get
SELECT relation FROM relation WHERE about = $1 AND object = $2 AND stakeholder = $3 AND member = $4;

-- name: policy_relation_add
INSERT INTO relation (about, object, stakeholder, member, relation, basis, since) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: policy_relation_set
UPDATE relation SET relation = $5, basis = $6, since = $7 WHERE about = $1 AND object = $2 AND stakeholder = $3 AND member = $4;

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
