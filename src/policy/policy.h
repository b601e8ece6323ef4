// policy.h - who may do and see what: one decision, one table.
//
// may = post x relation x act x class, from the pack's grants.csv; nothing else in the program decides a
// right. A member acts with all her posts; her relation to an object is her stakeholder's, from the table
// `relation`, which rooms feed in their projectors through policy_relate. A walled stakeholder (conflict of
// interest) has no relation and never gets one, whatever else holds. No right and no such thing answer the
// same: ERR_NOT_FOUND.
#pragma once
#include "base/actor.h"
#include "base/base.h"
#include "base/id.h"
#include "base/lang.h"
#include "ledger/ledger.h"
#include "pack/pack.h"

typedef enum { // classes of information (DOMAIN)
	CLASS_OPEN,
	CLASS_CASE,
	CLASS_IDENTITY,
	CLASS_SAFETY,
	CLASS_HEALTH,
	CLASS_HIV,
	CLASS_COUNSELLING,
	CLASS_LEGAL,
	CLASS_SOURCE,
	CLASS_INTELLIGENCE,
	CLASS__N
} Class;
#define CLASS_BIT(c) (1u << (c))
#define CLASS_SENSITIVE \
	(CLASS_BIT(CLASS_IDENTITY) | CLASS_BIT(CLASS_SAFETY) | CLASS_BIT(CLASS_HEALTH) | \
	 CLASS_BIT(CLASS_HIV) | CLASS_BIT(CLASS_COUNSELLING) | CLASS_BIT(CLASS_SOURCE) | \
	 CLASS_BIT(CLASS_LEGAL) | CLASS_BIT(CLASS_INTELLIGENCE))

// Every route names one. Order is the matrix's column order.
// clang-format 14 does not come to rest on a list of this kind.
// clang-format off
#define ACTS(X) \
	X(visit) X(report_send) X(report_return) X(sign_in) X(account_own) X(today) X(checkpoint_read) \
	X(published_read) X(statistics_read) X(statistics_audit) X(release_list) X(release_ask) \
	X(release_answer) X(release_file) X(directory_read) X(agency_write) X(member_read) X(member_write) X(report_list) X(report_take) \
	X(report_read) X(report_answer) X(report_route) X(report_close) X(screening_read) \
	X(screening_write) X(screening_decide) X(case_open) X(case_list) X(case_read) X(case_write) \
	X(case_close) X(case_reopen) X(participant_write) X(event_write) X(person_read) X(person_write) \
	X(note_read) X(note_write) X(document_read) X(document_write) X(duty_list) X(duty_read) \
	X(duty_act) X(duty_waive) X(duty_approve) X(person_search)
// clang-format on
typedef enum {
	ACT_none,
#define X(name) ACT_##name,
	ACTS(X)
#undef X
		ACT__N
} Act;

typedef enum {
	RELATION_NOBODY, // no relation: holds for everybody, also visitors
	RELATION_LEAD, // leads the case, received the report, owes the duty, is the agency
	RELATION_PARTICIPANT,
	RELATION_REFERRED, // offered, not yet accepted
	RELATION_OVERSIGHT, // stands above one of these (reports_to)
	RELATION_NAMED, // this very member was named (HIV notes)
	RELATION_WALLED, // conflict of interest: nothing, ever
	RELATION__N
} Relation;

#define POSTS_MAX 32

typedef struct {
	About about; // 0: no object, only RELATION_NOBODY holds
	int64_t id;
} Object;
typedef struct {
	bool yes;
	uint32_t classes; // readable or writable with this act; CLASS_OPEN always when yes
	Relation relation;
	const char *basis; // own_work, legal_duty, consent, emergency: for the ledger
} Verdict;
MUST_USE Err policy_may(Cx *cx, Act act, Object on, Verdict *out); // OK also for "no": look at out->yes

// policy_may keeps the relations to the thing it was asked about last, and forgets them when this context
// writes one. Whoever goes on with a context after others may have written says so.
void policy_forget(Cx *cx);

// For projectors: gives a stakeholder (or, with member, one person) a relation. Also gives OVERSIGHT to those
// above it. A wall is never lifted and beats what was there; otherwise the stronger relation stays. `basis`
// as in Verdict.
MUST_USE Err policy_relate(Cx *cx, Object on, StakeholderId who, MemberId member, Relation r, Str basis,
			   int64_t at);
MUST_USE Err policy_unrelate(Cx *cx, Object on, StakeholderId who); // not a wall
// Copies walls from one object to another (a report's to the case opened from it).
MUST_USE Err policy_carry_walls(Cx *cx, Object from, Object to, int64_t at);
// Who stands under whom (reports_to), with everything above that: for stakeholder's projector. 0 above:
// nobody.
MUST_USE Err policy_place(Cx *cx, StakeholderId who, StakeholderId above);
typedef struct {
	StakeholderId stakeholder;
	MemberId member; // 0: the whole agency
	Relation relation;
	Str basis;
	int64_t since;
} Related;
typedef struct {
	Related *at;
	ptrdiff_t n;
} RelatedList;
MUST_USE Err policy_related(Cx *cx, Object on, RelatedList *out); // walls too: callers do not show them
MUST_USE Err policy_is_walled(Cx *cx, Object on, StakeholderId who, bool *out);

const char *act_name(Act a);
const char *class_name(Class c);
const char *relation_name(Relation r);
bool class_from_name(Str name, Class *out);

// The table itself, from grants.csv; part of Pack. `grant[post][relation][act]` are class bits, 0 for no.
typedef struct Grants {
	int npost;
	Str post[POSTS_MAX];
	Label post_label[POSTS_MAX];
	uint16_t grant[POSTS_MAX + 1][RELATION__N][ACT__N]; // [POSTS_MAX] is the visitor's row
	uint8_t basis[POSTS_MAX + 1][RELATION__N][ACT__N];
} Grants;
int grants_post(const Grants *g, Str post); // index or -1
// Checks and compiles grants.csv; the result lives in the pack's arena and hangs on pack->grants. Once,
// before serving.
MUST_USE Err policy_compile(Why *why, Pack *pack, PackProblems *problems);
// What posts give at one relation, without looking at any object: for the matrix and for menus.
uint32_t policy_grant(const Pack *pack, uint32_t posts, bool visitor, Relation r, Act act);
// For lists, so that they hold what may be read and nothing else: a word with one sign a relation, Y where
// one of the actor's posts gives the act. In a statement: substr($n, CAST(relation + 1 AS INTEGER), 1) = 'Y'.
Str policy_relations_with(Cx *cx, Act act);
// The whole table as text, one line a post and relation, one column an act: committed, and read by a human
// when it changes.
Str policy_matrix(Arena *a, const Pack *pack);
