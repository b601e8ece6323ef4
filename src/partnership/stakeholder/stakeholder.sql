-- The name is the one in the language asked for, else English, else any; each looked up by its key, so that nothing is sorted
-- for a name.

-- name: stakeholder_insert
INSERT INTO stakeholder (id, code, kind, area, above, key_id, phone, listed, active, version, made, sort, search)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 1, $9, $10, $11);

-- name: stakeholder_update
-- Changes nothing when somebody was faster.
UPDATE stakeholder SET phone = $3, listed = $4, active = $5, sort = $6, search = $7, version = version + 1
WHERE id = $1 AND version = $2;

-- name: stakeholder_name_clear
DELETE FROM stakeholder_name WHERE stakeholder = $1;

-- name: stakeholder_name_add
INSERT INTO stakeholder_name (stakeholder, lang, name) VALUES ($1, $2, $3);

-- name: stakeholder_names_of
SELECT lang, name FROM stakeholder_name WHERE stakeholder = $1 ORDER BY lang;

-- name: stakeholder_one
SELECT s.id, s.code, s.kind, s.area, s.above, s.key_id, s.phone, s.listed, s.active, s.version, s.made,
	COALESCE((SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = $2),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = 'en'),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id ORDER BY n.lang LIMIT 1))
FROM stakeholder s WHERE s.id = $1;

-- name: stakeholder_with_code
SELECT id FROM stakeholder WHERE code = $1;

-- name: stakeholder_name_of
SELECT COALESCE((SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = $1 AND n.lang = $2),
	(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = $1 AND n.lang = 'en'),
	(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = $1 ORDER BY n.lang LIMIT 1));

-- name: stakeholder_above_of
SELECT above FROM stakeholder WHERE id = $1;

-- name: stakeholder_of_kind_in
SELECT id FROM stakeholder WHERE kind = $1 AND area = $2 AND active = 1 ORDER BY id;

-- name: stakeholder_of_kind_anywhere
SELECT id FROM stakeholder WHERE kind = $1 AND active = 1 ORDER BY id;

-- name: stakeholder_page
-- One stretch of the directory, by name; areas are compared by the caller, who knows the tree.
SELECT s.id, s.code, s.kind, s.area, s.above, s.key_id, s.phone, s.listed, s.active, s.version, s.made,
	COALESCE((SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = $1),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = 'en'),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id ORDER BY n.lang LIMIT 1)), s.sort
FROM stakeholder s
WHERE s.sort > $2 AND ($3 = '' OR s.kind = $3) AND ($4 = '' OR s.search LIKE '%' || $4 || '%')
	AND s.active >= $5
	AND (s.listed = 1 OR $6 = 1 OR s.id = $7
		OR EXISTS (SELECT 1 FROM stands t WHERE t.below = s.id AND t.above = $7))
ORDER BY s.sort LIMIT $8;

-- name: stakeholder_sort_of
SELECT sort FROM stakeholder WHERE id = $1;

-- name: stakeholder_stands
SELECT 1 FROM stands WHERE below = $1 AND above = $2;

-- name: stakeholder_count_kinds
SELECT s.kind, COUNT(*),
	SUM(CASE WHEN EXISTS (SELECT 1 FROM member m WHERE m.stakeholder = s.id AND m.active = 1) THEN 0 ELSE 1 END)
FROM stakeholder s WHERE s.active = 1 GROUP BY s.kind ORDER BY s.kind;

-- name: stakeholder_without_members
SELECT s.id, s.code, s.kind, s.area, s.above, s.key_id, s.phone, s.listed, s.active, s.version, s.made,
	COALESCE((SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = $1),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id AND n.lang = 'en'),
		(SELECT n.name FROM stakeholder_name n WHERE n.stakeholder = s.id ORDER BY n.lang LIMIT 1))
FROM stakeholder s
WHERE s.active = 1 AND NOT EXISTS (SELECT 1 FROM member m WHERE m.stakeholder = s.id AND m.active = 1)
ORDER BY s.id LIMIT $2;

-- name: member_insert
INSERT INTO member (id, stakeholder, name, posts, active, lang, rights, made) VALUES ($1, $2, $3, $4, 1, $5, 1, $6);

-- name: member_one
SELECT m.id, m.stakeholder, s.key_id, m.name, m.posts, m.active, m.lang, m.rights, m.made
FROM member m JOIN stakeholder s ON s.id = m.stakeholder WHERE m.id = $1;

-- name: member_all
SELECT m.id, m.stakeholder, s.key_id, m.name, m.posts, m.active, m.lang, m.rights, m.made
FROM member m JOIN stakeholder s ON s.id = m.stakeholder WHERE m.stakeholder = $1 ORDER BY m.id LIMIT 500;

-- name: member_holding
SELECT id FROM member WHERE stakeholder = $1 AND active = 1 AND ' ' || posts || ' ' LIKE '% ' || $2 || ' %'
ORDER BY id LIMIT 1;

-- name: member_posts_update
UPDATE member SET posts = $3, rights = rights + 1 WHERE id = $1 AND rights = $2 AND active = 1;

-- name: member_active_update
UPDATE member SET active = $3, rights = rights + 1 WHERE id = $1 AND rights = $2 AND active = 1 - $3;

-- name: member_lang_update
UPDATE member SET lang = $2 WHERE id = $1;
