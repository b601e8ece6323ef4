// static.h - the files of static/, inside the program (tools/embed). An address holds the hash of the bytes,
// so a reply may say "immutable": another version has another address.
#pragma once
#include "html/html.h"

typedef struct {
	Str name; // style.css
	Str path; // /static/style-0123456789abcdef.css
	Str type;
	Str etag; // with its quotes
	Str bytes;
	Str gzip; // the same, packed; empty where packing gains nothing
} StaticFile;
extern const StaticFile static_file[];
extern const ptrdiff_t static_files;

const StaticFile *static_find(Str path); // by whole path; NULL for none
Url static_url(const char *name); // by name; ends the process when there is none
