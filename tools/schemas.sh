#!/bin/sh
# schemas.sh OUT schemas/x.json ...: the ready-made schemas of matching as C strings, named as their files.
set -eu
out=$1
shift
{
	printf '// Made by tools/schemas.sh from schemas/.\n#include "match/schema.h"\nconst ReadySchema ready_schema[] = {\n'
	for file; do
		printf '\t{"%s",\n' "$(basename "$file" .json)"
		sed 's/\\/\\\\/g; s/"/\\"/g; s/^/\t "/; s/$/\\n"/' "$file"
		printf '\t},\n'
	done
	printf '};\nconst ptrdiff_t ready_schemas = COUNT(ready_schema);\n'
} >"$out"
