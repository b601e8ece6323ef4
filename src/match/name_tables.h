// name_tables.h - what name.c knows of scripts, markers and spellings. Only name.c includes it.
//
// Rules and lists written for this program from how names are spelt on Indian, Bangladeshi and Nepali forms.
// No list of people went into them.
#pragma once
#include "base/base.h"

typedef enum {
	SIGN_NONE, // parts words
	SIGN_CONSONANT, // with an inherent vowel
	SIGN_VOWEL, // standing alone
	SIGN_MATRA, // takes the place of the inherent vowel
	SIGN_VIRAMA, // takes the inherent vowel away
	SIGN_NUKTA,
	SIGN_NASAL,
	SIGN_SILENT, // has no sound of its own
	SIGN_LETTER, // of an alphabet: no inherent vowel
} SignKind;
typedef struct {
	SignKind kind;
	const char *roman;
} Sign;

// Devanagari, Bengali and Gurmukhi lie in the same order, 128 places each (ISCII).
#define C(r) \
	{ SIGN_CONSONANT, r }
#define V(r) \
	{ SIGN_VOWEL, r }
#define M(r) \
	{ SIGN_MATRA, r }
static const Sign indic_signs[128] = {
	[0x00] = {SIGN_NASAL, "n"},
	[0x01] = {SIGN_NASAL, "n"},
	[0x02] = {SIGN_NASAL, "n"},
	[0x03] = {SIGN_SILENT, ""},
	[0x04] = V("a"),
	[0x05] = V("a"),
	[0x06] = V("aa"),
	[0x07] = V("i"),
	[0x08] = V("ee"),
	[0x09] = V("u"),
	[0x0A] = V("oo"),
	[0x0B] = V("ri"),
	[0x0C] = V("li"),
	[0x0D] = V("e"),
	[0x0E] = V("e"),
	[0x0F] = V("e"),
	[0x10] = V("ai"),
	[0x11] = V("o"),
	[0x12] = V("o"),
	[0x13] = V("o"),
	[0x14] = V("au"),
	[0x15] = C("k"),
	[0x16] = C("kh"),
	[0x17] = C("g"),
	[0x18] = C("gh"),
	[0x19] = C("ng"),
	[0x1A] = C("ch"),
	[0x1B] = C("chh"),
	[0x1C] = C("j"),
	[0x1D] = C("jh"),
	[0x1E] = C("n"),
	[0x1F] = C("t"),
	[0x20] = C("th"),
	[0x21] = C("d"),
	[0x22] = C("dh"),
	[0x23] = C("n"),
	[0x24] = C("t"),
	[0x25] = C("th"),
	[0x26] = C("d"),
	[0x27] = C("dh"),
	[0x28] = C("n"),
	[0x29] = C("n"),
	[0x2A] = C("p"),
	[0x2B] = C("ph"),
	[0x2C] = C("b"),
	[0x2D] = C("bh"),
	[0x2E] = C("m"),
	[0x2F] = C("y"),
	[0x30] = C("r"),
	[0x31] = C("r"),
	[0x32] = C("l"),
	[0x33] = C("l"),
	[0x34] = C("zh"),
	[0x35] = C("v"),
	[0x36] = C("sh"),
	[0x37] = C("sh"),
	[0x38] = C("s"),
	[0x39] = C("h"),
	[0x3A] = M("o"),
	[0x3B] = M("oo"),
	[0x3C] = {SIGN_NUKTA, ""},
	[0x3D] = {SIGN_SILENT, ""},
	[0x3E] = M("aa"),
	[0x3F] = M("i"),
	[0x40] = M("ee"),
	[0x41] = M("u"),
	[0x42] = M("oo"),
	[0x43] = M("ri"),
	[0x44] = M("ri"),
	[0x45] = M("e"),
	[0x46] = M("e"),
	[0x47] = M("e"),
	[0x48] = M("ai"),
	[0x49] = M("o"),
	[0x4A] = M("o"),
	[0x4B] = M("o"),
	[0x4C] = M("au"),
	[0x4D] = {SIGN_VIRAMA, ""},
	[0x4E] = M("e"),
	[0x4F] = M("au"),
	// Composed letters; the table of composed letters takes them apart.
	[0x58] = C("k"),
	[0x59] = C("kh"),
	[0x5A] = C("g"),
	[0x5B] = C("z"),
	[0x5C] = C("r"),
	[0x5D] = C("rh"),
	[0x5E] = C("f"),
	[0x5F] = C("y"),
	[0x50] = V("om"),
	[0x60] = V("ri"),
	[0x61] = V("li"),
};
static const struct {
	int32_t at;
	Sign sign;
} indic_own[] = {
	{0x0972, V("e")},
	{0x0979, C("j")},
	{0x097A, C("y")},
	{0x097B, C("g")},
	{0x097C, C("j")},
	{0x097E, C("d")},
	{0x097F, C("b")},
	// Bengali: ya is read j, and y only below another letter or with its dot.
	{0x09AF, C("j")},
	{0x09CE, {SIGN_LETTER, "t"}},
	{0x09D7, M("au")},
	{0x09F0, C("r")},
	{0x09F1, C("v")},
	{0x09FC, C("v")},
	// Gurmukhi: tippi nasalises, addak doubles, the carriers are silent but for their vowel.
	{0x0A51, {SIGN_SILENT, ""}},
	{0x0A70, {SIGN_NASAL, "n"}},
	{0x0A71, {SIGN_SILENT, ""}},
	{0x0A72, V("i")},
	{0x0A73, V("u")},
	{0x0A74, V("om")},
	{0x0A75, {SIGN_SILENT, ""}},
};
// What a letter becomes with a dot below, by its place in the block.
static const struct {
	int32_t place;
	const char *roman;
} nukta_signs[] = {
	{0x15, "k"}, {0x16, "kh"}, {0x17, "g"}, {0x1C, "z"}, {0x21, "r"}, {0x22, "rh"}, {0x2B, "f"},
	{0x2F, "y"}, {0x38, "sh"}, {0x32, "l"}, {0x28, "n"}, {0x30, "r"}, {0x33, "zh"},
};
// Letters that Unicode writes in one sign or in two. The two are what is read.
static const struct {
	int32_t whole, letter, mark;
} composed_signs[] = {
	{0x0929, 0x0928, 0x093C}, {0x0931, 0x0930, 0x093C}, {0x0934, 0x0933, 0x093C},
	{0x0958, 0x0915, 0x093C}, {0x0959, 0x0916, 0x093C}, {0x095A, 0x0917, 0x093C},
	{0x095B, 0x091C, 0x093C}, {0x095C, 0x0921, 0x093C}, {0x095D, 0x0922, 0x093C},
	{0x095E, 0x092B, 0x093C}, {0x095F, 0x092F, 0x093C}, {0x09DC, 0x09A1, 0x09BC},
	{0x09DD, 0x09A2, 0x09BC}, {0x09DF, 0x09AF, 0x09BC}, {0x0A33, 0x0A32, 0x0A3C},
	{0x0A36, 0x0A38, 0x0A3C}, {0x0A59, 0x0A16, 0x0A3C}, {0x0A5A, 0x0A17, 0x0A3C},
	{0x0A5B, 0x0A1C, 0x0A3C}, {0x0A5E, 0x0A2B, 0x0A3C},
};
// Two Bengali vowel signs that are one.
static const struct {
	int32_t first, second, whole;
} joined_signs[] = {
	{0x09C7, 0x09BE, 0x09CB}, {0x09C7, 0x09D7, 0x09CC}, {0x0627, 0x0653, 0x0622},
	{0x0627, 0x0654, 0x0623}, {0x0627, 0x0655, 0x0625}, {0x0648, 0x0654, 0x0624},
	{0x064A, 0x0654, 0x0626}, {0x06C1, 0x0654, 0x06C2}, {0x06D2, 0x0654, 0x06D3},
};

// Arabic letters as Urdu reads them. v and y are consonants or vowels by their place.
static const struct {
	int32_t at;
	const char *roman;
} urdu_signs[] = {
	{0x0622, "aa"}, {0x0623, "a"}, {0x0624, "o"}, {0x0625, "i"}, {0x0626, "i"},  {0x0627, "a"},
	{0x0628, "b"},	{0x0629, "t"}, {0x062A, "t"}, {0x062B, "s"}, {0x062C, "j"},  {0x062D, "h"},
	{0x062E, "kh"}, {0x062F, "d"}, {0x0630, "z"}, {0x0631, "r"}, {0x0632, "z"},  {0x0633, "s"},
	{0x0634, "sh"}, {0x0635, "s"}, {0x0636, "z"}, {0x0637, "t"}, {0x0638, "z"},  {0x0639, "a"},
	{0x063A, "gh"}, {0x0641, "f"}, {0x0642, "k"}, {0x0643, "k"}, {0x0644, "l"},  {0x0645, "m"},
	{0x0646, "n"},	{0x0647, "h"}, {0x0648, "v"}, {0x0649, "y"}, {0x064A, "y"},  {0x064E, "a"},
	{0x064F, "u"},	{0x0650, "i"}, {0x0679, "t"}, {0x067E, "p"}, {0x0686, "ch"}, {0x0688, "d"},
	{0x0691, "r"},	{0x0698, "z"}, {0x06A9, "k"}, {0x06AF, "g"}, {0x06BA, "n"},  {0x06BE, "h"},
	{0x06C1, "h"},	{0x06C2, "h"}, {0x06C3, "t"}, {0x06CC, "y"}, {0x06D2, "e"},  {0x06D3, "e"},
};

#undef C
#undef V
#undef M

// Latin letters with marks, U+00C0 to U+017F, by what is left without them; a space parts words.
static const char latin_plain[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
				  "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
				  "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

// Words that are no name, as typed: lower case, letters with their dots as two signs, without joiners. Words
// that are also common names (Devi, Kumari, Mata, Begum, Khatun, Haji) are kept.
static const Str marker_words[] = {
	SLIT("shri"),	   SLIT("shree"),    SLIT("sri"),      SLIT("shrimati"), SLIT("shrimathi"),
	SLIT("srimati"),   SLIT("smt"),	     SLIT("smti"),     SLIT("mr"),	 SLIT("mrs"),
	SLIT("ms"),	   SLIT("miss"),     SLIT("dr"),       SLIT("prof"),	 SLIT("ji"),
	SLIT("shriman"),   SLIT("sushri"),   SLIT("janab"),    SLIT("adv"),	 SLIT("advocate"),
	SLIT("late"),	   SLIT("lt"),	     SLIT("sva"),      SLIT("swargiya"), SLIT("svargiya"),
	SLIT("swargvasi"), SLIT("marhum"),   SLIT("deceased"), SLIT("son"),	 SLIT("daughter"),
	SLIT("wife"),	   SLIT("of"),	     SLIT("father"),   SLIT("mother"),	 SLIT("husband"),
	SLIT("guardian"),  SLIT("so"),	     SLIT("wo"),       SLIT("श्री"),	 SLIT("श्रीमती"),
	SLIT("श्रीमति"),	   SLIT("श्रीमान"),   SLIT("सुश्री"),     SLIT("डॉ"),	 SLIT("डा"),
	SLIT("डॉक्टर"),	   SLIT("जी"),	     SLIT("एडवोकेट"),   SLIT("अधिवक्ता"),	 SLIT("जनाब"),
	SLIT("मिस"),	   SLIT("मिस्टर"),    SLIT("प्रो"),      SLIT("स्व"),	 SLIT("स्वर्गीय"),
	SLIT("स्वर्गिय"),	   SLIT("स्वर्गवासी"), SLIT("मृत"),       SLIT("मृतक"),	 SLIT("प्रयात"),
	SLIT("दिवंगत"),	   SLIT("मरहूम"),     SLIT("मरहुम"),     SLIT("लेट"),	 SLIT("कै"),
	SLIT("कैलासवासी"),  SLIT("पुत्र"),	     SLIT("पुत्री"),     SLIT("सुपुत्र"),	 SLIT("सुपुत्री"),
	SLIT("पिता"),	   SLIT("पति"),	     SLIT("पत्नी"),     SLIT("बेटा"),	 SLIT("बेटी"),
	SLIT("आत्मज"),	   SLIT("आत्मजा"),    SLIT("छोरा"),     SLIT("छोरी"),	 SLIT("मुलगा"),
	SLIT("मुलगी"),	   SLIT("श्रीमन्"),    SLIT("শ্রী"),      SLIT("শ্রীমতী"),	 SLIT("শ্রীমতি"),
	SLIT("জনাব"),	   SLIT("জনাবা"),    SLIT("ডা"),       SLIT("ডঃ"),	 SLIT("ড"),
	SLIT("মিস"),	   SLIT("মৃত"),	     SLIT("মৃতা"),      SLIT("প্রয়াত"),	 SLIT("স্বর্গীয়"),
	SLIT("মরহুম"),	   SLIT("মরহুমা"),    SLIT("লেট"),      SLIT("স্ব"),	 SLIT("পিতা"),
	SLIT("পুত্র"),	   SLIT("কন্যা"),     SLIT("স্বামী"),    SLIT("স্ত্রী"),	 SLIT("ছেলে"),
	SLIT("মেয়ে"),	   SLIT("ਸ੍ਰੀ"),	     SLIT("ਸ਼੍ਰੀ"),      SLIT("ਸ੍ਰੀਮਤੀ"),	 SLIT("ਸਵਰਗੀ"),
	SLIT("ਪੁੱਤਰ"),	   SLIT("ਪਤਨੀ"),     SLIT("ਜੀ"),       SLIT("محترم"),	 SLIT("محترمہ"),
	SLIT("جناب"),	   SLIT("مرحوم"),    SLIT("مرحومہ"),   SLIT("ولد"),	 SLIT("بنت"),
	SLIT("زوجہ"),	   SLIT("صاحب"),
};
// A letter, a stroke and one of these: s/o, d/o, w/o.
static const char kinship_letters[] = "sdwcfhm";

// Written short, and the word that is meant. As typed, as above.
static const struct {
	Str typed, meant;
} short_words[] = {
	{SLIT("md"), SLIT("mohammad")},
	{SLIT("mohd"), SLIT("mohammad")},
	{SLIT("mohmd"), SLIT("mohammad")},
	{SLIT("mhd"), SLIT("mohammad")},
	{SLIT("mohm"), SLIT("mohammad")},
	{SLIT("muhd"), SLIT("mohammad")},
	{SLIT("mst"), SLIT("mosammat")},
	{SLIT("msts"), SLIT("mosammat")},
	{SLIT("must"), SLIT("mosammat")},
	{SLIT("kr"), SLIT("kumar")},
	{SLIT("km"), SLIT("kumari")},
	{SLIT("kum"), SLIT("kumari")},
	{SLIT("sk"), SLIT("shekh")},
	{SLIT("chd"), SLIT("chaudhari")},
	{SLIT("ch"), SLIT("chandra")},
	{SLIT("chdr"), SLIT("chandra")},
	{SLIT("pd"), SLIT("prasad")},
	{SLIT("prd"), SLIT("prasad")},
	{SLIT("abd"), SLIT("abdul")},
	{SLIT("ab"), SLIT("abdul")},
	{SLIT("bdr"), SLIT("bahadur")},
	{SLIT("मो"), SLIT("mohammad")},
	{SLIT("मोहं"), SLIT("mohammad")},
	{SLIT("मोह"), SLIT("mohammad")},
	{SLIT("मु"), SLIT("mohammad")},
	{SLIT("मह"), SLIT("mohammad")},
	{SLIT("मोहः"), SLIT("mohammad")},
	{SLIT("महः"), SLIT("mohammad")},
	{SLIT("मोः"), SLIT("mohammad")},
	{SLIT("मुः"), SLIT("mohammad")},
	{SLIT("एमडी"), SLIT("mohammad")},
	{SLIT("मोसाः"), SLIT("mosammat")},
	{SLIT("मोसा"), SLIT("mosammat")},
	{SLIT("कु"), SLIT("kumari")},
	{SLIT("सेः"), SLIT("shekh")},
	{SLIT("মো"), SLIT("mohammad")},
	{SLIT("মোঃ"), SLIT("mohammad")},
	{SLIT("মোহ"), SLIT("mohammad")},
	{SLIT("মু"), SLIT("mohammad")},
	{SLIT("মুঃ"), SLIT("mohammad")},
	{SLIT("মোহাঃ"), SLIT("mohammad")},
	{SLIT("মোছা"), SLIT("mosammat")},
	{SLIT("মোছাঃ"), SLIT("mosammat")},
	{SLIT("মোসা"), SLIT("mosammat")},
	{SLIT("মোসাঃ"), SLIT("mosammat")},
	{SLIT("সেখ"), SLIT("shekh")},
	{SLIT("কুঃ"), SLIT("kumari")},
	{SLIT("আঃ"), SLIT("abdul")},
	// Initials, as the letters of the Latin alphabet are called.
	{SLIT("ए"), SLIT("a")},
	{SLIT("बी"), SLIT("b")},
	{SLIT("सी"), SLIT("c")},
	{SLIT("डी"), SLIT("d")},
	{SLIT("ई"), SLIT("e")},
	{SLIT("एफ"), SLIT("f")},
	{SLIT("एच"), SLIT("h")},
	{SLIT("आई"), SLIT("i")},
	{SLIT("जे"), SLIT("j")},
	{SLIT("के"), SLIT("k")},
	{SLIT("एल"), SLIT("l")},
	{SLIT("एम"), SLIT("m")},
	{SLIT("एम्"), SLIT("m")},
	{SLIT("एन"), SLIT("n")},
	{SLIT("ओ"), SLIT("o")},
	{SLIT("पी"), SLIT("p")},
	{SLIT("क्यू"), SLIT("q")},
	{SLIT("आर"), SLIT("r")},
	{SLIT("एस"), SLIT("s")},
	{SLIT("टी"), SLIT("t")},
	{SLIT("यू"), SLIT("u")},
	{SLIT("वी"), SLIT("v")},
	{SLIT("डब्ल्यू"), SLIT("w")},
	{SLIT("डब्लू"), SLIT("w")},
	{SLIT("एक्स"), SLIT("x")},
	{SLIT("वाई"), SLIT("y")},
	{SLIT("वाय"), SLIT("y")},
	{SLIT("जेड"), SLIT("z")},
	{SLIT("এ"), SLIT("a")},
	{SLIT("বি"), SLIT("b")},
	{SLIT("সি"), SLIT("c")},
	{SLIT("ডি"), SLIT("d")},
	{SLIT("ই"), SLIT("e")},
	{SLIT("এফ"), SLIT("f")},
	{SLIT("জি"), SLIT("g")},
	{SLIT("এইচ"), SLIT("h")},
	{SLIT("আই"), SLIT("i")},
	{SLIT("জে"), SLIT("j")},
	{SLIT("কে"), SLIT("k")},
	{SLIT("এল"), SLIT("l")},
	{SLIT("এম"), SLIT("m")},
	{SLIT("এন"), SLIT("n")},
	{SLIT("ও"), SLIT("o")},
	{SLIT("পি"), SLIT("p")},
	{SLIT("কিউ"), SLIT("q")},
	{SLIT("আর"), SLIT("r")},
	{SLIT("এস"), SLIT("s")},
	{SLIT("টি"), SLIT("t")},
	{SLIT("ইউ"), SLIT("u")},
	{SLIT("ভি"), SLIT("v")},
	{SLIT("ডব্লিউ"), SLIT("w")},
	{SLIT("ওয়াই"), SLIT("y")},
	{SLIT("জেড"), SLIT("z")},
};

// Spellings, in the light form, that no letter rule makes one. The hard form and the skeleton are those of
// the first; the light form stays what was typed.
static const struct {
	Str usual, variants; // with spaces around each
} spelling_families[] = {
	{SLIT("mohammad"),
	 SLIT(" mohammed mohamad mohamed muhammad muhammed muhamad muhamed mahammad mahamad mahmad "
	      "mohmad mohmmad mohammod muhammod mahammed mohomad mohomed ")},
	{SLIT("mosammat"), SLIT(" musammat mosamat mussammat musamat mosamut ")},
	{SLIT("shekh"), SLIT(" shaikh shaik shek saikh sekh seikh sheik sheikh shikh ")},
	{SLIT("chaudhari"),
	 SLIT(" chaudhary chaudhuri chaudhury choudhari choudhary choudhuri choudhury chodhari "
	      "chowdhuri chowdhury chowdhary chowdhari chaudari chaudri choudhri chaudhri ")},
	{SLIT("lakshmi"),
	 SLIT(" lakshmi laksmi lokkhi lakkhi lokhi lakhi lakshami lachhmi lachmi lachami laxmi ")},
	{SLIT("bandopadhyay"),
	 SLIT(" banerji banarji banerjee banarjee banerjea bandyopadhyay bandopadhyaya bandyopadhyaya ")},
	{SLIT("mukhopadhyay"), SLIT(" mukherji mukherjee mukharji mukharjee mukerjee mukhopadhyaya ")},
	{SLIT("chattopadhyay"), SLIT(" chatterji chatterjee chaterjee chatarji chatarjee chattopadhyaya ")},
	{SLIT("gangopadhyay"), SLIT(" ganguli ganguly gangopadhyaya ")},
	{SLIT("vishnu"), SLIT(" bishnu bishun vishnoo bisnu vishun ")},
	{SLIT("krishna"), SLIT(" krishno kishan kishna krisna kesto kishun ")},
	{SLIT("husain"), SLIT(" hussain hussein husein hosain hossain hosen hussen hossen husen ")},
	{SLIT("begam"), SLIT(" begum begom ")},
	{SLIT("khatun"), SLIT(" khatoon khatoun katun ")},
	{SLIT("singh"), SLIT(" sinh sing sinha_ sinkh ")},
	{SLIT("ahmad"), SLIT(" ahmed ahamad ahamed ahammad ahammed ahmmed ")},
	{SLIT("rahman"), SLIT(" rehman rahaman rehaman rahmaan rohman rahoman ")},
	{SLIT("yadav"), SLIT(" jadav jadab yadab jadov yadov ")},
	{SLIT("das"), SLIT(" dass doss ")},
	{SLIT("ray"), SLIT(" roy rai rae ")},
};

// What stands between a name and another name of the same person. A sign of one byte stands anywhere; words
// stand alone.
static const Str alias_marks[] = {
	SLIT("@"),	  SLIT("alias"),  SLIT("urf"),	 SLIT("urph"),	SLIT("aka"),
	SLIT("a.k.a."),	  SLIT("a.k.a"),  SLIT("a/k/a"), SLIT("orofe"), SLIT("oraphe"),
	SLIT("nickname"), SLIT("उर्फ"),	  SLIT("उर्फ़"),	 SLIT("ऊर्फ"),	SLIT("उफ"),
	SLIT("एलियास"),	  SLIT("उपनाम"),  SLIT("ओरफे"),	 SLIT("ওরফে"),	SLIT("ওরফ"),
	SLIT("উরফে"),	  SLIT("ডাকনাম"), SLIT("ਉਰਫ"),	 SLIT("ਉਰਫ਼"),	SLIT("عرف"),
};

// The zero of each script's digits: Latin, Arabic, Urdu, Devanagari, Bengali, Gurmukhi.
static const int32_t digit_zeros[] = {0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xA66};
