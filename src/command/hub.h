// hub.h - a hub is a folder: hub.conf (key=value), the SQLite file unless PostgreSQL is named, and the key
// file unless another source of the master key is. This opens all of it into one context, for serve and for
// every other command.
#pragma once
#include "db/db.h"
#include "ledger/ledger.h"
#include "pack/pack.h"
#include "policy/policy.h"
#include "vault/vault.h"

typedef struct {
	Arena arena; // the hub's; lives until hub_close
	Arena scratch; // cx->arena; may be reset between transactions
	Why why;
	Cx cx; // program actor, read-write connection
	Str dir, database, pack_dir, origin;
	bool demo;
	VaultSource key;
	Pack *pack;
	Vault *vault;
	Ledger *ledger;
} Hub;

// Reads hub.conf only. ERR_NOT_FOUND with a sentence that says what to do when there is none.
MUST_USE Err hub_read(Hub *h, Str dir);
MUST_USE Err hub_write(Hub *h); // mode 0600, refuses to overwrite
// Everything: pack (problems go to stderr), migrations when `migrate`, database, vault, ledger.
MUST_USE Err hub_open(Hub *h, bool migrate, bool make_vault);
void hub_close(Hub *h); // takes back whatever was opened so far; a second call does nothing
// A command's hub: closed on every way out.
#define HUB_CLOSED __attribute__((cleanup(hub_close))) Hub
// One write transaction around `work`, with the ledger's head.
MUST_USE Err hub_write_in(Hub *h, Err (*work)(Cx *cx, void *with), void *with);
void hub_clock(Hub *h, int64_t now); // 0: the machine's
