// serve.h - the listener: from a socket to a room's page and back.
//
// Threads: libmicrohttpd's (bytes in and out, no database); readers, each with its own read connection; two
// for passwords; one writer, which takes what waits as one batch, one savepoint a request, and commits once
// for all of them. A reply leaves after the commit that holds what it says: its writes, and the record of
// what it reads.
//
// Limits: 256 requests in work (then 503), 256 KiB a body or 12 MiB for uploads, 10 s for the request line
// and headers, 30 s of silence. Nothing that tells where a visitor is (address, browser) is kept or logged.
#pragma once
#include "db/db.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "vault/vault.h"
#include "web/web.h"

typedef struct {
	Str database; // as DbOptions.where
	Str address; // "127.0.0.1"
	int port; // 0: any free one
	bool demo; // banner
	bool secure_cookie; // behind TLS
	int64_t clock_offset; // seconds; demonstrations and tests choose the time
	int tick_seconds; // 0: 5
	const Routes *const *routes; // NULL-terminated
	Vault *vault;
	Ledger *ledger;
	const Pack *pack;
	// Called on the writer, in a transaction, at each tick: what is due (duties, purges).
	// NULL-terminated.
	Err (*const *tick)(Cx *cx);
	// Called on a thread of its own, on a connection that reads: what takes long and nobody waits for.
	// *more: call again at once. NULL-terminated.
	Err (*const *aside)(Cx *cx, bool *more);
	Finder *finder;
	Desk *desk;
} ServeOptions;
typedef struct Serve Serve;
// Starts the threads and listens; *port tells where. ERR_STORE / ERR_BUSY with a plain reason when it cannot;
// what was made by then is taken back.
MUST_USE Err serve_start(Why *why, const ServeOptions *o, Serve **out, int *port);
// Finishes what is in work, signs a checkpoint, closes. No new connection is taken meanwhile.
void serve_stop(Serve *s);
