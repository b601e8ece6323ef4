#include "base/json.h"
#include "base/utf8.h"

static void before_value(Json *j) {
	if (j->comma) buf_char(&j->b, ',');
	j->comma = true;
}

void json_open(Json *j, char bracket) {
	before_value(j);
	buf_char(&j->b, bracket);
	j->comma = false;
}

void json_close(Json *j, char bracket) {
	buf_char(&j->b, bracket);
	j->comma = true;
}

static void put_escaped(Buf *b, Str s) {
	static const char hex[] = "0123456789abcdef";
	buf_char(b, '"');
	for (ptrdiff_t at = 0; at < s.n;) {
		unsigned char c = (unsigned char)s.p[at];
		if (c >= 0x80) {
			utf8_put(b, utf8_next(s, &at));
			continue;
		}
		at++;
		if (c == '"' || c == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)c);
		} else if (c == '\n') {
			buf_put(b, S("\\n"));
		} else if (c < 0x20 || c == 0x7f ||
			   c == '<') { // '<' so that JSON inside a page cannot end a script
			buf_put(b, S("\\u00"));
			buf_char(b, hex[c >> 4]);
			buf_char(b, hex[c & 15]);
		} else {
			buf_char(b, (char)c);
		}
	}
	buf_char(b, '"');
}

void json_key(Json *j, Str name) {
	before_value(j);
	put_escaped(&j->b, name);
	buf_char(&j->b, ':');
	j->comma = false;
}

void json_str(Json *j, Str s) {
	before_value(j);
	put_escaped(&j->b, s);
}

void json_int(Json *j, int64_t i) {
	before_value(j);
	buf_int(&j->b, i);
}

void json_real(Json *j, double v) {
	before_value(j);
	if (v - v == 0)
		buf_fmt(&j->b, "%.10g", v);
	else
		buf_put(&j->b, S("null"));
}

void json_bool(Json *j, bool v) {
	before_value(j);
	buf_put(&j->b, v ? S("true") : S("false"));
}

void json_nil(Json *j) {
	before_value(j);
	buf_put(&j->b, S("null"));
}

void json_put_str(Json *j, const char *key, Str v) {
	json_key(j, str_of(key));
	json_str(j, v);
}

void json_put_int(Json *j, const char *key, int64_t v) {
	json_key(j, str_of(key));
	json_int(j, v);
}

void json_put_real(Json *j, const char *key, double v) {
	json_key(j, str_of(key));
	json_real(j, v);
}
