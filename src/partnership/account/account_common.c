// What people choose when they are asked for a password: the 200 commonest words and runs, and why length
// alone does not help ("password1234"). Also words of this hub's own field.
#include "account/account_inside.h"

static const Str common[] = {
	SLIT("password"),    SLIT("123456"),	    SLIT("123456789"), SLIT("12345678"),    SLIT("12345"),
	SLIT("1234567"),     SLIT("1234567890"),    SLIT("qwerty"),    SLIT("abc123"),	    SLIT("111111"),
	SLIT("000000"),	     SLIT("123123"),	    SLIT("iloveyou"),  SLIT("password1"),   SLIT("admin"),
	SLIT("welcome"),     SLIT("monkey"),	    SLIT("dragon"),    SLIT("letmein"),	    SLIT("football"),
	SLIT("baseball"),    SLIT("master"),	    SLIT("sunshine"),  SLIT("princess"),    SLIT("shadow"),
	SLIT("superman"),    SLIT("michael"),	    SLIT("ashley"),    SLIT("bailey"),	    SLIT("passw0rd"),
	SLIT("trustno1"),    SLIT("jordan"),	    SLIT("harley"),    SLIT("ranger"),	    SLIT("hunter"),
	SLIT("buster"),	     SLIT("soccer"),	    SLIT("hockey"),    SLIT("killer"),	    SLIT("george"),
	SLIT("andrew"),	     SLIT("thomas"),	    SLIT("robert"),    SLIT("daniel"),	    SLIT("jessica"),
	SLIT("ginger"),	     SLIT("summer"),	    SLIT("winter"),    SLIT("spring"),	    SLIT("autumn"),
	SLIT("computer"),    SLIT("internet"),	    SLIT("samsung"),   SLIT("google"),	    SLIT("facebook"),
	SLIT("whatever"),    SLIT("freedom"),	    SLIT("starwars"),  SLIT("batman"),	    SLIT("pokemon"),
	SLIT("naruto"),	     SLIT("qazwsx"),	    SLIT("1q2w3e4r"),  SLIT("1qaz2wsx"),    SLIT("zaq12wsx"),
	SLIT("qwertyuiop"),  SLIT("asdfghjkl"),	    SLIT("zxcvbnm"),   SLIT("asdfgh"),	    SLIT("zxcvbn"),
	SLIT("qweasd"),	     SLIT("qwe123"),	    SLIT("asd123"),    SLIT("q1w2e3r4"),    SLIT("654321"),
	SLIT("987654321"),   SLIT("666666"),	    SLIT("888888"),    SLIT("555555"),	    SLIT("999999"),
	SLIT("121212"),	     SLIT("112233"),	    SLIT("123321"),    SLIT("696969"),	    SLIT("7777777"),
	SLIT("131313"),	     SLIT("159753"),	    SLIT("147258"),    SLIT("789456"),	    SLIT("abcdef"),
	SLIT("abcdefg"),     SLIT("abcd1234"),	    SLIT("a1b2c3"),    SLIT("aaaaaa"),	    SLIT("secret"),
	SLIT("login"),	     SLIT("access"),	    SLIT("default"),   SLIT("changeme"),    SLIT("guest"),
	SLIT("testing"),     SLIT("administrator"), SLIT("system"),    SLIT("server"),	    SLIT("manager"),
	SLIT("office"),	     SLIT("company"),	    SLIT("hello"),     SLIT("flower"),	    SLIT("lovely"),
	SLIT("loveme"),	     SLIT("iloveu"),	    SLIT("mylove"),    SLIT("babygirl"),    SLIT("butterfly"),
	SLIT("purple"),	     SLIT("orange"),	    SLIT("yellow"),    SLIT("silver"),	    SLIT("golden"),
	SLIT("diamond"),     SLIT("chocolate"),	    SLIT("chicken"),   SLIT("tigger"),	    SLIT("jasmine"),
	SLIT("samantha"),    SLIT("jennifer"),	    SLIT("amanda"),    SLIT("nicole"),	    SLIT("matthew"),
	SLIT("joshua"),	     SLIT("william"),	    SLIT("richard"),   SLIT("maggie"),	    SLIT("liverpool"),
	SLIT("chelsea"),     SLIT("arsenal"),	    SLIT("barcelona"), SLIT("cricket"),	    SLIT("sachin"),
	SLIT("dhoni"),	     SLIT("kohli"),	    SLIT("india"),     SLIT("bharat"),	    SLIT("mumbai"),
	SLIT("delhi"),	     SLIT("kolkata"),	    SLIT("chennai"),   SLIT("hindustan"),   SLIT("krishna"),
	SLIT("ganesh"),	     SLIT("hanuman"),	    SLIT("lakshmi"),   SLIT("saibaba"),	    SLIT("jaihind"),
	SLIT("jaishreeram"), SLIT("omsairam"),	    SLIT("nepal"),     SLIT("kathmandu"),   SLIT("dhaka"),
	SLIT("bangladesh"),  SLIT("pakistan"),	    SLIT("karachi"),   SLIT("lahore"),	    SLIT("allah"),
	SLIT("bismillah"),   SLIT("mohammed"),	    SLIT("muhammad"),  SLIT("ahmed"),	    SLIT("rahul"),
	SLIT("priya"),	     SLIT("rajesh"),	    SLIT("suresh"),    SLIT("ramesh"),	    SLIT("sanjay"),
	SLIT("deepak"),	     SLIT("pooja"),	    SLIT("sangam"),    SLIT("trafficking"), SLIT("rescue"),
	SLIT("police"),	     SLIT("justice"),	    SLIT("january"),   SLIT("february"),    SLIT("march"),
	SLIT("april"),	     SLIT("june"),	    SLIT("july"),      SLIT("august"),	    SLIT("september"),
	SLIT("october"),     SLIT("november"),	    SLIT("december"),  SLIT("monday"),	    SLIT("friday"),
	SLIT("sunday"),	     SLIT("correct"),	    SLIT("horse"),     SLIT("battery"),	    SLIT("staple"),
};
_Static_assert(COUNT(common) == 200, "the promise of account.h");

// Letters people put for others, undone.
static char plain_sign(char c) {
	static const char swapped[] = "@$!|", plain[] = "asil";
	if (c >= 'A' && c <= 'Z') return (char)(c + 32);
	for (int i = 0; swapped[i]; i++)
		if (c == swapped[i]) return plain[i];
	return c;
}

static Str plain_password(Arena *a, Str password) {
	char *p = NEW(a, char, password.n + 1);
	for (ptrdiff_t i = 0; i < password.n; i++) p[i] = plain_sign(password.p[i]);
	return (Str){p, password.n};
}

// The longest common word at the beginning of s, in bytes.
static ptrdiff_t common_at(Str s) {
	ptrdiff_t n = 0;
	for (ptrdiff_t i = 0; i < COUNT(common); i++)
		if (common[i].n > n && str_starts(s, common[i])) n = common[i].n;
	return n;
}

// A sign that goes on from the one before: the same, the next or the one before that (aaaa, 1234, dcba).
static bool goes_on(Str s, ptrdiff_t i) {
	int step = i > 0 ? s.p[i] - s.p[i - 1] : 9;
	return step >= -1 && step <= 1;
}

// How many signs would have to be guessed beside common words, digits and runs.
bool account_password_common(Arena *a, Str password) {
	Str s = plain_password(a, password);
	int own = 0;
	for (ptrdiff_t i = 0; i < s.n;) {
		ptrdiff_t n = common_at(str_slice(s, i, s.n));
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		if (!n && !digit && !goes_on(s, i)) own++;
		i += n ? n : 1;
	}
	return own < 5;
}
