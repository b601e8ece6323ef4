// Any bytes as one file of a pack: as a table, a playbook, a survey in CSV, or a workbook. The first byte
// says which.
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "pack/pack.h"

static const char *const file[] = {"pack.csv",	      "areas.csv",	    "scoring.csv",
				   "playbooks/x.csv", "forms/x.survey.csv", "forms/x.choices.csv",
				   "forms/y.xlsx"};
static char root[100];

static void put(const char *name, const uint8_t *data, size_t size) {
	char path[128];
	snprintf(path, sizeof path, "%s/%s", root, name);
	FILE *f = fopen(path, "wb");
	ASSERT(f);
	if (size) ASSERT(fwrite(data, 1, size, f) == size);
	ASSERT(fclose(f) == 0);
}
static void make_folders(void) {
	static const char *const inner[] = {"playbooks", "forms"};
	const char *tmp = getenv("TMPDIR"); // whoever runs it clears it away
	ASSERT(snprintf(root, sizeof root, "%s/pack-fuzz-XXXXXX", tmp && *tmp ? tmp : "/tmp") <
	       (int)sizeof root);
	ASSERT(mkdtemp(root));
	for (ptrdiff_t i = 0; i < COUNT(inner); i++) {
		char path[128];
		snprintf(path, sizeof path, "%s/%s", root, inner[i]);
		ASSERT(mkdir(path, 0700) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
	static const char settings[] = "key,value\nname,x\ntimezone,UTC\nlanguages,en hi\nimmediate,PT1H\n";
	static const char survey[] = "type,name,label\nselect_one l,a,A\n";
	if (!root[0]) make_folders();
	if (!size) return 0;
	put("pack.csv", (const uint8_t *)settings, sizeof settings - 1);
	put("forms/x.survey.csv", (const uint8_t *)survey, sizeof survey - 1);
	put(file[data[0] % COUNT(file)], data + 1, size - 1);
	PackProblems problems = {0};
	Pack *pack = NULL;
	Why why = {0};
	if (pack_open(&why, str_of(root), &problems, &pack) == OK) pack_close(pack);
	for (ptrdiff_t i = 0; i < problems.n; i++)
		ASSERT(problems.problem[i].say.n && problems.problem[i].mend.n);
	pack_problems_free(&problems);
	char path[128];
	snprintf(path, sizeof path, "%s/%s", root, file[data[0] % COUNT(file)]);
	(void)remove(path);
	return 0;
}
