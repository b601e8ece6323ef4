// statistics.c - how long the counting of a quarter holds the writer. bench_statistics HUB: counts every
// quarter that is due in a transaction that is taken back, and prints what each took.
#include "statistics/statistics.h"
#include "command/hub.h"
#include <stdio.h>
#include <time.h>

static double seconds(clockid_t clock) {
	struct timespec t;
	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static Err count_all(Hub *h) {
	bool more = true;
	while (more) {
		double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		TRY(statistics_count(&h->cx, &more));
		if (more)
			(void)printf("%.0f ms, %.0f ms of a core\n", 1e3 * (seconds(CLOCK_MONOTONIC) - wall),
				     1e3 * (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu));
	}
	return OK;
}

int main(int n, char **arg) {
	HUB_CLOSED h = {0};
	if (n != 2) {
		(void)fprintf(stderr, "bench_statistics HUB\n");
		return 2;
	}
	Err e = hub_read(&h, str_of(arg[1]));
	if (e == OK) e = hub_open(&h, false, false);
	hub_clock(&h, (int64_t)time(NULL) + 200 * 86400); // so that the last quarter is due too
	if (e == OK) e = db_begin(h.cx.db, h.cx.why);
	if (e == OK) e = ledger_begin(&h.cx);
	if (e == OK) e = count_all(&h);
	if (e != OK) (void)fprintf(stderr, "bench_statistics: %s\n", h.why.msg);
	if (h.cx.db) db_rollback(h.cx.db);
	return e == OK ? 0 : 1;
}
