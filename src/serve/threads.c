// Who works: readers, password workers, one writer, one timer.
#include "serve/job.h"
#include "serve_sql.h"
#include <stdio.h>
#include <time.h>

// ---- queues
// -----------------------------------------------------------------------------------------------------

void queue_open(Queue *q) {
	*q = (Queue){0};
	ASSERT(pthread_mutex_init(&q->lock, NULL) == 0 && pthread_cond_init(&q->some, NULL) == 0);
}

void queue_put(Queue *q, Job *j) {
	j->next = NULL;
	(void)pthread_mutex_lock(&q->lock);
	if (q->last)
		q->last->next = j;
	else
		q->first = j;
	q->last = j;
	(void)pthread_cond_signal(&q->some);
	(void)pthread_mutex_unlock(&q->lock);
}

Job *queue_take(Queue *q, bool wait) {
	(void)pthread_mutex_lock(&q->lock);
	while (wait && !q->first && !q->closed) (void)pthread_cond_wait(&q->some, &q->lock);
	Job *j = q->first;
	if (j) q->first = j->next;
	if (!q->first) q->last = NULL;
	(void)pthread_mutex_unlock(&q->lock);
	return j;
}

void queue_close(Queue *q) {
	(void)pthread_mutex_lock(&q->lock);
	q->closed = true;
	(void)pthread_cond_broadcast(&q->some);
	(void)pthread_mutex_unlock(&q->lock);
}

// ---- passing on
// ---------------------------------------------------------------------------------------------------

// The log has the place and the kind of what went wrong, never what somebody wrote.
static void log_once(const Job *j) {
	if (j->err != ERR_BUG && j->err != ERR_STORE && j->err != ERR_FULL) return;
	(void)fprintf(stderr, "sangam: %s %s: %s (%s:%d)\n", j->rq.route ? j->rq.route->method : "timer",
		      j->rq.route ? j->rq.route->path : "tick", j->why.msg, j->why.file ? j->why.file : "?",
		      j->why.line);
}

void request_fail(Serve *s, Job *j, Err e) {
	(void)s;
	j->err = e;
	log_once(j);
	if (j->tick) return;
	if (reply_error(&j->cx, &j->rq, &j->reply, e) != OK) j->reply.status = 500;
}

void serve_pass_on(Serve *s, Job *j) {
	switch (j->stage) {
	case STAGE_WORK:
		queue_put(j->slow ? &s->slow : &s->work, j);
		return;
	case STAGE_AGAIN:
		queue_put(&s->work, j);
		return;
	case STAGE_WRITE:
	case STAGE_RECORD:
		queue_put(&s->write, j);
		return;
	case STAGE_REPLY:
		break;
	}
	if (j->err != OK) request_fail(s, j, j->err);
	if (j->connection) MHD_resume_connection(j->connection);
}

// ---- readers
// ------------------------------------------------------------------------------------------------------

static Err open_db(Serve *s, Arena *a, Why *why, bool read_only, Db **out) {
	DbOptions o = {.where = s->o.database, .read_only = read_only};
	arena_reset(a);
	*out = NULL;
	return db_open(a, why, &o, out);
}

// A connection may have died while nobody used it (the server was started again); that is no matter of the
// visitor's.
static void work_one(Serve *s, Job *j, Arena *a, Db **db) {
	Stage asked = j->stage;
	for (bool anew = true; anew;) {
		bool fresh = *db == NULL;
		if (fresh && open_db(s, a, &j->why, true, db) != OK) {
			j->err = ERR_STORE;
			j->stage = STAGE_REPLY;
			return;
		}
		j->stage = asked == STAGE_AGAIN ? request_again(s, j, *db) : request_work(s, j, *db);
		j->cx.db = NULL;
		if (j->err != ERR_STORE || db_ok(*db)) return;
		db_close(*db);
		*db = NULL; // is opened anew, by this request or the next
		anew = !fresh && asked == STAGE_WORK && request_anew(j);
	}
}

typedef struct {
	Serve *s;
	Queue *q;
} Lane; // a kind of worker and what it works off

static void *reader_main(void *with) {
	Lane *my = with;
	Serve *s = my->s;
	Queue *q = my->q;
	Arena a = arena_new((ptrdiff_t)64 << 20);
	Why why;
	Db *db = NULL;
	if (open_db(s, &a, &why, true, &db) != OK) db = NULL;
	for (Job *j; (j = queue_take(q, true));) {
		work_one(s, j, &a, &db);
		serve_pass_on(s, j);
	}
	db_close(db);
	arena_free(&a);
	return NULL;
}

// ---- the writer
// -----------------------------------------------------------------------------------------------------

typedef struct {
	Serve *s;
	Db *db;
	Arena arena, scratch; // the connection's, and the batch's own context
	Job *batch[BATCH];
	int n;
	Cx cx;
	Why why;
	Actor program;
} Writer;

static Err begin_batch(Writer *w) {
	arena_reset(&w->scratch);
	if (!w->db) TRY(open_db(w->s, &w->arena, &w->why, false, &w->db));
	w->cx = (Cx){.arena = &w->scratch,
		     .why = &w->why,
		     .db = w->db,
		     .vault = w->s->o.vault,
		     .ledger = w->s->o.ledger,
		     .pack = w->s->o.pack,
		     .finder = w->s->o.finder,
		     .desk = w->s->o.desk,
		     .zone = w->s->o.pack->zone,
		     .actor = &w->program,
		     .now = serve_now(w->s)};
	TRY(db_begin(w->db, &w->why));
	return ledger_begin(&w->cx);
}

static Err run_ticks(Job *j) {
	for (Err (*const *tick)(Cx *) = j->ticks; tick && *tick; tick++) TRY((*tick)(&j->cx));
	return db_do(&j->cx, &SQL_serve_once_purge, INT(j->cx.now - 86400));
}

// One request in its own savepoint: when it fails, only its own work is undone.
static Err write_one(Writer *w, Job *j) {
	j->cx.db = w->db;
	if (j->stage == STAGE_RECORD) return request_record(j);
	TRY(db_savepoint(w->db, &w->why));
	ledger_mark(&j->cx, &j->mark);
	Stage next = STAGE_REPLY;
	if (j->tick)
		j->err = run_ticks(j);
	else
		next = request_write(w->s, j);
	if (j->err == OK && next == STAGE_REPLY) {
		j->err = db_release(w->db, &j->why); // what was sent is answered here at the latest
		if (j->err == OK) return OK;
	}
	if (j->err == ERR_STORE || j->err == ERR_BUSY || j->err == ERR_FULL) {
		w->why = j->why;
		return j->err; // the transaction itself is lost
	}
	j->stage = next;
	ledger_back(&j->cx, &j->mark);
	TRY(db_rollback_to(w->db, &w->why));
	return OK;
}

static void lose_batch(Writer *w, Err e) {
	if (w->db) db_rollback(w->db);
	if (w->db && (e == ERR_STORE || !db_ok(w->db))) {
		db_close(w->db);
		w->db = NULL;
	}
	for (int i = 0; i < w->n; i++) {
		w->batch[i]->err = e;
		w->batch[i]->why = w->why;
		w->batch[i]->stage = STAGE_REPLY;
	}
}

static void run_batch(Writer *w) {
	bool stale = w->db != NULL;
	Err e = begin_batch(w);
	if (e == ERR_STORE && stale &&
	    !db_ok(w->db)) { // it died while nobody wrote; nothing has been tried on it yet
		db_close(w->db);
		w->db = NULL;
		e = begin_batch(w);
	}
	for (int i = 0; i < w->n && e == OK; i++) {
		Job *j = w->batch[i];
		e = write_one(w, j);
		if (j->stage != STAGE_AGAIN) j->stage = STAGE_REPLY;
	}
	if (e == OK) e = ledger_end(&w->cx);
	if (e == OK) e = db_commit(w->db, &w->why);
	if (e != OK) lose_batch(w, e);
}

static void finish(Serve *s, Job *j) {
	j->cx.db = NULL;
	if (!j->tick) {
		serve_pass_on(s, j);
		return;
	}
	if (j->err != OK) request_fail(s, j, j->err);
	job_give_back(s, j);
}

static void *writer_main(void *with) {
	Writer *w = with;
	for (Job *j; (j = queue_take(&w->s->write, true));) {
		w->n = 0;
		for (; j && w->n < BATCH; j = w->n < BATCH ? queue_take(&w->s->write, false) : NULL)
			w->batch[w->n++] = j;
		run_batch(w);
		for (int i = 0; i < w->n; i++) finish(w->s, w->batch[i]);
	}
	db_close(w->db); // empties the write-ahead log into the file
	arena_free(&w->arena);
	arena_free(&w->scratch);
	return NULL;
}

// ---- the timer
// ------------------------------------------------------------------------------------------------------

static const Actor program_actor = {.program = true};

static void put_tick(Serve *s) {
	Job *j = job_take(s);
	if (!j) return; // very busy: the next tick will do
	j->tick = true;
	j->ticks = s->o.tick;
	j->cx.actor = &program_actor;
	j->stage = STAGE_WRITE;
	queue_put(&s->write, j);
}

static void *timer_main(void *with) {
	Serve *s = with;
	(void)pthread_mutex_lock(&s->timer_lock);
	while (!atomic_load(&s->stopping)) {
		put_tick(s);
		reaper_run(s);
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += s->o.tick_seconds ? s->o.tick_seconds : 5;
		(void)pthread_cond_timedwait(&s->timer_wake, &s->timer_lock, &until);
	}
	(void)pthread_mutex_unlock(&s->timer_lock);
	return NULL;
}

// ---- aside
// ------------------------------------------------------------------------------------------------------

enum { ASIDE_MS = 250 };

static Err aside_once(Serve *s, Db *db, Arena *scratch, Why *why, bool *more) {
	Cx cx = {.arena = scratch,
		 .why = why,
		 .db = db,
		 .vault = s->o.vault,
		 .ledger = s->o.ledger,
		 .pack = s->o.pack,
		 .zone = s->o.pack->zone,
		 .finder = s->o.finder,
		 .desk = s->o.desk,
		 .actor = &program_actor,
		 .now = serve_now(s)};
	*more = false;
	TRY(db_begin(db, why));
	Err e = OK;
	for (Err (*const *work)(Cx *, bool *) = s->o.aside; work && *work && e == OK; work++) {
		bool again = false;
		e = (*work)(&cx, &again);
		*more = *more || again;
	}
	db_rollback(db); // it only reads
	return e;
}

static void *aside_main(void *with) {
	Serve *s = with;
	Arena a = arena_new((ptrdiff_t)64 << 20), scratch = arena_new((ptrdiff_t)256 << 20);
	Why why = {0};
	Db *db = NULL;
	while (!atomic_load(&s->stopping)) {
		bool more = false;
		arena_reset(&scratch);
		if (!db && open_db(s, &a, &why, true, &db) != OK) db = NULL;
		if (db && aside_once(s, db, &scratch, &why, &more) != OK) {
			(void)fprintf(stderr, "sangam: aside: %s (%s:%d)\n", why.msg,
				      why.file ? why.file : "?", why.line);
			db_close(db); // whatever it was, begin anew
			db = NULL;
			more = false;
		}
		if (more) continue;
		(void)pthread_mutex_lock(&s->timer_lock);
		struct timespec until;
		(void)clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += ASIDE_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		if (!atomic_load(&s->stopping))
			(void)pthread_cond_timedwait(&s->timer_wake, &s->timer_lock, &until);
		(void)pthread_mutex_unlock(&s->timer_lock);
	}
	db_close(db);
	arena_free(&a);
	arena_free(&scratch);
	return NULL;
}

// ---- all of them
// ----------------------------------------------------------------------------------------------------

static void start(pthread_t *t, void *(*run)(void *), void *with) {
	ASSERT(pthread_create(t, NULL, run, with) == 0);
}

Err threads_start(Why *why, Serve *s) {
	Lane *lane = NEW(&s->arena, Lane, 2);
	lane[0] = (Lane){s, &s->work};
	lane[1] = (Lane){s, &s->slow};
	Writer *w = NEW(&s->arena, Writer, 1);
	*w = (Writer){.s = s,
		      .arena = arena_new((ptrdiff_t)64 << 20),
		      .scratch = arena_new((ptrdiff_t)16 << 20),
		      .program = {.program = true}};
	Err e = open_db(s, &w->arena, why, false, &w->db);
	if (e != OK) {
		arena_free(&w->arena);
		arena_free(&w->scratch);
		return e;
	}
	for (int i = 0; i < s->nreader; i++) start(&s->reader[i], reader_main, &lane[0]);
	for (int i = 0; i < SLOW; i++) start(&s->slower[i], reader_main, &lane[1]);
	start(&s->writer, writer_main, w);
	start(&s->timer, timer_main, s);
	start(&s->aside, aside_main, s);
	return OK;
}

void threads_stop(Serve *s) {
	atomic_store(&s->stopping, true);
	(void)pthread_mutex_lock(&s->timer_lock);
	(void)pthread_cond_broadcast(&s->timer_wake);
	(void)pthread_mutex_unlock(&s->timer_lock);
	(void)pthread_join(s->timer, NULL);
	(void)pthread_join(s->aside, NULL);
	queue_close(&s->work);
	queue_close(&s->slow);
	for (int i = 0; i < s->nreader; i++) (void)pthread_join(s->reader[i], NULL);
	for (int i = 0; i < SLOW; i++) (void)pthread_join(s->slower[i], NULL);
	queue_close(&s->write);
	(void)pthread_join(s->writer, NULL);
}
