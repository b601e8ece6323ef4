// empty.c - the HTTP library with nothing behind it, set up as src/serve/listen.c sets it up: the floor under
// every figure. bench_empty PORT: answers every request with an empty page, until it is killed.
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum MHD_Result handle(void *with, struct MHD_Connection *c, const char *url, const char *method,
			      const char *version, const char *data, size_t *size, void **own) {
	(void)with, (void)url, (void)method, (void)version, (void)data;
	*size = 0;
	if (!*own) {
		*own = c;
		return MHD_YES;
	}
	struct MHD_Response *r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result done = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return done;
}

int main(int argc, char **argv) {
	long port = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)port, NULL, NULL, handle, NULL,
			      MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_END)) {
		(void)fputs("bench_empty: cannot listen\n", stderr);
		return 1;
	}
	for (;;) (void)pause();
}
