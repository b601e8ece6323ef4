// job.h - one request in work, and who works on it. Inside serve only.
#pragma once
#include "serve/serve.h"
#include "web/req.h"
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define JOBS 256
#define JOB_BYTES ((ptrdiff_t)256 << 20) // address space, not memory
#define BODY_MAX (256 << 10)
#define UPLOAD_MAX (12 << 20)
#define READERS 4
#define READERS_PG 8
#define SLOW 2
#define BATCH 128
#define CONNECTIONS 2000

typedef enum { STAGE_WORK, STAGE_WRITE, STAGE_AGAIN, STAGE_RECORD, STAGE_REPLY } Stage;
typedef struct Job Job;
struct Job {
	Job *next;
	struct MHD_Connection *connection;
	struct MHD_PostProcessor *post;
	Arena arena;
	Cx cx;
	Why why;
	Actor actor;
	Req rq;
	Reply reply;
	Stage stage;
	Err err;
	int early; // status decided before any work: 404, 405, 413; 0: none
	bool submitted, tick, slow, touch;
	Err (*const *ticks)(Cx *cx);
	ptrdiff_t body_bytes, value_cap, query_cap;
	Buf raw; // JSON body
	bool raw_json;
	Buf *part; // the value being received
	Named *part_of;
	SentFile *file_of;
	Str allowed; // methods, with a 405
	LedgerMark mark;
};

typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t some;
	Job *first, *last;
	bool closed;
} Queue;
void queue_open(Queue *q);
void queue_put(Queue *q, Job *j);
Job *queue_take(Queue *q, bool wait); // NULL: closed, or nothing there and not to wait
void queue_close(Queue *q);

// What a connection is doing, and until when it may.
typedef enum { WATCH_HEAD, WATCH_BODY, WATCH_WORK, WATCH_IDLE, WATCH__N } WatchPhase;
typedef struct {
	bool used;
	MHD_socket fd;
	int64_t until;
} Watch;

struct Serve {
	ServeOptions o;
	struct MHD_Daemon *daemon;
	Arena arena;
	Job job[JOBS];
	Job *spare; // under spare_lock
	pthread_mutex_t spare_lock;
	Queue work, slow, write;
	pthread_t reader[READERS_PG], slower[SLOW], writer, timer, aside;
	int nreader;
	atomic_bool stopping;
	atomic_int in_work;
	pthread_mutex_t timer_lock;
	pthread_cond_t timer_wake;
	pthread_mutex_t watch_lock;
	Watch watch[CONNECTIONS];
};

Job *job_take(Serve *s);
void job_give_back(Serve *s, Job *j);
int64_t serve_now(const Serve *s);

// route.c
Str route_allowed(const Routes *const *routes, Arena *a, const Req *rq); // "GET, HEAD, POST", for a 405
const Route *route_find(const Routes *const *routes, Arena *a, Req *rq, bool *other_method);
// request.c: one stage on a thread that has `db`; returns the next stage.
Stage request_work(Serve *s, Job *j, Db *db);
Stage request_write(Serve *s, Job *j); // inside the batch; its own savepoint is the caller's
Stage request_again(Serve *s, Job *j, Db *db);
// After the connection was lost before anything came of the request: makes it ready to be worked on again.
// false: what was typed has been taken apart already, so the sender must send it again.
bool request_anew(Job *j);
Err request_record(Job *j); // what was read, and that the session was used; inside the batch
void request_fail(Serve *s, Job *j, Err e);
// body.c
void body_begin(Job *j, size_t limit);
bool body_feed(Job *j, const char *data, size_t n);
void body_end(Job *j);
// reaper.c
void reaper_connection(void *with, struct MHD_Connection *c, void **own,
		       enum MHD_ConnectionNotificationCode code);
void reaper_phase(Serve *s, struct MHD_Connection *c, WatchPhase phase);
void reaper_run(Serve *s);
// threads.c
Err threads_start(Why *why, Serve *s);
void threads_stop(Serve *s);
void serve_pass_on(Serve *s, Job *j); // to whom its stage says
