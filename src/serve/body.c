// What comes in: form fields and files, or JSON. Everything is bounded before it is kept, and cleaned before
// it is used.
#include "base/utf8.h"
#include "serve/job.h"
#include "serve/json_read.h"

static Named *new_value(Job *j, Str name) {
	Req *rq = &j->rq;
	if (rq->nvalue >= REQ_VALUES) return NULL;
	if (rq->nvalue == j->value_cap) {
		ptrdiff_t cap = j->value_cap ? j->value_cap * 2 : 32;
		Named *more = NEW(&j->arena, Named, cap);
		if (rq->nvalue) memcpy(more, rq->value, (size_t)rq->nvalue * sizeof *more);
		rq->value = more;
		j->value_cap = cap;
	}
	rq->value[rq->nvalue] = (Named){.name = str_dup(&j->arena, name)};
	return &rq->value[rq->nvalue++];
}

// Closes the value that was being received.
static void finish_part(Job *j) {
	if (!j->part) return;
	if (j->part_of) j->part_of->value = buf_str(j->part);
	if (j->file_of) j->file_of->file.bytes = buf_str(j->part);
	if (j->file_of && j->part->n == 0) j->rq.nfile--; // an empty file field of a browser is no file
	j->part = NULL;
	j->part_of = NULL;
	j->file_of = NULL;
}

static void begin_part(Job *j, const char *key, const char *filename) {
	finish_part(j);
	j->part = NEW(&j->arena, Buf, 1);
	j->part->a = &j->arena;
	if (filename == NULL) {
		j->part_of = new_value(j, str_of(key));
	} else if (j->rq.nfile == REQ_UPLOADS) {
		j->rq.too_many_files = true;
	} else {
		j->file_of = &j->rq.file[j->rq.nfile++];
		*j->file_of = (SentFile){str_dup(&j->arena, str_of(key)),
					 {.name = str_dup(&j->arena, str_of(filename))}};
	}
}

static enum MHD_Result on_part(void *with, enum MHD_ValueKind kind, const char *key, const char *filename,
			       const char *type, const char *encoding, const char *data, uint64_t off,
			       size_t size) {
	Job *j = with;
	(void)kind, (void)type, (void)encoding;
	if (off == 0 || !j->part) begin_part(j, key, filename);
	if (j->part_of || j->file_of) buf_put(j->part, (Str){data, (ptrdiff_t)size});
	return MHD_YES;
}

void body_begin(Job *j, size_t limit) {
	(void)limit;
	const char *type = MHD_lookup_connection_value(j->connection, MHD_HEADER_KIND, "Content-Type");
	j->raw_json = str_starts(str_of(type), S("application/json"));
	j->raw.a = &j->arena;
	if (!j->raw_json) j->post = MHD_create_post_processor(j->connection, 32 << 10, on_part, j);
}

bool body_feed(Job *j, const char *data, size_t n) {
	ptrdiff_t limit =
		j->rq.route && (j->rq.route->flags & ROUTE_UPLOAD) ? UPLOAD_MAX + BODY_MAX : BODY_MAX;
	j->body_bytes += (ptrdiff_t)n;
	if (j->body_bytes > limit) {
		j->early = 413;
		return false;
	}
	if (j->raw_json)
		buf_put(&j->raw, (Str){data, (ptrdiff_t)n});
	else if (j->post && MHD_post_process(j->post, data, n) != MHD_YES)
		j->rq.dirty = true;
	return true;
}

static void on_json(void *with, Str name, Str value) {
	Named *n = new_value(with, name);
	if (n) n->value = value;
}

static Str clean(Job *j, Str s, bool trim) {
	Str out = {0};
	if (!utf8_clean(&j->arena, s, &out)) j->rq.dirty = true;
	return trim ? str_trim(out) : out;
}

void body_end(Job *j) {
	// A body that stops before its last boundary is not what somebody sent.
	if (j->post && MHD_destroy_post_processor(j->post) != MHD_YES && j->body_bytes) j->rq.dirty = true;
	j->post = NULL;
	if (j->part) finish_part(j);
	if (j->raw_json && j->raw.n && !json_read(&j->arena, buf_str(&j->raw), on_json, j))
		j->rq.dirty = true;
	j->raw.n = 0; // taken: the work may begin anew on another connection
	for (ptrdiff_t i = 0; i < j->rq.nvalue; i++) {
		Named *v = &j->rq.value[i];
		v->name = clean(j, v->name, true);
		v->value = clean(j, v->value, !str_eq(v->name, S("password")));
		if (str_eq(v->name, S("_once"))) j->rq.once = v->value;
	}
	for (int i = 0; i < j->rq.nfile; i++)
		j->rq.file[i].file.name = clean(j, j->rq.file[i].file.name, true);
}
