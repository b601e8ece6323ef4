// disk.mjs - marked names, numbers and texts go in through every door; then every byte of every file is searched.
// Whatever the hub keeps of them must be sealed: in the database, its log, temporary files, and what it prints.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Before hub.mjs asks for it: all that the hub and its tools write anywhere lies in this one folder.
const place = mkdtempSync(join(tmpdir(), 'disk-'));
process.env.TMPDIR = place;
process.env.SQLITE_TMPDIR = place;
const { freePort, program, sangam, startHub } = await import('../browser/lib/hub.mjs');
const { assert, atEnd, run, test } = await import('../browser/lib/tap.mjs');
const { multipart, report, send, signIn, sleep } = await import('./lib.mjs');

const REPORTS = 330, FILES = 10, MEMBERS = 3, PEOPLE = 5;
const marks = [];
// Fourteen capital letters that stand nowhere by chance, and are different in lower case.
function mark() {
	const m = 'ZQ' + [...randomBytes(12)].map((b) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[b % 26]).join('');
	marks.push(m);
	return m;
}

// The ways in which a text might lie in a file. Base 64 has three, by where in a group of three it begins; its first
// and last sign depend on the neighbours, and are left out.
function forms(m) {
	const b = Buffer.from(m), list = [[m, b], ['lower case', Buffer.from(m.toLowerCase())], ['UTF-16', Buffer.from(m, 'utf16le')],
		['UTF-16 BE', Buffer.from(m, 'utf16le').swap16()], ['hexadecimal', Buffer.from(b.toString('hex'))],
		['HEXADECIMAL', Buffer.from(b.toString('hex').toUpperCase())],
		['percent', Buffer.from([...b].map((c) => `%${c.toString(16)}`).join(''))],
		['backwards', Buffer.from([...m].reverse().join(''))]];
	for (const before of [0, 1, 2]) {
		const coded = Buffer.concat([Buffer.alloc(before), b]).toString('base64').replace(/=+$/, '');
		const from = before ? before + 1 : 0;
		list.push([`base 64, ${before}`, Buffer.from(coded.slice(from, -1))]);
	}
	return list;
}

function files(folder) {
	return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((f) => f.isFile()).map((f) => join(f.parentPath ?? f.path, f.name));
}

// One pass over each file: every form has a first group of six bytes, and only where one of those stands is compared.
function searcher(list) {
	const starts = new Map();
	for (const m of list)
		for (const [how, bytes] of forms(m)) {
			const key = bytes.toString('latin1', 0, 6);
			if (!starts.has(key)) starts.set(key, []);
			starts.get(key).push({ m, how, bytes });
		}
	return (bytes, where) => {
		const found = [], text = bytes.toString('latin1');
		for (let i = 0; i + 6 <= text.length; i++) {
			const some = starts.get(text.substring(i, i + 6));
			if (!some) continue;
			for (const s of some) if (bytes.subarray(i, i + s.bytes.length).equals(s.bytes)) found.push(`${where} at ${i}: ${s.m} (${s.how})`);
		}
		return found;
	};
}

const hub = await startHub({ demo: true });
const spoken = [];
atEnd(() => rmSync(place, { recursive: true, force: true }));
const browser = mark(); // what a visitor's browser calls itself is nobody's business
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

test('a thousand marked names, numbers and texts are taken', async () => {
	const receipts = [];
	for (let i = 0; i < REPORTS; i += 10)
		await Promise.all(Array.from({ length: 10 }, async (_, k) => {
			const fields = report(`${mark()} was taken away`, { anonymous: 'no', reporter_name: `${mark()} Kalpanik`, reporter_contact: mark(), where: 'Rampur', _once: randomBytes(10).toString('hex') });
			const attach = i + k < FILES ? [{ name: `${mark()}.png`, type: 'image/png', bytes: Buffer.concat([PNG, Buffer.from(mark())]) },
				{ name: 'a.txt', type: 'text/plain', bytes: Buffer.from(`seen near ${mark()}\n`) }] : [];
			const answer = await send(hub, 'POST', '/tell', { ...multipart(fields, attach), json: true });
			assert.equal(answer.status, 200, answer.text);
			receipts.push(JSON.parse(answer.text).receipt);
		}));
	marks.push(...receipts.slice(0, 50)); // who has a receipt reads the answers
	for (const receipt of receipts.slice(0, 20)) {
		const answer = await send(hub, 'POST', '/back/add', { body: { receipt, text: `also ${mark()}` }, headers: { 'User-Agent': browser } });
		assert.equal(answer.status, 200, answer.text);
		assert.match(answer.text, new RegExp(marks.at(-1)));
	}
	assert.ok(marks.length >= 1000, `only ${marks.length}`);
}, { seconds: 180 });

test('so are marked members, a page that is read, wrong forms and wrong addresses', async () => {
	for (let i = 0; i < MEMBERS; i++) {
		const said = await sangam(['member', 'add', '--hub', hub.dir, '--agency', 'AHTU-RMP', '--posts', 'investigator', '--name', `${mark()} Namoona`]);
		assert.equal(said.status, 0, said.err);
		const token = /\/([^/\s]+)\s*$/.exec(said.out)[1];
		marks.push(token);
		spoken.push(said.err);
	}
	const headers = { Cookie: await signIn(hub, 'meera'), 'User-Agent': browser };
	const session = headers.Cookie.slice('sangam='.length);
	marks.push(session);
	const list = await send(hub, 'GET', '/reports', { headers });
	assert.equal(list.status, 200);
	for (const [, path] of [...list.text.matchAll(/href="(\/reports\/[0-9A-Z]{13})"/g)].slice(0, 5))
		assert.equal((await send(hub, 'GET', path, { headers })).status, 200);
	assert.equal((await send(hub, 'POST', '/tell', { body: { about: mark(), what: mark() }, headers })).status, 422);
	assert.equal((await send(hub, 'POST', '/sign-in', { body: { login: mark(), password: mark() }, headers: { 'User-Agent': browser } })).status, 401);
	assert.equal((await send(hub, 'POST', '/back', { body: { receipt: mark() }, headers })).status, 422);
	assert.equal((await send(hub, 'GET', `/${mark()}?${mark()}=${mark()}`, { headers: { ...headers, Referer: `https://x.invalid/${mark()}` } })).status, 404);
});

// Of a page's form: what it sends back unseen.
function unseen(html) {
	return Object.fromEntries([...html.matchAll(/<input type="hidden" name="(_\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
}

test('so are marked people, and what is typed to find them', async () => {
	const headers = { Cookie: await signIn(hub, 'arjun') };
	const list = await send(hub, 'GET', '/cases?state=1', { headers });
	let kase = '';
	for (const [, path] of list.text.matchAll(/href="(\/cases\/[0-9A-Z]{13})"/g))
		if ((await send(hub, 'GET', path, { headers })).text.includes(`${path}/people/new`)) kase = path;
	assert.ok(kase, 'no open case');
	const names = [];
	for (let i = 0; i < PEOPLE; i++) {
		const page = await send(hub, 'GET', `${kase}/people/new`, { headers });
		const phone = `9${[...randomBytes(11)].map((b) => b % 10).join('')}`;
		marks.push(phone);
		names.push(mark());
		const body = { ...unseen(page.text), capacity: 'victim', child: 'no', found: 'yes', given: names.at(-1), family: mark(), guardian: mark(), city: mark(), street: mark(), email: `${mark()}@x.invalid`, identity_number: mark(), mobile: phone, birth_date: '2011-05-06' };
		const answer = await send(hub, 'POST', `${kase}/people/new`, { body, headers });
		assert.equal(answer.status, 303, answer.text.slice(-300));
		const form = unseen((await send(hub, 'GET', '/people', { headers })).text);
		for (const q of [names.at(-1), phone, `${mark()} ${mark()} 14`]) {
			const found = await send(hub, 'POST', '/people', { body: { ...form, q, guardian: mark(), place: mark() }, headers });
			assert.equal(found.status, 200, found.text.slice(-300));
			if (!q.endsWith(' 14')) assert.ok(found.text.includes(names.at(-1)), 'she is in memory, and found');
		}
	}
});

// A program that may be dumped owns its files in /proc; of one that may not the superuser does. Asked of a program
// that is not the superuser's.
test('the memory of the server cannot be dumped', async () => {
	assert.match(readFileSync(`/proc/${hub.pid}/limits`, 'utf8'), /Max core file size\s+0\s+0/);
	const nobody = process.getuid() === 0 ? 65534 : process.getuid();
	const folder = mkdtempSync(join(tmpdir(), 'undumped-'));
	const as = { uid: nobody, gid: nobody, stdio: ['ignore', 'pipe', 'pipe'] };
	chownSync(folder, nobody, nobody);
	if (process.getuid() === 0) chmodSync(place, 0o711);
	const port = await freePort();
	const owner = (child) => statSync(`/proc/${child.pid}/maps`).uid;
	const made = spawnSync(program, ['init', '--hub', join(folder, 'hub')], as);
	assert.equal(made.status, 0, `${made.stderr}`);
	const served = spawn(program, ['serve', '--hub', join(folder, 'hub'), '--listen', `127.0.0.1:${port}`], as);
	const control = spawn('sleep', ['60'], as);
	try {
		for (let i = 0; i < 100 && !(await fetch(`http://127.0.0.1:${port}/`).then((r) => r.arrayBuffer()).catch(() => null)); i++) await sleep(100);
		assert.equal(owner(control), nobody, 'a program as any other may be dumped');
		assert.equal(owner(served), 0, 'the server may not');
		assert.equal(served.exitCode, null, 'and it serves');
	} finally {
		const ended = new Promise((done) => served.once('close', done));
		control.kill();
		served.kill();
		await ended;
		rmSync(folder, { recursive: true });
	}
});

test('nothing of it stands on the disk while the hub runs, nor in what it printed', () => {
	const search = searcher(marks);
	const found = search(Buffer.from(hub.said() + hub.initSaid + spoken.join('')), 'what was printed');
	const all = files(place);
	assert.ok(all.some((f) => f.endsWith('sangam.db')) && all.some((f) => f.endsWith('-wal')), `the database is not there: ${all}`);
	for (const f of all) found.push(...search(readFileSync(f), f), ...search(Buffer.from(f), 'a file name'));
	assert.deepEqual(found, []);
});

test('nor after it has ended and its log was written back', async () => {
	await hub.stop();
	const search = searcher(marks), found = [];
	for (const f of files(place)) found.push(...search(readFileSync(f), f));
	assert.deepEqual(found, []);
});

test('the same search finds every mark that is planted, in every form', () => {
	const folder = join(place, 'planted');
	mkdirSync(folder);
	const search = searcher(marks);
	const some = [marks[0], marks[499], browser, marks.at(-1)];
	for (const m of some)
		for (const [how, bytes] of forms(m)) {
			const file = join(folder, 'control');
			writeFileSync(file, Buffer.concat([randomBytes(5000), bytes, randomBytes(100)]));
			assert.ok(search(readFileSync(file), file).length > 0, `${m} (${how}) was not seen`);
		}
	for (const before of [0, 1, 2]) { // the base 64 of a whole text, as a header or a mail would have it
		const text = Buffer.from(`${'x'.repeat(before)}${marks[7]} and more`).toString('base64');
		assert.ok(search(Buffer.from(text), 'control').length > 0, `base 64 at ${before} was not seen`);
	}
	rmSync(folder, { recursive: true });
});
await run();
