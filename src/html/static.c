#include "html/static.h"

const StaticFile *static_find(Str path) {
	for (ptrdiff_t i = 0; i < static_files; i++)
		if (str_eq(static_file[i].path, path)) return &static_file[i];
	return NULL;
}

Url static_url(const char *name) {
	for (ptrdiff_t i = 0; i < static_files; i++)
		if (str_eq(static_file[i].name, str_of(name))) return (Url){static_file[i].path};
	ASSERT(!"no such file in static/");
	return (Url){S("")};
}
