// input.mjs - what bad input gets: the right status, a clear sentence in the visitor's language, none of the program's
// own words, and nothing saved. Then the same for a locked database, a full disk and a database server that goes away.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';
import { PASSWORD, ledgerSize, multipart, ownPostgres, raw, report, send, signIn, sleep } from './lib.mjs';

const hub = await startHub({ demo: true });
const { port } = new URL(hub.url);
const OURS = /ERR_|sqlite|postgres|\bSQL\b|\.c:\d|errno|assert|\bnull\b|undefined|exception|panic|microhttpd|constraint|savepoint|template|\[object|%s|%d/i;
const visible = (html) => html.replace(/<head>.*?<\/head>|<script.*?<\/script>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ').trim();

// The answer is of this status, whole, in the language that was asked for, and in nobody's jargon.
function clear(answer, status, lang, what) {
	assert.equal(answer.status, status, `${what}: ${answer.status} ${visible(answer.text).slice(0, 300)}`);
	if (!answer.text) return;
	const said = visible(answer.text);
	assert.doesNotMatch(said, OURS, what);
	if (/json/.test(answer.headers['content-type'])) {
		assert.ok(JSON.parse(answer.text).error, what);
		return;
	}
	assert.match(answer.text, new RegExp(`<html lang="${lang}"`), what);
	assert.match(answer.text, /<h1>[^<]+<\/h1>/, what);
	if (lang === 'hi') assert.match(/<main[^>]*>(.*)<\/main>/s.exec(answer.text)[1], /[\u0900-\u097f]{4}/, what);
	assert.match(answer.headers['cache-control'], /no-store/, what);
}

// Asks in both languages; the ledger is not an entry longer afterwards.
async function refused(status, method, path, options = {}) {
	const before = await ledgerSize(hub);
	for (const lang of ['en', 'hi']) {
		// Who is signed in has chosen a language, which an address overrules.
		const there = options.headers?.Cookie ? `${path}?lang=${lang}` : path;
		const answer = await send(hub, method, there, { ...options, headers: { 'Accept-Language': lang, ...options.headers } });
		clear(answer, status, lang, `${method} ${path.slice(0, 60)} (${lang})`);
	}
	assert.equal(await ledgerSize(hub), before, `${method} ${path} left something in the ledger`);
}

// ---- addresses and methods

test('an unknown address is 404', async () => {
	for (const path of ['/nothing', '/cases/', '/tell/', '/../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/%00', '/%ff%fe', '/static/', '/static/../hub.key', `/${'a'.repeat(8000)}`])
		await refused(404, 'GET', path);
	await refused(404, 'POST', '/nothing', { body: { a: 'b' } });
	await refused(404, 'GET', '/nothing', { json: true });
});
test('a method that an address does not take is 405, and names those that it takes', async () => {
	for (const [method, path] of [['POST', '/'], ['PUT', '/tell'], ['DELETE', '/tell'], ['PATCH', '/sign-in'], ['GET', '/back/add'], ['OPTIONS', '/tell'], ['FROB', '/']])
		await refused(405, method, path);
	assert.equal((await send(hub, 'PUT', '/tell')).headers.allow, 'GET, HEAD, POST');
	assert.equal((await send(hub, 'GET', '/back/add')).headers.allow, 'POST');
});
test('only what is the same for everybody is packed', async () => {
	const headers = { 'Accept-Encoding': 'gzip, deflate, br' };
	const page = await send(hub, 'GET', '/tell', { headers });
	assert.equal(page.headers['content-encoding'], undefined);
	const style = /href="(\/static\/style-[^"]+)"/.exec(page.text)[1];
	assert.equal((await send(hub, 'GET', style, { headers })).headers['content-encoding'], 'gzip');
	const plain = await send(hub, 'GET', style);
	assert.equal(plain.headers['content-encoding'], undefined);
	assert.match(plain.text, /^[^]*\.choice/);
});
test('HEAD is like GET, without the page', async () => {
	const answer = await send(hub, 'HEAD', '/tell');
	assert.equal(answer.status, 200);
	assert.equal(answer.text, '');
	assert.ok(Number(answer.headers['content-length']) > 1000);
});
test('a forged id is 404, whatever is in it, and before signing in it tells nothing', async () => {
	const headers = { Cookie: await signIn(hub, 'meera') };
	for (const id of ['0000000000000', '0SARTPDB1K2DT', 'ZZZZZZZZZZZZZ', "1'--", '-1', '9'.repeat(400), '%F0%9F%92%A9', '0'])
		for (const kind of ['reports', 'duties', 'members']) await refused(404, 'GET', `/${kind}/${id}`, { headers });
	assert.equal((await send(hub, 'GET', '/reports/0SARTPDB1K2DT')).status, 303);
});

// ---- bodies

test('text that is not UTF-8, or holds what is no text, is 422', async () => {
	const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
	for (const bad of ['%FF%FE', '%C0%AF', '%ED%A0%80', '%F4%90%80%80', '%E0%A4'])
		await refused(422, 'POST', '/tell', { body: `about=person&what=${bad}`, headers: type });
	await refused(422, 'POST', '/tell', multipart({ about: 'person', what: '\0' })); // control signs are taken out: empty
	await refused(422, 'POST', '/tell', { body: 'about=person&wh%FFat=x&what=fine', headers: type });
});
test('what was typed comes back with the sentence', async () => {
	for (const fields of [{ about: 'nonsense', what: 'kept-typed' }, { about: 'person', what: 'kept-typed', people: 'many' }, { about: 'person', what: 'kept-typed', people: '-1' },
		{ about: 'person', what: 'kept-typed', agency: '0000000000000' }]) {
		await refused(422, 'POST', '/tell', { body: fields });
		assert.match((await send(hub, 'POST', '/tell', { body: fields })).text, /kept-typed/);
	}
	await refused(422, 'POST', '/tell', { body: { about: 'person', what: '' } });
	await refused(422, 'POST', '/tell', { body: { about: 'person', what: 'x'.repeat(10001) } });
});
test('bad JSON is 422', async () => {
	const headers = { 'Content-Type': 'application/json' };
	for (const body of ['{"about":', '[]', '"about"', '{"about":"person","about":"place","what":"x"}', '{"about":{"a":1},"what":"x"}', '{"about":"person","what":"\\ud800"}',
		'\ufeff{}', '{"about":"person","what":"a\\u0000b"}', '['.repeat(100000), '{"a":1e999}', 'NaN'])
		for (const json of [true, false]) await refused(422, 'POST', '/tell', { body, headers, json });
});
test('a body that is no form at all is 422', async () => {
	await refused(422, 'POST', '/tell', { body: 'about=person&what=x', headers: { 'Content-Type': 'text/plain' } });
	await refused(422, 'POST', '/tell', { body: '<a/>', headers: { 'Content-Type': 'application/xml' } });
	await refused(422, 'POST', '/tell', { body: '' });
	await refused(422, 'POST', '/tell', { body: Buffer.from('x'), headers: { 'Content-Type': 'multipart/form-data' } });
});
test('more than fits is 413', async () => {
	await refused(413, 'POST', '/sign-in', { body: `login=${'x'.repeat(300 << 10)}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
	await refused(413, 'POST', '/tell', multipart(report('large'), [{ name: 'a.png', type: 'image/png', bytes: Buffer.alloc(13 << 20, 1) }]));
	await refused(413, 'POST', '/sign-in', { body: 'x'.repeat(300 << 10), headers: { 'Transfer-Encoding': 'chunked' } });
});
test('a file that is not what its name says, or of a kind that is not taken, is 422', async () => {
	const file = (name, type, bytes) => multipart(report('with a file'), [{ name, type, bytes: Buffer.from(bytes) }]);
	await refused(422, 'POST', '/tell', file('a.png', 'image/png', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0'));
	await refused(422, 'POST', '/tell', file('a.jpg', 'image/jpeg', '<html><script>alert(1)</script></html>'));
	await refused(422, 'POST', '/tell', file('a.txt', 'text/plain', '#!/bin/sh\nrm -rf /\n'));
	await refused(422, 'POST', '/tell', file('a.pdf', 'application/pdf', 'PK\x03\x04 not a paper'));
	const six = Array.from({ length: 9 }, (_, i) => ({ name: `${i}.txt`, type: 'text/plain', bytes: Buffer.from('plain words\n') }));
	await refused(422, 'POST', '/tell', multipart(report('nine files'), six));
});
test('a request that ends in the middle saves nothing', async () => {
	const before = await ledgerSize(hub);
	const head = (length, type = 'application/x-www-form-urlencoded') => `POST /tell HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;
	await raw(hub, `${head(1000)}about=person&what=cut`, { cut: true });
	await raw(hub, 'POST /tell HTTP/1.1\r\nHost: x\r\nContent-Le', { cut: true });
	await raw(hub, 'POST /tell HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabout=person', { cut: true });
	const whole = multipart(report('the end of it never comes'));
	const cut = whole.body.subarray(0, whole.body.length - 10); // as long as it says, but the last boundary is missing
	await refused(422, 'POST', '/tell', { body: cut, headers: whole.headers });
	await refused(422, 'POST', '/tell', { body: whole.body.subarray(0, whole.body.length - 60), headers: whole.headers });
	await sleep(200);
	assert.equal(await ledgerSize(hub), before);
	assert.equal((await send(hub, 'GET', '/')).status, 200);
});
test('a head that is no HTTP, or far too large, is refused, and the hub goes on', async () => {
	const before = await ledgerSize(hub);
	const many = Array.from({ length: 2000 }, (_, i) => `X-${i}: ${'y'.repeat(30)}`).join('\r\n');
	for (const [bytes, status] of [[`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(60000)}\r\n\r\n`, /^HTTP\/1\.1 431 /], [`GET / HTTP/1.1\r\nHost: x\r\n${many}\r\n\r\n`, /^HTTP\/1\.1 431 /],
		[`GET /${'a'.repeat(60000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1\.1 (414|431) /], ['\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', /^(HTTP\/1\.[01] 400 |$)/],
		['POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nabc', /^HTTP\/1\.1 400 /], ['POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n', /^HTTP\/1\.1 4(00|13) /],
		['GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /]])
		assert.match(await raw(hub, bytes), status, bytes.slice(0, 40));
	assert.equal(await ledgerSize(hub), before);
});
test('an address or a head that is too long is refused in the language of the visitor, up to what the library takes', async () => {
	const before = await ledgerSize(hub);
	for (const [status, path, headers] of [[414, `/${'a'.repeat(9000)}`, {}], [414, `/tell?lang=hi&x=${'b'.repeat(20000)}`, {}], [431, '/', { 'X-Long': 'y'.repeat(20000) }],
		[431, '/', Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-${i}`, 'y'.repeat(60)]))]])
		for (const lang of ['en', 'hi']) {
			const answer = await send(hub, 'GET', path, { headers: { ...headers, 'Accept-Language': path.includes('lang=hi') ? 'hi' : lang } });
			assert.equal(answer.status, status, path.slice(0, 20));
			assert.match(answer.text, path.includes('lang=hi') || lang === 'hi' ? /पता बहुत लंबा है/ : /The address is too long/);
			assert.match(answer.text, /<link rel="stylesheet"/);
		}
	const json = await send(hub, 'GET', `/${'a'.repeat(9000)}`, { json: true });
	assert.equal(json.status, 414);
	assert.equal(JSON.parse(json.text).error, 'too_large');
	assert.equal(await ledgerSize(hub), before);
	assert.equal((await send(hub, 'GET', `/tell?x=${'b'.repeat(4000)}`)).status, 200);
});
test('three hundred clients that begin and say no more do not keep others out for good', async () => {
	const net = await import('node:net');
	const slow = Array.from({ length: 300 }, () => net.connect({ host: '127.0.0.1', port: Number(port) }));
	for (const s of slow) {
		s.on('error', () => {});
		s.write('POST /tell HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabout=');
	}
	await sleep(500);
	const busy = await send(hub, 'GET', '/');
	assert.ok([200, 503].includes(busy.status));
	if (busy.status === 503) assert.ok(Number(busy.headers['retry-after']) > 0);
	for (const s of slow) s.destroy();
	for (const until = Date.now() + 5000; Date.now() < until && (await send(hub, 'GET', '/')).status !== 200;) await sleep(50);
	assert.equal((await send(hub, 'GET', '/')).status, 200);
});

// ---- the same again, from elsewhere, too late

test('a form that is sent again, and eight times at once, gives one report', async () => {
	const body = report('sent twice', { _once: 'aaaaaaaaaaaaaaaaaaaa' });
	const first = JSON.parse((await send(hub, 'POST', '/tell', { body, json: true })).text);
	assert.match(first.number, /^R-/);
	const size = await ledgerSize(hub);
	const again = await Promise.all(Array.from({ length: 8 }, () => send(hub, 'POST', '/tell', { body, json: true })));
	for (const a of again) {
		assert.equal(a.status, 200, a.text);
		assert.deepEqual([JSON.parse(a.text).number, JSON.parse(a.text).receipt, JSON.parse(a.text).again], [first.number, first.receipt, true]);
	}
	assert.equal(await ledgerSize(hub), size);
});
test('a form from another site is refused', async () => {
	const cookie = { Cookie: await signIn(hub, 'meera') };
	for (const from of [{ Origin: 'https://elsewhere.invalid' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: 'null' }, { Origin: `http://evil127.0.0.1:${port}` }]) {
		await refused(403, 'POST', '/tell', { body: report('from elsewhere'), headers: from });
		await refused(403, 'POST', '/sign-out', { body: {}, headers: { ...from, ...cookie } });
	}
	assert.equal((await send(hub, 'GET', '/reports', { headers: cookie })).status, 200);
	assert.equal((await send(hub, 'POST', '/tell', { body: report('from here'), headers: { Origin: hub.url } })).status, 200);
});
test('a form without its token is shown again with what was typed', async () => {
	const headers = { Cookie: await signIn(hub, 'meera') };
	for (const _token of ['', '0'.repeat(32)]) {
		const body = { ...report('typed-and-kept'), channel: 'phone', _token };
		await refused(422, 'POST', '/reports/new', { body, headers });
		assert.match((await send(hub, 'POST', '/reports/new', { body, headers })).text, /typed-and-kept/);
	}
});
test('when the session has ended in the middle of a form, the text is kept', async () => {
	const headers = { Cookie: 'sangam=00000000000000000000000000' };
	const body = { ...report('typed-for-an-hour'), channel: 'phone', _token: '0'.repeat(32) };
	await refused(401, 'POST', '/reports/new', { body, headers });
	assert.match((await send(hub, 'POST', '/reports/new', { body, headers })).text, /typed-for-an-hour/);
});
test('a form whose session has ended comes back as it was left, to who left it, and nothing is written before it is sent', async () => {
	const dead = await signIn(hub, 'meera');
	const page = (await send(hub, 'GET', '/reports/new', { headers: { Cookie: dead } })).text;
	const field = (html, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
	await send(hub, 'POST', '/sign-out', { body: { _token: field(page, '_token') }, headers: { Cookie: dead } });
	const form = multipart({ ...report('typed-for-an-hour'), channel: 'phone', _token: field(page, '_token'), _once: field(page, '_once') },
		[{ name: 'invented.txt', type: 'text/plain', bytes: Buffer.from('an invented file') }]);
	const lost = { body: form.body, headers: { Cookie: dead, ...form.headers } };
	await refused(401, 'POST', '/reports/new', lost);
	const kept = (await send(hub, 'POST', '/reports/new', lost)).text;
	assert.doesNotMatch(kept, /typed-for-an-hour/, 'what was typed is in the page for everybody');
	const body = { login: 'meera', password: PASSWORD, next: field(kept, 'next'), _kept: field(kept, '_kept') };
	assert.equal(body.next, '/reports/new');
	const wrong = await send(hub, 'POST', '/sign-in', { body: { ...body, password: 'not the password' }, headers: { Cookie: dead } });
	assert.equal(wrong.status, 401);
	assert.equal(field(wrong.text, '_kept'), body._kept, 'a mistyped password loses what was kept');

	// Signs in with what was kept, and follows as a browser does: the same form, to the address it was meant for.
	const back = async (login, sealed) => {
		const now = { ...body, login, _kept: sealed };
		const door = await send(hub, 'POST', '/sign-in', { body: now, headers: { Cookie: dead } });
		assert.equal(door.status, 307, visible(door.text));
		assert.equal(door.headers.location, '/reports/new');
		const headers = { Cookie: /^sangam=[^;]+/.exec(door.headers['set-cookie'][0])[0] };
		const size = await ledgerSize(hub);
		const there = await send(hub, 'POST', '/reports/new', { body: now, headers });
		assert.equal(there.status, 200);
		assert.doesNotMatch(there.text, /not the password|sangam demonstration/);
		assert.equal(await ledgerSize(hub), size, 'something was written before it was sent');
		return { html: there.text, headers };
	};
	assert.doesNotMatch((await back('kavita', body._kept)).html, /typed-for-an-hour/, 'another member sees it');
	assert.doesNotMatch((await back('meera', body._kept.replace(/.{9}$/, 'AAAAAAAA='))).html, /typed-for-an-hour/);
	for (const again of [1, 2]) {
		const { html, headers } = await back('meera', body._kept);
		assert.match(html, /typed-for-an-hour/);
		assert.match(html, /invented\.txt/, 'the file to be chosen again is not named');
		const ready = multipart({ ...report('typed-for-an-hour'), channel: 'phone', _token: field(html, '_token'), _once: field(html, '_once') });
		const size = await ledgerSize(hub);
		const sent = await send(hub, 'POST', '/reports/new', { body: ready.body, headers: { ...headers, ...ready.headers } });
		assert.ok([200, 303].includes(sent.status), visible(sent.text).slice(0, 300));
		if (again === 1) assert.ok(await ledgerSize(hub) > size);
		else assert.equal(await ledgerSize(hub), size, 'what was kept was taken twice');
	}
});
test('after all of it the ledger is whole', async () => {
	await hub.stop();
	await sound(hub);
});

// ---- what is under the hub fails

async function sound(of) {
	const verify = await sangam(['verify', '--hub', of.dir]);
	assert.equal(verify.status, 0, verify.out + verify.err);
	const rebuild = await sangam(['rebuild', '--check', '--hub', of.dir]);
	assert.equal(rebuild.status, 0, rebuild.out + rebuild.err);
}
// A report in each language, and a page that reads; what is not taken is said clearly.
async function tryBoth(of, allowed) {
	const got = new Set();
	for (const lang of ['en', 'hi']) {
		const answer = await send(of, 'POST', '/tell', { ...multipart(report('in bad times '.repeat(400))), headers: { ...multipart({}).headers, 'Accept-Language': lang } });
		assert.ok([200, ...allowed].includes(answer.status), `${answer.status}: ${visible(answer.text)}`);
		if (answer.status !== 200) clear(answer, answer.status, lang, 'in bad times');
		if (answer.status === 503) assert.ok(Number(answer.headers['retry-after']) > 0);
		got.add(answer.status);
	}
	return got;
}
async function works(of) {
	assert.equal((await send(of, 'POST', '/tell', { body: report('in good times') })).status, 200);
}

test('a database that another program has locked: 503, and then it goes on', async () => {
	await hub.start();
	const other = spawn('sqlite3', [join(hub.dir, 'sangam.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
	other.stdin.write('BEGIN IMMEDIATE;\nSELECT 1;\n');
	await new Promise((locked) => other.stdout.once('data', locked));
	assert.equal((await send(hub, 'GET', '/tell')).status, 200);
	const got = await tryBoth(hub, [503]);
	other.stdin.end('ROLLBACK;\n');
	assert.deepEqual([...got], [503]);
	await new Promise((gone) => other.once('close', gone));
	await works(hub);
	await hub.stop();
	await sound(hub);
}, { seconds: 90 });

test('another program that writes beside the hub and ends takes nothing with it', async () => {
	await hub.start();
	await works(hub);
	const size = await ledgerSize(hub), log = join(hub.dir, 'sangam.db-wal'), before = statSync(log).ino;
	const said = await sangam(['member', 'add', '--hub', hub.dir, '--agency', 'AHTU-RMP', '--name', 'Beside Namoona', '--posts', 'investigator']);
	assert.equal(said.status, 0, said.err);
	assert.equal(statSync(log).ino, before, 'the log was deleted under the running hub');
	assert.ok(await ledgerSize(hub) > size);
	await works(hub);
	await hub.stop();
	await sound(hub);
});

// A small disk of its own needs root; without it this is left to those who have it, and said.
const full = process.getuid() === 0 ? test : (name) => test(`${name} # SKIP needs root`, () => {});
full('a full disk: 507 or 503, nothing is half written, and with space again it goes on', async () => {
	const disk = mkdtempSync(join(tmpdir(), 'full-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk]);
	atEnd(() => {
		execFileSync('umount', ['-l', disk]);
		rmSync(disk, { recursive: true });
	});
	const before = process.env.TMPDIR;
	process.env.TMPDIR = disk;
	let small;
	try {
		small = await startHub({ demo: true });
	} finally {
		if (before) process.env.TMPDIR = before; else delete process.env.TMPDIR;
	}
	await works(small);
	const filler = join(disk, 'filler');
	assert.throws(() => writeFileSync(filler, Buffer.alloc(32 << 20)), { code: 'ENOSPC' });
	const got = new Set();
	for (let i = 0; i < 8; i++) for (const status of await tryBoth(small, [507, 503])) got.add(status);
	assert.ok(got.has(507) || got.has(503), `the disk was never full: ${[...got]}`);
	assert.equal((await send(small, 'GET', '/tell')).status, 200);
	rmSync(filler);
	await works(small);
	await small.stop();
	await sound(small);
}, { seconds: 120 });

test('PostgreSQL that goes away under load: 503, and it is used again when it is back', async () => {
	const pg = ownPostgres();
	const far = await startHub({ demo: true, extra: ['--database', pg.database] });
	const cookie = await signIn(far, 'meera');
	const taken = [];
	let over = false;
	const load = Array.from({ length: 8 }, async () => {
		while (!over) {
			const answer = await send(far, 'POST', '/tell', { body: report('under load'), json: true });
			if (answer.status === 200) taken.push(JSON.parse(answer.text));
			else clear(answer, 503, 'en', 'while PostgreSQL goes');
		}
	});
	await sleep(300);
	pg.crash();
	await sleep(300);
	assert.deepEqual([...await tryBoth(far, [503])], [503]);
	for (const lang of ['en', 'hi'])
		clear(await send(far, 'GET', `/reports?lang=${lang}`, { headers: { Cookie: cookie } }), 503, lang, 'a page while PostgreSQL is away');
	over = true;
	await Promise.all(load);
	pg.again();
	const until = Date.now() + 10000;
	while (Date.now() < until && (await send(far, 'POST', '/tell', { body: report('back again') })).status !== 200) await sleep(100);
	for (let i = 0; i < 20; i++) await works(far);
	for (let i = 0; i < 20; i++) assert.equal((await send(far, 'GET', '/reports', { headers: { Cookie: cookie } })).status, 200);
	assert.ok(taken.length > 0);
	for (const { receipt, number } of taken) assert.equal(JSON.parse((await send(far, 'POST', '/back', { body: { receipt }, json: true })).text).number, number);
	await far.stop();
	await sound(far);
}, { seconds: 120 });
await run();
