// Bytes in, bytes out: the only caller of libmicrohttpd.
#include "base/utf8.h"
#include "html/static.h"
#include "serve/job.h"
#include "text.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

int64_t serve_now(const Serve *s) {
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec + s->o.clock_offset;
}

Job *job_take(Serve *s) {
	(void)pthread_mutex_lock(&s->spare_lock);
	Job *j = s->spare;
	if (j) s->spare = j->next;
	(void)pthread_mutex_unlock(&s->spare_lock);
	if (!j) return NULL;
	Arena a = j->arena;
	if (!a.beg) a = arena_new(JOB_BYTES);
	*j = (Job){.arena = a};
	j->cx = (Cx){.arena = &j->arena,
		     .why = &j->why,
		     .vault = s->o.vault,
		     .ledger = s->o.ledger,
		     .finder = s->o.finder,
		     .desk = s->o.desk,
		     .pack = s->o.pack,
		     .zone = s->o.pack->zone,
		     .actor = &j->actor,
		     .now = serve_now(s),
		     .lang = (int)s->o.pack->lang[0]};
	atomic_fetch_add(&s->in_work, 1);
	return j;
}

void job_give_back(Serve *s, Job *j) {
	if (j->post) MHD_destroy_post_processor(j->post);
	j->post = NULL;
	arena_reset(&j->arena);
	atomic_fetch_sub(&s->in_work, 1);
	(void)pthread_mutex_lock(&s->spare_lock);
	j->next = s->spare;
	s->spare = j;
	(void)pthread_mutex_unlock(&s->spare_lock);
}

// ---- the head of a request
// ----------------------------------------------------------------------------------------

static Str header(Job *j, const char *name) {
	return str_dup(&j->arena, str_of(MHD_lookup_connection_value(j->connection, MHD_HEADER_KIND, name)));
}

static enum MHD_Result on_query(void *with, enum MHD_ValueKind kind, const char *key, const char *value) {
	Job *j = with;
	Str name, text;
	(void)kind;
	if (j->rq.nquery == 32) return MHD_NO;
	if (!j->rq.query) j->rq.query = NEW(&j->arena, Named, 32);
	if (utf8_clean(&j->arena, str_of(key), &name) && utf8_clean(&j->arena, str_of(value), &text))
		j->rq.query[j->rq.nquery++] = (Named){name, str_trim(text)};
	return MHD_YES;
}

static Str cookie_value(Str cookies, Str name) {
	for (Str one; str_cut(&cookies, ';', &one);) {
		one = str_trim(one);
		if (str_starts(one, name) && one.n > name.n && one.p[name.n] == '=')
			return str_slice(one, name.n + 1, one.n);
	}
	return (Str){0};
}

static Str cookie_name(const Serve *s) { return s->o.secure_cookie ? S("__Host-sangam") : S("sangam"); }

// A browser says whether the form came from one of our own pages; what says nothing is no browser.
static bool own_site(Job *j) {
	Str site = header(j, "Sec-Fetch-Site"), origin = header(j, "Origin"), host = header(j, "Host");
	if (site.n) return str_eq(site, S("same-origin")) || str_eq(site, S("none"));
	if (!origin.n) return true;
	return str_ends(origin, host) && origin.n > host.n && origin.p[origin.n - host.n - 1] == '/';
}

static void choose_language(Job *j) {
	Lang l;
	Str wanted = req_query(&j->rq, "lang"), list = header(j, "Accept-Language");
	if (wanted.n && lang_from_code(wanted, &l) && lang_offered(l)) {
		j->cx.lang = l;
		j->rq.lang_chosen = true;
		return;
	}
	for (Str one; str_cut(&list, ',', &one);)
		if (lang_from_code(str_trim(one), &l) && lang_offered(l)) {
			j->cx.lang = l;
			return;
		}
}

// The library answers by itself, in English, when a head does not fit its 32 KiB, or is no HTTP at all. What
// a browser could come to send is refused well below that, in the visitor's language.
enum { ADDRESS_MOST = 8 << 10, HEAD_MOST = 12 << 10 };

static enum MHD_Result add_length(void *with, enum MHD_ValueKind kind, const char *key, const char *value) {
	size_t *n = with;
	(void)kind;
	*n += strlen(key) + (value ? strlen(value) : 0) + 2;
	return MHD_YES;
}

static int head_refused(struct MHD_Connection *c, const char *url) {
	const union MHD_ConnectionInfo *head =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	size_t address = strlen(url);
	(void)MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, add_length, &address);
	if (address > ADDRESS_MOST) return 414;
	return head && head->header_size > HEAD_MOST ? 431 : 0;
}

static void begin(Serve *s, Job *j, const char *url, const char *method) {
	Req *rq = &j->rq;
	bool other = false;
	rq->method = str_dup(&j->arena, str_of(method));
	rq->path = str_dup(&j->arena, str_of(url));
	rq->demo = s->o.demo;
	rq->tls = s->o.secure_cookie;
	j->early = head_refused(j->connection, url);
	(void)MHD_get_connection_values(j->connection, MHD_GET_ARGUMENT_KIND, on_query, j);
	choose_language(j);
	rq->json = str_find(header(j, "Accept"), S("application/json")) >= 0;
	rq->secure_site = own_site(j);
	rq->session = cookie_value(header(j, "Cookie"), cookie_name(s));
	Str bearer = header(j, "Authorization"); // a program signs in the same way and sends the token itself
	if (str_starts(bearer, S("Bearer "))) rq->session = str_slice(bearer, 7, bearer.n);
	if (utf8_valid(rq->path)) rq->route = route_find(s->o.routes, &j->arena, rq, &other);
	if (!rq->route && !j->early) j->early = other ? 405 : 404;
	if (other && !rq->route) j->allowed = route_allowed(s->o.routes, &j->arena, rq);
	j->slow = rq->route && (rq->route->flags & ROUTE_SLOW) && str_eq(rq->method, S("POST"));
	if (str_eq(rq->method, S("POST")) && rq->route) body_begin(j, 0);
}

// ---- replies
// --------------------------------------------------------------------------------------------------------

static void put_header(struct MHD_Response *r, const char *name, const char *value) {
	ASSERT(MHD_add_response_header(r, name, value) == MHD_YES);
}

static void put_safety(struct MHD_Response *r, const Job *j) {
	put_header(r, "Content-Security-Policy",
		   j->reply.file_name.n
			   ? "sandbox; default-src 'none'"
			   : "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
			     "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
	put_header(r, "X-Content-Type-Options", "nosniff");
	put_header(r, "Referrer-Policy", "no-referrer");
	put_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	put_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	put_header(r, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
	put_header(r, "Cache-Control", "no-store");
}

// RFC 6266 with RFC 8187: the name is percent-encoded, so nothing in it can end the header.
static char *disposition(Job *j) {
	Buf b = {.a = &j->arena};
	buf_put(&b, S("attachment; filename*=UTF-8''"));
	for (ptrdiff_t i = 0; i < j->reply.file_name.n; i++)
		buf_fmt(&b, "%%%02X", (unsigned char)j->reply.file_name.p[i]);
	return str_z(&j->arena, buf_str(&b));
}

static void put_cookie(Serve *s, struct MHD_Response *r, Job *j) {
	Str name = cookie_name(s);
	put_header(r, "Set-Cookie",
		   str_z(&j->arena,
			 str_fmt(&j->arena, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Strict%s; Max-Age=%lld",
				 (int)name.n, name.p, (int)j->reply.cookie.n, j->reply.cookie.p,
				 s->o.secure_cookie ? "; Secure" : "", (long long)j->reply.cookie_seconds)));
}

static enum MHD_Result answer(Serve *s, Job *j) {
	Reply *p = &j->reply;
	if (j->rq.lang_chosen && str_starts(p->location, S("/")) && str_find(p->location, S("lang=")) < 0)
		p->location = url_with(&j->arena, (Url){p->location}, "lang", lang_info[j->cx.lang].code).s;
	struct MHD_Response *r = MHD_create_response_from_buffer(
		(size_t)p->body.n, (void *)(uintptr_t)p->body.p, MHD_RESPMEM_PERSISTENT);
	ASSERT(r);
	put_safety(r, j);
	if (p->type.n) put_header(r, "Content-Type", str_z(&j->arena, p->type));
	if (p->location.n) put_header(r, "Location", str_z(&j->arena, p->location));
	if (p->file_name.n) put_header(r, "Content-Disposition", disposition(j));
	if (p->has_cookie) put_cookie(s, r, j);
	if (p->status == 405) put_header(r, "Allow", str_z(&j->arena, j->allowed));
	if (p->status == 429 || p->status == 503) put_header(r, "Retry-After", "5");
	enum MHD_Result done = MHD_queue_response(j->connection, (unsigned)(p->status ? p->status : 200), r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result answer_static(struct MHD_Connection *c, const StaticFile *f) {
	Str takes = str_of(MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Accept-Encoding"));
	bool packed = f->gzip.n && str_find(takes, S("gzip")) >= 0 && str_find(takes, S("gzip;q=0")) < 0;
	Str bytes = packed ? f->gzip : f->bytes;
	struct MHD_Response *r = MHD_create_response_from_buffer((size_t)bytes.n, (void *)(uintptr_t)bytes.p,
								 MHD_RESPMEM_PERSISTENT);
	ASSERT(r);
	char type[64];
	(void)snprintf(type, sizeof type, "%.*s", (int)f->type.n, f->type.p);
	put_header(r, "Content-Type", type);
	if (packed) put_header(r, "Content-Encoding", "gzip");
	if (f->gzip.n) put_header(r, "Vary", "Accept-Encoding");
	put_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	put_header(r, "X-Content-Type-Options", "nosniff");
	enum MHD_Result done = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result answer_plain(struct MHD_Connection *c, unsigned status, const char *text) {
	struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
								 MHD_RESPMEM_PERSISTENT);
	ASSERT(r);
	put_header(r, "Content-Type", "text/plain; charset=utf-8");
	put_header(r, "Retry-After", "2");
	enum MHD_Result done = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return done;
}

static Err early_error(int status) {
	return status == 413 || status == 414 || status == 431 ? ERR_TOO_LARGE : ERR_NOT_FOUND;
}

static void refuse_long(Job *j) {
	Cx *cx = &j->cx;
	ErrorPage v = {
		.title = text_in(cx->lang, T_web_err_long_title),
		.sentence = text_in(cx->lang, T_web_err_long),
		.what_now = text_in(cx->lang, T_web_err_long_now),
		.href = url_of_(cx->arena, "/", NULL, 0),
	};
	if (reply_page(cx, &j->rq, &j->reply, &TEMPLATE_error_page, &v, v.title, ACT_none) != OK)
		(void)reply_error(cx, &j->rq, &j->reply, ERR_TOO_LARGE);
}

static enum MHD_Result answer_early(Serve *s, Job *j) {
	if (!j->rq.json && (j->early == 414 || j->early == 431))
		refuse_long(j);
	else
		(void)reply_error(&j->cx, &j->rq, &j->reply, early_error(j->early));
	j->reply.status = j->early;
	return answer(s, j);
}

// ---- the handler
// -----------------------------------------------------------------------------------------------------

static enum MHD_Result first_call(Serve *s, struct MHD_Connection *c, const char *url, const char *method,
				  void **own) {
	const StaticFile *f = static_find(str_of(url));
	if (f) return answer_static(c, f);
	if (strcmp(url, "/favicon.ico") == 0) return answer_plain(c, 404, "");
	Job *j = job_take(s);
	if (!j)
		return answer_plain(
			c, 503, "Very busy just now. Nothing was saved. Wait a few seconds and try again.\n");
	*own = j;
	j->connection = c;
	reaper_phase(s, c, WATCH_BODY);
	begin(s, j, url, method);
	return MHD_YES;
}

static enum MHD_Result handle(void *with, struct MHD_Connection *c, const char *url, const char *method,
			      const char *version, const char *data, size_t *size, void **own) {
	Serve *s = with;
	(void)version;
	if (*own == NULL) return first_call(s, c, url, method, own);
	Job *j = *own;
	if (*size) {
		// A refused body is read to its end, so that the browser gets to see the answer.
		if (!j->early) (void)body_feed(j, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (j->early) return answer_early(s, j);
	if (!j->submitted) {
		j->submitted = true;
		reaper_phase(s, c, WATCH_WORK);
		MHD_suspend_connection(c);
		serve_pass_on(s, j);
		return MHD_YES;
	}
	return answer(s, j);
}

static void completed(void *with, struct MHD_Connection *c, void **own, enum MHD_RequestTerminationCode why) {
	(void)why;
	reaper_phase(with, c, WATCH_IDLE);
	if (*own) job_give_back(with, *own);
	*own = NULL;
}

static int hex_digit(char c) {
	if (c >= '0' && c <= '9') return c - '0';
	if (c >= 'a' && c <= 'f') return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// As the library does it, but %00 stays as it is: decoded, it would end the text, and the rest would go
// unseen.
static size_t unescape(void *with, struct MHD_Connection *c, char *s) {
	char *to = s;
	(void)with, (void)c;
	for (const char *at = s; *at;) {
		int high = at[0] == '%' ? hex_digit(at[1]) : -1, low = high < 0 ? -1 : hex_digit(at[2]);
		bool coded = low >= 0 && high + low > 0;
		*to++ = coded ? (char)(high << 4 | low) : *at;
		at += coded ? 3 : 1;
	}
	*to = 0;
	return (size_t)(to - s);
}

// ---- start and stop
// ---------------------------------------------------------------------------------------------------

static Err listen_on(Why *why, Serve *s, int *port) {
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)s->o.port)};
	if (inet_pton(AF_INET, str_z(&s->arena, s->o.address), &at.sin_addr) != 1)
		return fail(why, ERR_INVALID, "%.*s is no IPv4 address", (int)s->o.address.n, s->o.address.p);
	s->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)s->o.port, NULL, NULL,
		handle, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_NOTIFY_COMPLETED,
		completed, s, MHD_OPTION_NOTIFY_CONNECTION, reaper_connection, s,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(32 << 10), MHD_OPTION_LISTENING_ADDRESS_REUSE,
		1U, MHD_OPTION_END);
	if (!s->daemon)
		return fail(why, ERR_BUSY, "cannot listen on port %d: is another program using it?",
			    s->o.port);
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	*port = info ? info->port : s->o.port;
	return OK;
}

Err serve_start(Why *why, const ServeOptions *o, Serve **out, int *port) {
	Arena a = arena_new((ptrdiff_t)8 << 20);
	Serve *s = NEW(&a, Serve, 1);
	s->arena = a;
	s->o = *o;
	s->nreader = str_find(o->database, S("=")) >= 0 || str_starts(o->database, S("postgres")) ? READERS_PG
												  : READERS;
	for (int i = 0; i < JOBS; i++) {
		s->job[i].next = s->spare;
		s->spare = &s->job[i];
	}
	ASSERT(pthread_mutex_init(&s->spare_lock, NULL) == 0 &&
	       pthread_mutex_init(&s->timer_lock, NULL) == 0 &&
	       pthread_mutex_init(&s->watch_lock, NULL) == 0);
	ASSERT(pthread_cond_init(&s->timer_wake, NULL) == 0);
	queue_open(&s->work);
	queue_open(&s->slow);
	queue_open(&s->write);
	Err e = threads_start(why, s);
	if (e != OK) {
		a = s->arena;
		arena_free(&a);
		return e;
	}
	e = listen_on(why, s, port);
	if (e != OK)
		serve_stop(s);
	else
		*out = s;
	return e;
}

void serve_stop(Serve *s) {
	if (s->daemon) {
		MHD_socket fd = MHD_quiesce_daemon(s->daemon);
		struct timespec nap = {.tv_nsec = 10000000};
		for (int i = 0; i < 500 && atomic_load(&s->in_work) > 0; i++) (void)nanosleep(&nap, NULL);
		MHD_stop_daemon(s->daemon);
		if (fd != MHD_INVALID_SOCKET) (void)shutdown(fd, SHUT_RDWR);
	}
	threads_stop(s);
	for (int i = 0; i < JOBS; i++) arena_free(&s->job[i].arena);
	Arena a = s->arena;
	arena_free(&a);
}
