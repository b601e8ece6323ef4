// account_inside.h - what the files of this room share and nobody else needs.
#pragma once
#include "account/account.h"

bool account_password_common(Arena *a, Str password); // hardly more than common words, digits and runs
void account_autocomplete(Cx *cx, FormView *form);

// Pages about other members (account_member_page.c), in the room's one table of routes.
enum { MEMBER_FIELDS = 3, POSTS_FIELDS = 1, SUSPEND_FIELDS = 1 };
extern const Field account_member_fields[MEMBER_FIELDS], account_posts_fields[POSTS_FIELDS],
	account_suspend_fields[SUSPEND_FIELDS];
const Route *account_route_to(const char *path, const char *method);
Page account_show_member_new, account_run_member_new, account_show_member, account_show_posts,
	account_run_posts, account_show_suspend, account_run_suspend, account_run_restore, account_run_link;
#define ACCOUNT_MEMBER_ROUTES \
	ROUTE("GET", PATH_member_new, ACT_member_write, FIELDS(account_member_fields), \
	      .run = account_show_member_new), \
		ROUTE("POST", PATH_member_new, ACT_member_write, .flags = ROUTE_WRITES | ROUTE_KEEPS, \
		      FIELDS(account_member_fields), .run = account_run_member_new, \
		      .again = account_show_member_new), \
		ROUTE("GET", PATH_member, ACT_member_read, .run = account_show_member), \
		ROUTE("GET", PATH_member_posts, ACT_member_write, FIELDS(account_posts_fields), \
		      .run = account_show_posts), \
		ROUTE("POST", PATH_member_posts, ACT_member_write, .flags = ROUTE_WRITES, \
		      FIELDS(account_posts_fields), .run = account_run_posts, .again = account_show_posts), \
		ROUTE("GET", PATH_member_suspend, ACT_member_write, FIELDS(account_suspend_fields), \
		      .run = account_show_suspend), \
		ROUTE("POST", PATH_member_suspend, ACT_member_write, .flags = ROUTE_WRITES, \
		      FIELDS(account_suspend_fields), .run = account_run_suspend, \
		      .again = account_show_suspend), \
		ROUTE("POST", PATH_member_restore, ACT_member_write, .flags = ROUTE_WRITES, \
		      .run = account_run_restore), \
		ROUTE("POST", PATH_member_link, ACT_member_write, .flags = ROUTE_WRITES, \
		      .run = account_run_link)
