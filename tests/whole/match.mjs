// match.mjs - sangam match, as an agency runs it over a file of people, and as two agencies run it against each other.
// Everybody in these files is invented.
import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { chmodSync, closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';

const program = process.env.SANGAM_BIN ?? fileURLToPath(new URL('../../build/sangam', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'match-'));
atEnd(() => rmSync(place, { recursive: true, force: true }));
const at = (name) => join(place, name);
const put = (name, text) => { writeFileSync(at(name), text); return at(name); };
const rows = (text) => text.trim().split('\n').slice(1).map((line) => line.split(','));

// ---- invented people: the second file has a fifth of the first, each with a slip of the pen -----------------
const syllables = 'ka,ra,mi,su,na,vi,ta,le,po,shi,dha,ja,no,gu,be,li,mo,ti,ru,ha,pa,ya,de,lo'.split(',');
function crowd(n, mark) {
	let seed = 7;
	const draw = (k) => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % k; };
	const word = (k) => Array.from({ length: k }, () => syllables[draw(24)]).join('');
	const two = (k) => String(k).padStart(2, '0');
	const person = () => [mark + word(2), word(3), `${1960 + draw(60)}-${two(1 + draw(12))}-${two(1 + draw(28))}`, `Gaon${word(2)}`];
	const slip = (s) => { const i = mark.length + draw(s.length - mark.length); return `${s.slice(0, i)}x${s.slice(i + 1)}`; };
	const left = [], right = [];
	for (let i = 0; i < n; i++) {
		const p = person();
		left.push([`L${i}`, ...p]);
		if (i < n / 5) right.push([`R${i}`, slip(p[0]), ...p.slice(1)]);
	}
	while (right.length < n) right.push([`R${right.length + 1000}`, ...person()]);
	return [left, right].map((side) => `id,given,family,born,place\n${side.map((row) => row.join(',')).join('\n')}\n`);
}
const schema = put('s.json', JSON.stringify({ id: 'id', fields: { given: 'given', family: 'family', born: 'birth_date', place: 'place' } }));
const [leftText, rightText] = crowd(60, 'Zq');
const left = put('left.csv', leftText), right = put('right.csv', rightText);
// Pieces that would tell somebody: every cell of a row.
const telling = [...rows(leftText), ...rows(rightText)].flat().filter((cell) => cell.length > 6);

// ---- one agency, its own files ------------------------------------------------------------------------------

test('link gives the columns that are promised, heaviest first, and finds who is on both sides', async () => {
	const a = await sangam(['match', 'link', left, right, '--schema', schema]);
	assert.equal(a.status, 0, a.err);
	assert.equal(a.out.split('\n')[0], 'left,right,weight,decision,evidence');
	const list = rows(a.out);
	assert.equal(new Set(list.map((r) => r[0])).size, list.length, 'one partner each');
	for (let i = 0; i < 12; i++) assert.ok(list.some((r) => r[0] === `L${i}` && r[1] === `R${i}`), `L${i}`);
	for (const [i, r] of list.entries()) {
		assert.equal(r[3], Number(r[2]) >= 14 ? 'probable' : 'possible');
		assert.ok(Number(r[2]) >= 6 && (i === 0 || Number(r[2]) <= Number(list[i - 1][2])));
		assert.match(r[4], /\w/);
	}
});

test('the same files give the same bytes whatever the threads, and a higher threshold a part of a lower one', async () => {
	for (const files of [['link', left, right], ['dedupe', put('both.csv', leftText + rightText.slice(rightText.indexOf('\n') + 1))]]) {
		const ask = async (...more) => (await sangam(['match', ...files, '--schema', schema, ...more])).out;
		const one = await ask('--threads', '1', '--threshold', '0');
		assert.equal(await ask('--threads', '5', '--threshold', '0'), one);
		let before = new Set(one.split('\n'));
		for (const threshold of ['4', '8.5', '14', '22']) {
			const now = (await ask('--threshold', threshold)).split('\n');
			for (const line of now) assert.ok(before.has(line), line);
			before = new Set(now);
		}
	}
});

test('dedupe finds a person who stands in one file twice, first the one who stands first', async () => {
	const again = rows(leftText)[5];
	const a = await sangam(['match', 'dedupe', put('twice.csv', `${leftText}again,${again[1].slice(0, -1)}x,${again.slice(2).join(',')}\n`), '--schema', schema]);
	assert.equal(a.status, 0, a.err);
	assert.deepEqual(rows(a.out)[0].slice(0, 2), ['L5', 'again']);
});

test('bad rows, letters, dates and sizes are told with line and column, without the text, and the rest goes on', async () => {
	const bad = Buffer.concat([Buffer.from('id,given,family,born,place\n1,Namuna,Udaharan,2001-02-03,Kalpana\n2,only two\n3,'), Buffer.from([0xff, 0xfe]),
		Buffer.from(`,Udaharan,2001-02-03,Kalpana\n4,Geheimwort,Udaharan,2001-02-31,${'x'.repeat(5000)}\n,None,Here,2001-02-03,K\n5,Namuna,Udaharan,2001-02-03,Kalpana\n${leftText.slice(leftText.indexOf('\n') + 1)}`)]);
	const a = await sangam(['match', 'dedupe', put('bad.csv', bad), '--schema', schema]);
	assert.equal(a.status, 1, a.err);
	for (const where of [/bad\.csv:3:2: /, /bad\.csv:4:2: /, /bad\.csv:5:4: /, /bad\.csv:5:5: /, /bad\.csv:6:1: /]) assert.match(a.err, where);
	assert.doesNotMatch(a.err + a.out, /Geheimwort/);
	assert.ok(rows(a.out).some((r) => r[0] === '1' && r[1] === '5'));
});

test('what cannot be done ends with 2, one sentence, and what stood there before', async () => {
	const out = put('kept.csv', 'kept\n');
	for (const args of [[left, '--schema', schema], [left, at('none.csv'), '--schema', schema], [left, right, '--schema', at('none.json')],
		[left, right, '--schema', put('broken.json', '{"id":')], [left, put('noid.csv', 'name\nNamuna\n'), '--schema', schema],
		[left, right, '--schema', schema, '--threshold', 'much'], [left, put('wide.csv', Buffer.from([0xff, 0xfe, 0x69, 0])), '--schema', schema]]) {
		const a = await sangam(['match', 'link', ...args, '--out', out]);
		assert.equal(a.status, 2, args.join(' '));
		assert.equal(a.err.trim().split('\n').length, 1, a.err);
		assert.equal(readFileSync(out, 'utf8'), 'kept\n');
	}
	assert.deepEqual(readdirSync(place).filter((f) => f.startsWith('kept.csv')), ['kept.csv']);
});

test('a list that is stopped while it is written leaves nothing behind', async () => {
	const [many, others] = crowd(2500, 'Zq').map((text, i) => put(`many${i}.csv`, text));
	for (const signal of ['SIGINT', 'SIGTERM']) {
		const child = spawn(program, ['match', 'link', many, others, '--schema', schema, '--assign', 'all', '--threshold', '0', '--out', at('stopped.csv')], { stdio: 'ignore' });
		const ended = new Promise((done) => child.on('exit', (code, by) => done(by ?? code)));
		const written = () => readdirSync(place).filter((f) => f.startsWith('stopped.csv'));
		while (child.exitCode === null && !written().length) await new Promise((r) => setTimeout(r, 1));
		assert.ok(!existsSync(at('stopped.csv')), 'it is still being written');
		child.kill(signal);
		assert.equal(await ended, signal);
		assert.deepEqual(written(), []);
	}
}, { seconds: 60 });

// ---- two agencies -------------------------------------------------------------------------------------------

const key = {};
for (const who of ['aasra', 'basera', 'third']) key[who] = (await sangam(['match', 'key', '--key', at(`${who}.key`)])).out.trim();
const tomorrow = new Date(Date.now() + 86400e3).toISOString().slice(0, 10);
let session = 0;
const wide = ['--a-day', '1000'];
function side(who, file, more) {
	const other = who === 'aasra' ? 'basera' : 'aasra';
	const said = { '--schema': schema, '--key': at(`${who}.key`), '--partner-key': key[other], '--me': who, '--partner': other, '--purpose': 'missing-person',
		'--session': `s${session}`, '--until': tomorrow, '--role': who === 'aasra' ? 'ask' : 'answer', '--out': at(`${who}.pairs`), ...more };
	rmSync(said['--out'], { force: true });
	return ['match', 'psi', file, ...wide, ...Object.entries(said).filter(([, v]) => v !== null).flat()];
}
const folder = () => { const f = at(`carried-${session}`); mkdirSync(f, { recursive: true }); return f; };
function both(asks = {}, answers = {}, common = {}, options = {}) {
	session++;
	const how = { '--folder': folder(), ...common };
	return Promise.all([sangam(side('aasra', left, { ...how, ...asks }), options), sangam(side('basera', right, { ...how, ...answers }), options)]);
}
const pairsOf = (who) => rows(readFileSync(at(`${who}.pairs`), 'utf8'));
const nothingWritten = () => {
	for (const who of ['aasra', 'basera']) assert.ok(!existsSync(at(`${who}.pairs`)), `${who} wrote pairs`);
	assert.deepEqual(readdirSync(place).filter((f) => /\.pairs\./.test(f)), []);
};
function checkPairs() {
	const a = pairsOf('aasra'), b = pairsOf('basera');
	assert.equal(readFileSync(at('aasra.pairs'), 'utf8').split('\n')[0], 'pair,id,collisions,decision');
	assert.deepEqual(a.map((r) => [r[0], r[2], r[3]]), b.map((r) => [r[0], r[2], r[3]]));
	const right = a.filter((r, i) => r[1].slice(1) === b[i][1].slice(1)).length;
	assert.ok(right >= 11, `${right} of 12 found`);
	assert.ok(a.length - right <= 2, `${a.length - right} wrong`);
	for (const r of [...a, ...b]) assert.equal(r[3], Number(r[2]) >= 10 ? 'probable' : 'possible');
	assert.ok(a.every((r) => r[1].startsWith('L')) && b.every((r) => r[1].startsWith('R')), 'each side has its own ids');
}

test('two agencies find whom both know by files that are carried, and each writes its own ids', async () => {
	const [a, b] = await both();
	assert.equal(a.status, 0, a.err);
	assert.equal(b.status, 0, b.err);
	checkPairs();
	assert.deepEqual(readdirSync(folder()).sort(), [1, 2, 3, 4].map((i) => `s${session}.${i}.psi`));
	assert.match(a.err, /60 people, told as 100/);
});

test('what was carried, what was written and what was said hold no name, date, place or id of anybody', async () => {
	const carried = readdirSync(folder()).map((f) => readFileSync(join(folder(), f)));
	const logs = ['aasra', 'basera'].map((who) => readFileSync(at(`${who}.key.sessions`)));
	for (const bytes of [...carried, ...logs]) for (const cell of telling) assert.equal(bytes.indexOf(cell), -1, cell);
	for (const bytes of [...carried, ...logs]) for (const id of ['L0,', 'R0,', 'Zq', 'Gaon']) if (id.length > 3) assert.equal(bytes.indexOf(id), -1, id);
	for (const bytes of carried) for (const word of ['aasra', 'basera', 'missing-person']) assert.equal(bytes.indexOf(word), -1, word);
	assert.equal(statSync(at('aasra.key.sessions')).mode & 0o77, 0);
	assert.equal(statSync(at('aasra.key')).mode & 0o77, 0);
	// The folder, byte by byte: beside the files of people themselves nothing has them.
	for (const f of readdirSync(place, { recursive: true })) {
		if (/\.csv$/.test(f) || !statSync(at(f)).isFile()) continue;
		const bytes = readFileSync(at(f));
		for (const cell of telling) assert.equal(bytes.indexOf(cell), -1, `${f} holds ${cell}`);
	}
});

test('how many collisions a pair needs follows from the fields, the same on both sides', async () => {
	for (const [words, from] of [['given family birth', 4], ['given family place', 5]]) {
		const [a, b] = await both({ '--fields': words }, { '--fields': words });
		assert.equal(a.status + b.status, 0, a.err + b.err);
		for (const one of [a, b]) assert.match(one.err, new RegExp(`pairs from ${from} collisions on`));
		for (const r of rows(readFileSync(at('aasra.pairs'), 'utf8'))) assert.ok(Number(r[2]) >= from, r.join());
	}
}, { seconds: 60 });

test('the same over TCP and over a unix socket, whoever listens', async () => {
	const address = `127.0.0.1:${await freePort()}`;
	let [a, b] = await both({ '--connect': address }, { '--listen': address }, { '--folder': null });
	assert.equal(a.status, 0, a.err);
	assert.equal(b.status, 0, b.err);
	checkPairs();
	const path = `unix:${at('wire')}`;
	[a, b] = await both({ '--listen': path }, { '--connect': path }, { '--folder': null });
	assert.equal(a.status + b.status, 0, a.err + b.err);
	checkPairs();
	assert.ok(!existsSync(at('wire')));
});

test('the same over standard input and output', async () => {
	session++;
	const start = (who, file) => spawn(program, [...side(who, file, {}), '--pipe'], { stdio: ['pipe', 'pipe', 'pipe'] });
	const a = start('aasra', left), b = start('basera', right);
	a.stdout.pipe(b.stdin);
	b.stdout.pipe(a.stdin);
	const ended = (child) => new Promise((resolve) => child.once('close', resolve));
	assert.deepEqual(await Promise.all([ended(a), ended(b)]), [0, 0]);
	checkPairs();
});

test('sides that state otherwise are told what differs, and nothing is answered', async () => {
	for (const [other, says] of [[{ '--purpose': 'curiosity' }, /the purpose/], [{ '--most': '5000' }, /--most/], [{ '--collisions': '1' }, /--collisions/],
		[{ '--fields': 'given birth' }, /the fields compared/], [{ '--me': 'somebody' }, /who answers/]]) {
		session++;
		const f = folder();
		const asks = spawn(program, side('aasra', left, { '--folder': f }), { stdio: 'ignore' });
		const ended = new Promise((resolve) => asks.once('close', resolve));
		const b = await sangam(side('basera', right, { '--folder': f, ...other }));
		assert.equal(b.status, 2);
		assert.match(b.err, says);
		assert.equal(asks.exitCode, null, 'the asker waits for an answer that does not come');
		asks.kill('SIGTERM');
		await ended;
		assert.deepEqual(readdirSync(f), [`s${session}.1.psi`]);
	}
	nothingWritten();
}, { seconds: 120 });

test('another key than the partner gave is refused', async () => {
	session++;
	const f = folder();
	const asks = spawn(program, side('aasra', left, { '--folder': f, '--key': at('third.key') }), { stdio: 'ignore' });
	const b = await sangam(side('basera', right, { '--folder': f }));
	asks.kill('SIGKILL');
	assert.equal(b.status, 2);
	assert.match(b.err, /other keys than yours/);
	nothingWritten();
});

// A session over a folder of each side, with somebody who carries and may change what he carries.
async function carriedBy(change) {
	session++;
	const here = at(`here-${session}`), there = at(`there-${session}`);
	mkdirSync(here);
	mkdirSync(there);
	const child = (who, file, f) => {
		const c = spawn(program, side(who, file, { '--folder': f }), { stdio: ['ignore', 'ignore', 'pipe'] });
		c.said = '';
		c.stderr.on('data', (d) => { c.said += d; });
		c.ended = new Promise((resolve) => c.once('close', (status) => { c.over = true; resolve(status); }));
		return c;
	};
	const a = child('aasra', left, here), b = child('basera', right, there);
	for (let step = 1; step <= 4; step++) {
		const [from, to, taker] = step % 2 ? [here, there, b] : [there, here, a];
		const name = `s${session}.${step}.psi`;
		while (!existsSync(join(from, name)) && !a.over && !b.over) await new Promise((r) => setTimeout(r, 30));
		if (!existsSync(join(from, name))) break;
		const bytes = change(step, readFileSync(join(from, name)));
		if (bytes) writeFileSync(join(to, name), bytes);
		if (bytes && !bytes.equals(readFileSync(join(from, name)))) await taker.ended;
		if (taker.over && step < 3) break;
	}
	a.over || (await Promise.race([a.ended, new Promise((r) => setTimeout(r, 300))]));
	b.over || (await Promise.race([b.ended, new Promise((r) => setTimeout(r, 300))]));
	for (const c of [a, b]) if (!c.over) { c.kill('SIGTERM'); await c.ended; }
	return [a, b];
}

let old = [];
test('each message that was altered or cut short on its way is refused, and nothing is half written', async () => {
	const keep = [];
	const whole = await carriedBy((step, bytes) => { keep[step] = bytes; return bytes; });
	assert.match(whole[0].said, /pairs/);
	checkPairs();
	old = keep;
	for (const hurt of [1, 2, 3, 4]) {
		for (const how of ['altered', 'cut', 'longer']) {
			if (how !== 'altered' && hurt % 2) continue; // both sides are seen, each in its own step
			const [a, b] = await carriedBy((step, bytes) => {
				if (step !== hurt) return bytes;
				if (how === 'cut') return bytes.subarray(0, bytes.length - 7);
				if (how === 'longer') return Buffer.concat([bytes, Buffer.from('x')]);
				const bad = Buffer.from(bytes);
				bad[Math.floor(bytes.length / 2)] ^= 4;
				return bad;
			});
			const taker = hurt % 2 ? b : a;
			assert.match(taker.said, how === 'cut' ? /cut short/ : how === 'longer' ? /too long/ : /altered, cut short/, `${how} ${hurt}: ${taker.said}`);
			assert.equal(taker.said.trim().split('\n').filter((l) => l.startsWith('sangam:')).length, 1);
			assert.ok(!existsSync(at(`${hurt % 2 ? 'basera' : 'aasra'}.pairs`)));
		}
	}
}, { seconds: 180 });

test('a message of an older session is refused in a new one', async () => {
	for (const step of [1, 2]) {
		const [a, b] = await carriedBy((now, bytes) => (now === step ? old[step] : bytes));
		assert.match((step === 1 ? b : a).said, /the other side stated otherwise: the session|of another session/);
	}
	nothingWritten();
});

test('a session is begun once, and only so often in a day; the list of sessions cannot be shortened unseen by a torn line', async () => {
	const again = await sangam(side('aasra', left, { '--folder': folder(), '--session': 's1' }));
	assert.equal(again.status, 2);
	assert.match(again.err, /begun before/);
	session++;
	const often = await sangam([...side('aasra', left, { '--folder': folder() }), '--a-day', '2']);
	assert.equal(often.status, 2);
	assert.match(often.err, /sessions with this partner in 24 hours/);
	assert.ok(!existsSync(join(folder(), `s${session}.1.psi`)), 'nothing left');
	copyFileSync(at('aasra.key'), at('torn.key'));
	writeFileSync(at('torn.key.sessions'), '12345\tbegun\n');
	const torn = await sangam(side('aasra', left, { '--folder': folder(), '--key': at('torn.key') }));
	assert.equal(torn.status, 2);
	assert.match(torn.err, /line 1 is none of this program's/);
});

test('a file over the agreed number, an end that is past, a loose key and options that cannot be are refused', async () => {
	session++;
	const past = new Date(Date.now() - 86400e3 * 2).toISOString().slice(0, 10);
	const far = new Date(Date.now() + 86400e3 * 90).toISOString().slice(0, 10);
	writeFileSync(at('loose.key'), readFileSync(at('aasra.key')), { mode: 0o644 });
	for (const [more, says] of [[{ '--most': '59' }, /60 people, 59 are agreed/], [{ '--until': past }, /is past/], [{ '--until': far }, /30 days/],
		[{ '--key': at('loose.key') }, /chmod 600/], [{ '--role': 'both' }, /--role/], [{ '--session': '../up' }, /--session/], [{ '--listen': '127.0.0.1:1' }, /one of --folder/],
		[{ '--partner-key': 'abc' }, /--partner-key/], [{ '--fields': 'phone' }, /no column of the kind/], [{ '--collisions': '41' }, /--collisions/]]) {
		const a = await sangam(side('aasra', left, { '--folder': folder(), ...more }));
		assert.equal(a.status, 2, JSON.stringify(more));
		assert.match(a.err, says);
	}
	assert.deepEqual(readdirSync(folder()), []);
	nothingWritten();
});

test('an answer after the agreed end is not looked at', async () => {
	session++;
	const end = new Date(Date.now() + 3e3).toISOString().slice(0, 19) + 'Z';
	const a = await sangam(side('aasra', left, { '--folder': folder(), '--until': end }));
	assert.equal(a.status, 2);
	assert.match(a.err, /time agreed on/);
	assert.match(readFileSync(at('aasra.key.sessions'), 'utf8').trim().split('\n').at(-1), new RegExp(`\tbroken\t.*\ts${session}\t`));
	nothingWritten();
});

// Every page of the process's that it may write to and that is there, as who may read it all (root) sees them. Stretches of
// many gigabytes are reserved and hardly touched, so the kernel's list of pages says what to read.
function memoryOf(pid) {
	const fd = openSync(`/proc/${pid}/mem`, 'r'), list = openSync(`/proc/${pid}/pagemap`, 'r'), parts = [], page = 4096n, step = 1n << 20n;
	const take = (from, to) => {
		const bytes = Buffer.alloc(Number((to - from) * page));
		parts.push(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, from * page)));
	};
	for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
		const m = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
		if (!m || line.includes('[v')) continue;
		const end = BigInt(`0x${m[2]}`) / page;
		if (end - BigInt(`0x${m[1]}`) / page > 1n << 26n) continue; // the sanitizer's shadow
		for (let from = BigInt(`0x${m[1]}`) / page; from < end; from += step) {
			const n = Number(from + step < end ? step : end - from), entries = new Uint32Array(n * 2);
			readSync(list, entries, 0, n * 8, from * 8n);
			// The highest bits of an entry: in memory, or swapped out.
			for (let k = 0, begun = -1; k <= n; k++) {
				const there = k < n && entries[2 * k + 1] >>> 30 !== 0;
				if (there && begun < 0) begun = k;
				if (there || begun < 0) continue;
				take(from + BigInt(begun), from + BigInt(k));
				begun = -1;
			}
		}
	}
	closeSync(fd);
	closeSync(list);
	return parts;
}

test('while it waits, the memory of the program holds nobody\'s name, date or place, and it leaves no core', async () => {
	session++;
	const env = { ...process.env, ASAN_OPTIONS: 'disable_coredump=0:abort_on_error=1' };
	const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$@"', 'sh', program, ...side('aasra', left, { '--folder': folder() })], { cwd: folder(), stdio: ['ignore', 'ignore', 'pipe'], env });
	let said = '';
	child.stderr.on('data', (d) => { said += d; });
	const ended = new Promise((resolve) => child.once('close', (status, signal) => resolve(signal)));
	while (!said.includes('waiting for message 2')) await new Promise((r) => setTimeout(r, 30));
	if (process.getuid() === 0) {
		const memory = memoryOf(child.pid);
		assert.ok(memory.some((part) => part.indexOf('L17') >= 0), 'the search sees the memory: ids are there');
		const some = rows(leftText).slice(0, 12).concat(rows(leftText).slice(-3)).flatMap((row) => row.slice(1)).filter((cell) => cell.length > 6);
		for (const part of memory) for (const cell of some) {
			assert.equal(part.indexOf(cell), -1, `${cell} is in memory`);
			assert.equal(part.indexOf(cell.toLowerCase()), -1, `${cell} is in memory, folded`);
			assert.equal(part.indexOf(cell.replaceAll('-', '')), -1, `${cell} is in memory, in digits`);
		}
	}
	assert.match(readFileSync(`/proc/${child.pid}/limits`, 'utf8'), /Max core file size\s+0\s+0/);
	child.kill('SIGQUIT');
	assert.equal(await ended, 'SIGQUIT');
	assert.deepEqual(readdirSync(folder()), [`s${session}.1.psi`]);
});

test('with a hub, its ledger records with whom and for what on each side, and nobody\'s id', async () => {
	const hub = await startHub();
	await hub.stop();
	const size = async () => Number(/(\d+) entries, 0 faults/.exec((await sangam(['verify', '--hub', hub.dir])).out)?.[1]);
	const before = await size();
	const [a, b] = await both({ '--hub': hub.dir });
	assert.equal(a.status + b.status, 0, a.err + b.err);
	assert.equal(await size(), before + 2);
	const rebuilt = await sangam(['rebuild', '--check', '--hub', hub.dir]);
	assert.equal(rebuilt.status, 0, rebuilt.out);
	const [none] = await both({ '--hub': at('no-hub'), '--until': tomorrow }, { '--until': tomorrow, '--key': at('none.key') });
	assert.equal(none.status, 2);
	assert.match(none.err, /the hub's ledger/);
	assert.ok(!existsSync(join(folder(), `s${session}.1.psi`)), 'what is not recorded is not asked');
}, { seconds: 120 });

// ---- for an agency that runs anonlink -----------------------------------------------------------------------

const gram = (n, positional) => ({ comparison: { type: 'ngram', n, positional }, strategy: { bitsPerFeature: 100 }, hash: { type: 'blakeHash' } });
const linkage = put('clk.json', JSON.stringify({ version: 3, clkConfig: { l: 1024, kdf: { type: 'HKDF', hash: 'SHA256', info: 'aW5mbw==', salt: 'c2FsdA==', keySize: 64 } }, features: [
	{ identifier: 'id', ignored: true },
	{ identifier: 'given', format: { type: 'string', encoding: 'utf-8' }, hashing: gram(2, false) },
	{ identifier: 'family', format: { type: 'string', encoding: 'utf-8' }, hashing: gram(2, false) },
	{ identifier: 'born', format: { type: 'date', format: '%Y-%m-%d' }, hashing: gram(1, true) },
	{ identifier: 'place', ignored: true }] }));
const secret = put('secret', 'an invented secret of one test\n');
chmodSync(secret, 0o600);
const clk = (file, out, ...more) => sangam(['match', 'clk', file, '--schema', linkage, '--secret', secret, '--key', at('aasra.key'), '--out', out, '--project', 'p1', '--days', '7', ...more]);
const signedBy = (text, hex) => {
	const { signature } = JSON.parse(text).header;
	const publicKey = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(hex, 'hex')]), format: 'der', type: 'spki' });
	return verify(null, Buffer.from(text.replace(signature, '')), publicKey, Buffer.from(signature, 'base64'));
};
const likeness = (a, b) => {
	const ones = (x) => [...x].reduce((n, v) => n + v.toString(2).replaceAll('0', '').length, 0);
	return 2 * ones(a.map((v, i) => v & b[i])) / (ones(a) + ones(b));
};

test('bits for anonlink are signed, end, keep the order of the rows, and are called not anonymous', async () => {
	const files = {};
	for (const [name, file] of [['l', left], ['r', right]]) {
		for (const how of [[], ['--plain']]) {
			const out = at(`${name}${how.length}.clk`), a = await clk(file, out, '--reveals-people', ...how);
			assert.equal(a.status, 0, a.err);
			assert.match(a.err, /not anonymous[\s\S]*try every name[\s\S]*98 %[\s\S]*sangam match psi/);
			assert.equal(/--plain/.test(a.err), how.length > 0);
			const text = readFileSync(out, 'utf8'), { header, clks } = JSON.parse(text);
			assert.equal(statSync(out).mode & 0o77, 0);
			assert.ok(signedBy(text, key.aasra));
			assert.ok(!signedBy(text, key.basera));
			assert.ok(!signedBy(text.replace('"rows":60', '"rows":61'), key.aasra));
			assert.ok(!signedBy(text.replace(clks[3], clks[4]), key.aasra));
			assert.equal(Date.parse(header.expires) - Date.parse(header.made), 7 * 86400e3);
			assert.deepEqual([header.project, header.rows, header.anonymous, header.diffusion, header.public_key], ['p1', 60, false, how.length ? 0 : 3, key.aasra]);
			assert.equal(clks.length, 60);
			for (const cell of telling) assert.equal(text.indexOf(cell), -1, cell);
			files[`${name}${how.length}`] = clks.map((c) => Buffer.from(c, 'base64'));
		}
	}
	// The first twelve rows are the same persons in both files, with a slip of the pen.
	for (const [how, least] of [['1', .8], ['0', .6]]) for (let i = 0; i < 12; i++) {
		const l = files[`l${how}`], r = files[`r${how}`];
		assert.equal(l[i].length, 128);
		assert.ok(likeness(l[i], r[i]) > least, `${how} ${i}: ${likeness(l[i], r[i])}`);
		for (let j = 20; j < 60; j++) assert.ok(likeness(l[i], r[j]) < likeness(l[i], r[i]));
	}
});

test('a file of bits is taken only if it is whole, the partner\'s, of what was agreed, and its end has not come', async () => {
	const out = at('given.clk'), made = await clk(left, out, '--reveals-people');
	assert.equal(made.status, 0, made.err);
	const text = readFileSync(out, 'utf8'), { header, clks } = JSON.parse(text);
	const check = (file, more = {}) => sangam(['match', 'clk-check', file, ...Object.entries({ '--schema': linkage, '--partner-key': key.aasra, '--project': 'p1', '--secret': secret, ...more }).filter(([, v]) => v !== null).flat()]);
	for (const more of [{}, { '--secret': null }]) {
		const good = await check(out, more);
		assert.equal(good.status, 0, good.err);
		assert.match(good.out, /project p1, 60 rows, diffused\nmade \d{4}-.*, to be destroyed \d{4}-/);
	}
	const other = put('other-secret', 'another invented secret of one test');
	chmodSync(other, 0o600);
	for (const [more, says] of [[{ '--partner-key': key.basera }, /another key/], [{ '--project': 'p2' }, /another project: p1/], [{ '--schema': put('clk2.json', `${readFileSync(linkage)} `) }, /another schema/],
		[{ '--secret': other }, /another secret/]]) {
		const a = await check(out, more);
		assert.deepEqual([a.status, a.out], [2, '']);
		assert.match(a.err, says);
	}
	// Whatever is changed on the way, and a wrong hand's own file that looks the same.
	for (const [changed, says] of [[text.replace(header.expires, '2999-01-01T00:00:00Z'), /signature is wrong/], [text.replace('"rows":60', '"rows":59'), /signature is wrong/],
		[text.replace(clks[3], clks[4]), /signature is wrong/], [text.replace(`"${clks[0]}",\n`, ''), /signature is wrong/], [`${text} `, /signature is wrong/], [text.slice(0, -5), /not JSON/],
		[text.replace('"anonymous":false', '"anonymous":true'), /header/], [text.replace('"header"', '"head"'), /no file of/], [text.replace('"clks"', '"signature":"","clks"'), /no file of/],
		[text.replace('"project":"p1"', '"project":"p1","project":"p1"'), /not JSON/], ['', /not JSON/], ['{}', /no file of/]]) {
		const a = await check(put('changed.clk', changed));
		assert.deepEqual([a.status, a.out], [2, '']);
		assert.match(a.err, says);
	}
});

test('with a hub, its ledger says for whom and for what bits were made, before they are written', async () => {
	const hub = await startHub();
	await hub.stop();
	const size = async () => Number(/(\d+) entries, 0 faults/.exec((await sangam(['verify', '--hub', hub.dir])).out)?.[1]);
	const before = await size(), out = at('noted.clk'), more = ['--reveals-people', '--partner', 'Basera', '--purpose', 'missing-person'];
	const a = await clk(left, out, ...more, '--hub', hub.dir);
	assert.equal(a.status, 0, a.err);
	assert.equal(await size(), before + 1);
	const rebuilt = await sangam(['rebuild', '--check', '--hub', hub.dir]);
	assert.equal(rebuilt.status, 0, rebuilt.out);
	for (const [wrong, says] of [[['--reveals-people', '--hub', hub.dir], /for whom and for what/], [[...more, '--hub', at('no-hub')], /the hub's ledger/]]) {
		const none = await clk(left, at('unnoted.clk'), ...wrong);
		assert.equal(none.status, 2);
		assert.match(none.err, says);
		assert.ok(!existsSync(at('unnoted.clk')), 'what is not recorded is not written');
	}
}, { seconds: 60 });

test('without the word that says what it does, or with a wrong one, nothing for anonlink is written', async () => {
	const open = put('open-secret', 'an invented secret of one test'), short = put('short-secret', 'short'), out = put('kept.clk', 'kept\n');
	chmodSync(open, 0o644);
	chmodSync(short, 0o600);
	const broken = put('broken-row.csv', leftText + 'only,two\n');
	for (const [file, more, says] of [[left, [], /--reveals-people/], [left, ['--reveals-people', '--days', '31'], /from 1 to 30/], [left, ['--reveals-people', '--project', 'a b'], /--project/],
		[left, ['--reveals-people', '--secret', open], /chmod 600/], [left, ['--reveals-people', '--secret', short], /at random/], [left, ['--reveals-people', '--key', at('none.key')], /cannot read/],
		[left, ['--reveals-people', '--schema', schema], /schema/], [broken, ['--reveals-people'], /broken-row\.csv: line 62/]]) {
		const a = await clk(file, out, ...more);
		assert.equal(a.status, 2, more.join(' '));
		assert.match(a.err, says);
		assert.equal(readFileSync(out, 'utf8'), 'kept\n');
	}
	assert.deepEqual(readdirSync(place).filter((f) => f.startsWith('kept.clk')), ['kept.clk']);
});

test('a cell that does not fit the linkage schema is told by line and column, and its row keeps its place', async () => {
	const a = await clk(put('bad-date.csv', leftText.replace(/\d{4}-\d\d-\d\d/, '2001-02-31')), at('bad.clk'), '--reveals-people');
	assert.equal(a.status, 1, a.err);
	assert.match(a.err, /bad-date\.csv:2:4: not a date of that format/);
	assert.doesNotMatch(a.err, /2001-02-31/);
	assert.equal(JSON.parse(readFileSync(at('bad.clk'), 'utf8')).clks.length, 60);
});

await run();
