// casefile_parts.h - what the files of this room share; no other room includes it.
#pragma once
#include "casefile/casefile.h"

typedef enum {
	WHAT_OPENED,
	WHAT_CLOSED,
	WHAT_REOPENED,
	WHAT_PERSON_ADDED,
	WHAT_PERSON_CHANGED,
	WHAT_RECORD,
	WHAT_NOTE,
	WHAT_DOCUMENT,
	WHAT_DOCUMENT_OPENED,
	WHAT_JOINED,
	WHAT_LEFT,
	WHAT_EVENT,
	WHAT_SCREENED,
	WHAT__N
} CaseWhat;
// casefile_project.c: every entry is about the case and sealed under its key.
MUST_USE Err casefile_append(Cx *cx, CaseWhat what, CaseId id, KeyId key, const Body *b);
extern const char *const casefile_part_name[CLASS__N]; // of the field of a body that carries a class

// casefile_read.c
Case casefile_case_of(const Row *r);
Person casefile_person_of(Cx *cx, const Row *r);

// casefile_answers.c: answers are sealed one value a class of information.
Class casefile_ask_class(const PackAsk *ask, bool suspect); // what is told of a suspect is intelligence
MUST_USE Err casefile_seal_answers(Cx *cx, KeyId key, int64_t owner, const PackAnswers *v, bool suspect,
				   Body *b);
typedef struct {
	int64_t owner;
	KeyId key;
	bool suspect;
	uint32_t classes;
} CaseOwner;
// Takes one sealed value into the answers when it is of the owner's classes; *read gets its class.
MUST_USE Err casefile_open_part(Cx *cx, const CaseOwner *o, Class klass, Str sealed, PackAnswers *v,
				uint32_t *read);
// All parts of one owner; defaults of the form do not count as answers.
MUST_USE Err casefile_open_answers(Cx *cx, const CaseOwner *o, PackAnswers *v, uint32_t *read);
PackAnswers casefile_no_answers(Cx *cx, const PackForm *f);

// casefile.c
typedef struct {
	Str event;
	PersonId person;
	int64_t at, occurrence;
	const PackAnswers *answers; // of the person; NULL: none
} CaseTelling;
MUST_USE Err casefile_tell(Cx *cx, const Case *c,
			   const CaseTelling *t); // a duty_event with the facts of the case
