// embed - puts static/ into the program. embed OUTDIR static/style.css … writes OUTDIR/static_all.c: each
// file with its type, its bytes and an address that holds its hash, so that browsers may keep it for ever.
#include "gen.h"

// ---- SHA-256 (FIPS 180-4); the build has no library yet, and the hash only names a version ----------

static uint32_t turn(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void sha256_block(uint32_t state[8], const uint8_t *p) {
	static const uint32_t k[64] = {
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
		0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
		0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
		0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
		0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
		0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
		0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
		0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
		0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
		0xc67178f2,
	};
	uint32_t w[64], s[8];
	for (int i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + a + w[i - 7] + b;
	}
	memcpy(s, state, sizeof s);
	for (int i = 0; i < 64; i++) {
		uint32_t e = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25),
			 choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
		uint32_t a = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22),
			 most = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
		uint32_t one = s[7] + e + choice + k[i] + w[i];
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += one;
		s[0] = one + a + most;
	}
	for (int i = 0; i < 8; i++) state[i] += s[i];
}

// The first 16 hex digits.
static void sha256_name(const Bytes *file, char name[17]) {
	uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	Bytes b = {0};
	bytes_put(&b, file->p, file->n);
	bytes_put(&b, "\x80", 1);
	while (b.n % 64 != 56) bytes_put(&b, "\0", 1);
	for (int i = 7; i >= 0; i--) bytes_put(&b, &(char){(char)((uint64_t)file->n * 8 >> (8 * i))}, 1);
	for (size_t i = 0; i < b.n; i += 64) sha256_block(state, (const uint8_t *)b.p + i);
	snprintf(name, 17, "%08x%08x", state[0], state[1]);
}

// ---- the table -------------------------------------------------------------------------------------

static const char *type_of(const char *path) {
	static const struct {
		const char *ending, *type;
	} types[] = {
		{".css", "text/css; charset=utf-8"},
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".ico", "image/x-icon"},
		{".woff2", "font/woff2"},
		{".txt", "text/plain; charset=utf-8"},
		{".webmanifest", "application/manifest+json"},
	};
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
		if (!strcmp(dot, types[i].ending)) return types[i].type;
	gen_die(path, 0, "no type is known for this ending; add it to tools/embed.c");
}

static const char *name_in_static(const char *path) {
	const char *at = strstr(path, "static/");
	if (!at) gen_die(path, 0, "is not in static/");
	return at + strlen("static/");
}

static void put_bytes(Bytes *out, const char *what, int i, const Bytes *file) {
	bytes_fmt(out, "static const char %s_%d[] =", what, i);
	for (size_t at = 0; at < file->n; at += 80) {
		bytes_fmt(out, "\n\t\"");
		gen_quote(out, file->p + at, file->n - at < 80 ? file->n - at : 80);
		bytes_fmt(out, "\"");
	}
	bytes_fmt(out, "%s;\n", file->n ? "" : " \"\"");
}

static bool is_packed(const char *path) {
	size_t n = strlen(path);
	return n > 3 && !strcmp(path + n - 3, ".gz");
}

// The file of that name with .gz at its end, anywhere among the arguments; empty for none, or when it is no
// smaller.
static Bytes packed_of(int argc, char **argv, const char *name, size_t size) {
	size_t n = strlen(name);
	for (int i = 2; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/'), *base = slash ? slash + 1 : argv[i];
		if (!is_packed(argv[i]) || strncmp(base, name, n) != 0 || strcmp(base + n, ".gz") != 0)
			continue;
		Bytes file = gen_read(argv[i]);
		if (file.n < size) return file;
	}
	return (Bytes){0};
}

int main(int argc, char **argv) {
	if (argc < 2) gen_die("usage", 0, "embed OUTDIR static/file … [file.gz …]");
	Bytes out = {0}, table = {0};
	bytes_fmt(&out, "// Made by embed from static/.\n#include \"html/static.h\"\n");
	int n = 0;
	for (int i = 2; i < argc; i++) {
		if (is_packed(argv[i])) continue;
		n++;
		Bytes file = gen_read(argv[i]);
		char etag[17];
		sha256_name(&file, etag);
		const char *name = name_in_static(argv[i]), *dot = strrchr(name, '.');
		int stem = (int)(dot - name);
		const char *type = type_of(argv[i]);
		Bytes packed = packed_of(argc, argv, name, file.n);
		put_bytes(&out, "bytes", i - 2, &file);
		if (packed.n) put_bytes(&out, "packed", i - 2, &packed);
		bytes_fmt(&table,
			  "\t{SLIT(\"%s\"), SLIT(\"/static/%.*s-%s%s\"), SLIT(\"%s\"), SLIT(\"\\\"%s\\\"\"), "
			  "{bytes_%d, %zu}, ",
			  name, stem, name, etag, dot, type, etag, i - 2, file.n);
		if (packed.n)
			bytes_fmt(&table, "{packed_%d, %zu}},\n", i - 2, packed.n);
		else
			bytes_fmt(&table, "{0}},\n");
	}
	bytes_fmt(&out,
		  "const StaticFile static_file[] = {\n%s\t{.name = {0}},\n};\nconst ptrdiff_t static_files "
		  "= %d;\n",
		  table.p ? table.p : "", n);
	gen_write(argv[1], "static_all.c", &out);
	return 0;
}
