// Connections that drip: libmicrohttpd's own time-out begins anew with every byte, so one who sends a byte a
// second could hold a place for ever. Each connection has a deadline for what it is doing; the timer closes
// what is past it.
#include "serve/job.h"
#include <sys/socket.h>

static const int seconds_for[] = {
	[WATCH_HEAD] = 10, [WATCH_BODY] = 120, [WATCH_WORK] = 300, [WATCH_IDLE] = 30};
_Static_assert(COUNT(seconds_for) == WATCH__N, "every phase has its deadline");

// Monotonic: a clock that is set must not close anybody.
static int64_t uptime(void) {
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void opened(Serve *s, struct MHD_Connection *c, void **own) {
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (!info) return;
	for (int i = 0; i < CONNECTIONS; i++) {
		if (s->watch[i].used) continue;
		s->watch[i] = (Watch){
			.used = true, .fd = info->connect_fd, .until = uptime() + seconds_for[WATCH_HEAD]};
		*own = &s->watch[i];
		return;
	}
}

void reaper_connection(void *with, struct MHD_Connection *c, void **own,
		       enum MHD_ConnectionNotificationCode code) {
	Serve *s = with;
	(void)pthread_mutex_lock(&s->watch_lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		opened(s, c, own);
	else if (*own)
		((Watch *)*own)->used =
			false; // called before the socket is closed, so its number is still ours
	(void)pthread_mutex_unlock(&s->watch_lock);
}

void reaper_phase(Serve *s, struct MHD_Connection *c, WatchPhase phase) {
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (!info || !info->socket_context) return;
	(void)pthread_mutex_lock(&s->watch_lock);
	((Watch *)info->socket_context)->until = uptime() + seconds_for[phase];
	(void)pthread_mutex_unlock(&s->watch_lock);
}

void reaper_run(Serve *s) {
	int64_t now = uptime();
	(void)pthread_mutex_lock(&s->watch_lock);
	for (int i = 0; i < CONNECTIONS; i++)
		if (s->watch[i].used && s->watch[i].until < now) (void)shutdown(s->watch[i].fd, SHUT_RDWR);
	(void)pthread_mutex_unlock(&s->watch_lock);
}
