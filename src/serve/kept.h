// kept.h - what somebody had typed when her session was over: it waits in the page, and nobody else reads it.
//
// The values of the form are sealed for the member whose session it was, with the address they were meant for
// and the time, and travel as a hidden field of the page on which she signs in. Signing in sends the same
// field on to that address (307); there the form comes back as it was left, and nothing is written before she
// sends it. Bound to:  this hub, that member, that address. Another member gets the empty form; so does
// everybody after KEPT_LASTS. Twice:  the form keeps its `once` token, so that what is sent again counts
// once. Not kept:  passwords and files; the page names the files that are to be chosen again. Nothing is
// stored.
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "web/req.h"

enum {
	KEPT_LASTS = 24 * 3600,
	KEPT_BYTES = 180 << 10, // as text; a form that is larger is shown again instead, to be copied
};

// Empty when it is too large.
MUST_USE Err kept_seal(Cx *cx, const Req *rq, MemberId of, Str *out);
bool kept_given(const Req *rq);
// Puts what was typed back in the place of what was sent, for cx->actor. *same: it was hers, was meant for
// here, and is not too old; else nothing is put back. *files: names of the files that were chosen, with ", "
// between.
MUST_USE Err kept_open(Cx *cx, Req *rq, bool *same, Str *files);
