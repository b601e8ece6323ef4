// stakeholder.h - the agencies of the hub and their members: who there is, where, under whom, in which posts.
//
// Agency:    has a kind of the pack, a jurisdiction (an area and all below it), a short code that is unique,
// a name in
//            one or more languages, and stands under another agency or none. Kind, area and place stay for
//            ever (a reorganised agency is a new one, so that old records stay true); names, phone, listed,
//            active may change.
// Listed:    an unlisted agency is in nobody's directory but its own, that of those above it and the hub's. A
// shelter
//            is never listed, whoever asks for it.
// Member:    in exactly one agency. The name is sealed under the agency's key. Posts are those of the pack.
//            `rights` is a number that goes up with each change of posts, suspension and restoring: a session
//            carries the number it began with, and is over when it is no longer the same.
// Posts:     only who may write members everywhere (the hub) gives or takes hub_admin and auditor. A
// hub_admin holds no
//            other post but directory_editor, so that nobody who runs the machine opens a case. Nobody
//            changes her own posts, nor suspends herself: somebody who can let members in is always left.
// Not here:  logins, passwords, sessions (account); rights (policy).
#pragma once
#include "base/base.h"
#include "base/id.h"
#include "base/lang.h"
#include "ledger/ledger.h"
#include "policy/policy.h"
#include "web/web.h"

#define PATH_directory "/directory"
#define PATH_agency_new "/directory/new"
#define PATH_agency "/directory/:stakeholder"
#define PATH_agency_edit "/directory/:stakeholder/change"

typedef struct {
	StakeholderId id, above; // above 0: nobody
	KeyId key;
	Str code, kind, area, phone;
	bool active, listed;
	int64_t version, made;
	Str name; // in cx->lang, else English, else the one there is
} Stakeholder;

typedef struct {
	Str code; // 2 to 16 capital letters, digits and '-': begins case numbers in people's mouths
	Str kind, area; // of the pack
	StakeholderId above;
	Str name[LANG__N]; // at least one
	Str phone; // public; may be empty
	bool listed;
} StakeholderIn;
// What is wrong with it, so that a form can say it beside the field.
typedef enum {
	AGENCY_RIGHT,
	AGENCY_CODE,
	AGENCY_CODE_TAKEN,
	AGENCY_KIND,
	AGENCY_AREA,
	AGENCY_ABOVE,
	AGENCY_NAME,
	AGENCY_PHONE
} AgencyFault;
MUST_USE Err stakeholder_fault(Cx *cx, const StakeholderIn *in, bool added, AgencyFault *out);
// Makes its key. ERR_INVALID for whatever stakeholder_fault finds.
MUST_USE Err stakeholder_add(Cx *cx, const StakeholderIn *in, StakeholderId *out);
typedef struct {
	int64_t version; // that the reader saw; ERR_CONFLICT when it is another by now
	Str name[LANG__N];
	Str phone;
	bool listed, active; // an inactive one gets nothing new, and its members cannot sign in
} StakeholderChange;
MUST_USE Err stakeholder_change(Cx *cx, StakeholderId id, const StakeholderChange *to);

MUST_USE Err stakeholder_get(Cx *cx, StakeholderId id, Stakeholder *out); // ERR_NOT_FOUND; inactive ones too
MUST_USE Err stakeholder_by_code(Cx *cx, Str code, Stakeholder *out);
MUST_USE Err stakeholder_names(Cx *cx, StakeholderId id, Str name[LANG__N]); // empty where there is none
// For sentences on pages: the name in cx->lang; empty for 0 and for what is not there.
MUST_USE Err stakeholder_name(Cx *cx, StakeholderId id, Str *out);
MUST_USE Err stakeholder_above(Cx *cx, StakeholderId id, StakeholderId *out); // 0: nobody stands above
// The nearest active agency of a kind whose jurisdiction holds the area, lowest first, the oldest of several,
// leaving out those walled off from `wall_of` ({0}: no walls). An area the pack does not know counts as the
// whole country. *out is 0 when there is none.
MUST_USE Err stakeholder_nearest(Cx *cx, Str kind, Str area, Object wall_of, StakeholderId *out);

typedef struct {
	StakeholderId *at;
	ptrdiff_t n;
} StakeholderIds;
// The active agencies of a kind whose jurisdiction is this very area, the oldest first; area empty: whatever
// it is.
MUST_USE Err stakeholder_of_kind(Cx *cx, Str kind, Str area, StakeholderIds *out);

typedef struct {
	Str kind, area, search; // each may be empty; area: those responsible there, or inside it
	bool unlisted; // the whole directory, for the hub
	StakeholderId mine; // with unlisted false: this one, and those under it, though unlisted
	bool active_only;
	StakeholderId after; // keyset: the last of the page before
	int limit; // 0: 25
} StakeholderFilter;
typedef struct {
	Stakeholder *at;
	ptrdiff_t n;
	bool more;
} Stakeholders;
MUST_USE Err stakeholder_list(Cx *cx, const StakeholderFilter *f, Stakeholders *out); // by name
// Whether cx->actor may know of it: listed, her own, below her own, or the hub's to write.
MUST_USE Err stakeholder_seen(Cx *cx, const Stakeholder *s, bool *out);
// "Saathi" and "Sathi", "Rampoor" and "Rampur" become the same: how names are searched.
Str stakeholder_fold(Arena *a, Str name);

typedef struct {
	Str kind;
	int64_t agencies, without_members;
} StakeholderCount;
typedef struct {
	StakeholderCount *at;
	ptrdiff_t n;
} StakeholderCounts;
MUST_USE Err stakeholder_counts(Cx *cx, StakeholderCounts *out); // active ones, by kind
MUST_USE Err stakeholder_empty(Cx *cx, int limit,
			       Stakeholders *out); // active, without an active member, oldest first

// ---- members ----------------------------------------------------------------------------------------
typedef struct {
	MemberId id;
	StakeholderId stakeholder;
	KeyId key; // of the agency
	Str name; // opened
	uint32_t posts; // bits in the pack's order; a post that left the pack is not among them
	bool active;
	int lang;
	int64_t rights, made;
} Member;
MUST_USE Err member_get(Cx *cx, MemberId id, Member *out); // ERR_NOT_FOUND
MUST_USE Err member_name(Cx *cx, MemberId id, Str *out); // empty for 0 and for what is not there
typedef struct {
	Member *at;
	ptrdiff_t n;
} Members;
MUST_USE Err member_list(Cx *cx, StakeholderId of, Members *out); // in the order they came; at most 500
// The longest-serving active member of the agency with this post; 0 for none.
MUST_USE Err member_with_post(Cx *cx, StakeholderId of, Str post, MemberId *out);

uint32_t posts_from_text(const Pack *pack, Str codes); // "supervisor auditor"
Str posts_text(Arena *a, const Pack *pack, uint32_t posts); // the same back, in the pack's order
Str posts_said(Cx *cx, uint32_t posts); // "Supervisor, Auditor"
// Whether cx->actor may turn the posts `from` into `to` (from 0: a new member).
typedef enum { POSTS_RIGHT, POSTS_NONE, POSTS_HUB_ONLY, POSTS_ALONE, POSTS_OWN } PostsFault;
PostsFault posts_fault(Cx *cx, MemberId whose, uint32_t from, uint32_t to);

typedef struct {
	StakeholderId stakeholder;
	Str name;
	uint32_t posts;
	int lang;
} MemberIn;
// ERR_INVALID: no name, or posts_fault; ERR_NOT_FOUND: no such agency, or an inactive one.
MUST_USE Err member_add(Cx *cx, const MemberIn *in, MemberId *out);
// `rights`: the number the reader saw; ERR_CONFLICT when it is another by now.
MUST_USE Err member_set_posts(Cx *cx, MemberId id, int64_t rights, uint32_t posts);
MUST_USE Err member_suspend(Cx *cx, MemberId id, int64_t rights,
			    Str reason); // reason: sealed in the ledger; required
MUST_USE Err member_restore(Cx *cx, MemberId id, int64_t rights);
MUST_USE Err member_set_lang(Cx *cx, MemberId id, int lang);

extern const EntryKind *const stakeholder_kinds[];
extern const Routes stakeholder_routes;
