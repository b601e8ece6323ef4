// id.h - typed ids, so that a case cannot be passed where a person is meant.
//
// An id is 63 bits: 51 bits of microseconds since 2020-01-01 UTC, then 12 random bits. It sorts by time of
// making (kind to B-trees, and lists newest first need no other key), tells nobody how many there are, and is
// written in addresses as 13 signs of Crockford's base 32. Knowing an id gives no right to anything. 0 is no
// id.
#pragma once
#include "base/base.h"

#define ID_TYPE(T) \
	typedef struct { \
		int64_t n; \
	} T
ID_TYPE(StakeholderId);
ID_TYPE(MemberId);
ID_TYPE(ReportId);
ID_TYPE(ScreeningId);
ID_TYPE(CaseId);
ID_TYPE(PersonId);
ID_TYPE(NoteId);
ID_TYPE(DocumentId);
ID_TYPE(DutyId);
ID_TYPE(KeyId);
ID_TYPE(BlobId);

#define ID_SIGNS 13
int64_t id_new(void); // from the system's random source and clock
Str id_text(Arena *a, int64_t id);
bool id_parse(Str s, int64_t *out); // either case; I, L as 1 and O as 0; false for anything else
