// psi_wire.h - how messages of match psi get to the other side: as files in a folder that somebody carries,
// over a connection, or over standard input and output. Each is framed by its length (8 bytes, big end
// first), so that a message that was cut is seen. Nothing waits longer than the end of the agreement.
#pragma once
#include "base/base.h"

typedef struct {
	Str folder, session; // files are SESSION.1.psi to SESSION.4.psi
	int in, out; // of a connection, else -1
	int64_t until; // seconds since 1970
	ptrdiff_t most; // bytes of one message
} PsiWire;

// ADDRESS:PORT, or unix:PATH. listen takes the first who comes; connect tries until somebody listens.
MUST_USE Err wire_listen(PsiWire *w, Why *why, Arena *a, Str at);
MUST_USE Err wire_connect(PsiWire *w, Why *why, Arena *a, Str at);
void wire_close(PsiWire *w);
MUST_USE Err wire_send(PsiWire *w, Why *why, Arena *a, int step, Str message);
MUST_USE Err wire_take(PsiWire *w, Why *why, Arena *a, int step, Str *message);
