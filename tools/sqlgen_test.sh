#!/bin/sh
# What is wrong in SQL is refused, with its file and line. sqlgen_test.sh SQLGEN
# shellcheck disable=SC2016  # $1 in SQL is meant as it stands
sqlgen=$(realpath "$1")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/out" "$dir/src/room" "$dir/src/other" "$dir/schema"
# A generator ends at once and leaves its memory to the system.
export ASAN_OPTIONS=detect_leaks=0
cd "$dir" || exit 1
cases=0
bad=0

wrong() {
	bad=$((bad + 1))
	echo "WRONG: $1"
	cat err
}
# refused WHAT FILE 'text' 'place: said': the generator fails, names the place and says it
refused() {
	cases=$((cases + 1))
	printf '%b' "$3" >"$2"
	if "$sqlgen" out "$2" 2>err; then wrong "$1 was taken"; fi
	grep -qF "$4" err || wrong "$1: expected \"$4\""
	rm "$2"
}
# made WHAT OUTPUT 'text': the generator succeeded and wrote it
made() {
	cases=$((cases + 1))
	grep -qF "$3" "out/$2" || { : >err; wrong "$1: no $3 in $2"; }
}

r=src/room/room.sql
refused 'a block without a name' $r '-- name:\nSELECT 1;\n' "$r:1: a block needs a name"
refused 'a name with a capital' $r '-- name: getAll\nSELECT 1;\n' "$r:1: a block needs a name"
refused 'a name given twice' $r '-- name: a\nSELECT 1;\n\n-- name: a\nSELECT 2;\n' "$r:4: second statement named a"
refused 'SQL before the first block' $r '-- what this is\nSELECT 1;\n' "$r:2: SQL before"
refused 'an empty block' $r '-- name: a\n-- only words\n' "$r:1: nothing in a"
refused 'two statements in a block' $r '-- name: a\nSELECT 1; SELECT 2;\n' "$r:2: more than one statement in a"
refused 'a gap in the parameters' $r '-- name: a\nSELECT $1, $3;\n' "$r:1: a gap in the parameters"
refused 'parameter 0' $r '-- name: a\nSELECT $0;\n' "$r:2: not a \$n parameter in a"
refused 'a dollar quote' $r '-- name: a\nSELECT $x$;\n' "$r:2: not a \$n parameter in a"
refused 'a bare question mark' $r '-- name: a\nSELECT ?;\n' "$r:2: a bare ? in a"
refused 'an open quote' $r "-- name: a\n\nSELECT 'x;\n" "$r:3: a quote is not closed"
refused 'a word of migrations' $r '-- name: a\nSELECT CAST($1 AS @int);\n' "$r:2: @words belong into migrations"
m=schema/0001_a.sql
refused 'a table without key' $m 'CREATE TABLE t (a @int) @strict;\n' "$m:1: no primary key in table t"
refused 'a table that is not strict' $m '\nCREATE TABLE t (a @int PRIMARY KEY);\n' "$m:2: @strict expected"
refused 'a table made twice' $m 'CREATE TABLE t (a @int PRIMARY KEY) @strict;\nCREATE TABLE t (a @int PRIMARY KEY) @strict;\n' \
	"$m:2: second table named t"
refused 'a key of no column' $m 'CREATE TABLE t (a @int, PRIMARY KEY (b)) @strict;\n' 'primary key names no column in t'
refused 'an unfinished table' $m 'CREATE TABLE t (a @int PRIMARY KEY,\n' "$m:1: unfinished table t"
refused 'DROP of nothing' $m 'DROP TABLE t;\n' "$m:1: DROP of an unknown table"
refused 'a file without number' schema/first.sql '\n' 'schema/first.sql:0: a migration is named NNNN_what.sql'

cat >$r <<'SQL'
-- what the room keeps
-- name: room_add
-- why: ; ? $9 in a comment are no SQL
INSERT INTO t (a, b) VALUES ($1, 'it''s; -- ? $7 "here"');
-- name: room_get
SELECT a FROM t
WHERE b = $2 AND c = $1;
-- name: room_deep
WITH x AS (SELECT 1) SELECT * FROM x;
-- name: room_move
WITH x AS (SELECT 1) UPDATE t SET a = $1;
SQL
echo '-- nothing yet' >src/other/other.sql
cat >schema/0002_b.sql <<'SQL'
ALTER TABLE two ADD COLUMN more TEXT;
DROP TABLE gone;
SQL
cat >schema/0001_a.sql <<'SQL'
-- enduring: it stays
CREATE TABLE one (a @int PRIMARY KEY, b TEXT NOT NULL CHECK (b IN ('x', 'y'))) @strict;
CREATE INDEX one_b ON one (b);
CREATE TABLE two (
	x @int, -- a comment, with a comma
	y TEXT,
	PRIMARY KEY (y, x)
) @strict;
CREATE TABLE gone (a @int PRIMARY KEY) @strict;
SQL
"$sqlgen" out schema/0002_b.sql $r src/other/other.sql schema/0001_a.sql 2>err || wrong 'good SQL was refused'
made 'a header' room_sql.h 'extern const Stmt SQL_room_move;'
made 'a header for a room without statements' other_sql.h '#pragma once'
made 'a comment inside a quote' sql_all.c "it''s; -- ? \$7 \\\"here\\\"')\","
made 'two parameters' sql_all.c '	2, false};'
made 'a WITH that writes' sql_all.c '	1, true};'
made 'an enduring table' schema_all.c '{"one", true, "a", 1, {0}},'
made 'a key of two parts in its own order' schema_all.c '{"two", false, "y, x", 2, {1, 0}},'
made 'the order of numbers' schema_all.c '{1, "0001_a",'
if grep -q '"gone"' out/schema_all.c; then wrong 'a dropped table is still there'; fi
printf 'CREATE TABLE z (a @int PRIMARY KEY) @strict;\n' >schema/0002_c.sql
if "$sqlgen" out schema/0001_a.sql schema/0002_b.sql schema/0002_c.sql 2>err; then wrong 'a number given twice was taken'; fi
grep -qF 'number given twice' err || wrong 'a number given twice'
if ! "$sqlgen" out 2>err; then wrong 'no files at all were refused'; fi
made 'no statements' sql_all.c 'const int db_nstatements = 0;'
if [ "$bad" = 0 ]; then echo "ok 1 - $cases cases"; else echo "not ok 1 - $bad of $cases cases"; fi
[ "$bad" = 0 ]
