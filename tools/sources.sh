#!/bin/sh
# Prints the project's files of one kind, so that a new room or page needs no line in meson.build.
# The C of the program proper leaves out tests, fuzzers and main.c.
cd "$(dirname "$0")/.." || exit 1
case "$1" in
c) find src -name '*.c' ! -name '*_test.c' ! -name '*_fuzz.c' ! -name main.c ;;
test) find src -name '*_test.c' ;;
fuzz) find src -name '*_fuzz.c' ;;
sql) find src -name '*.sql' ;;
html) find src -name '*.html' ;;
schema) find schema -name '*.sql' ;;
schemas) find schemas -name '*.json' ;;
po) find locale -name '*.po' ;;
static) find static -type f ;;
rooms-sql) find src -name '*.sql' -exec dirname {} \; | sort -u | xargs -rn1 basename ;;
rooms-html) find src -name '*.html' -exec dirname {} \; | sort -u | xargs -rn1 basename ;;
dirs) find src -type d \( -name partnership -o -name protection -o -name prosecution -o -name prevention -o -name insight \) ;;
esac | LC_ALL=C sort
