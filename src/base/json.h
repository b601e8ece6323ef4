// json.h - an append-only JSON writer (RFC 8259); no document is built. Reading is jansson's work, where it
// is needed.
#pragma once
#include "base/base.h"
typedef struct {
	Buf b;
	bool comma; // a value stands before this place
} Json;
static inline Json json_on(Arena *a) { return (Json){.b = {.a = a}}; }
void json_open(Json *j, char bracket); // '{' or '['
void json_close(Json *j, char bracket); // '}' or ']'
void json_key(Json *j, Str name);
void json_str(Json *j, Str s); // escapes; invalid UTF-8 becomes U+FFFD
void json_int(Json *j, int64_t i);
void json_real(Json *j, double v); // ten digits; null for what is no number
void json_bool(Json *j, bool v);
void json_nil(Json *j);
// A key and its value.
void json_put_str(Json *j, const char *key, Str v);
void json_put_int(Json *j, const char *key, int64_t v);
void json_put_real(Json *j, const char *key, double v);
