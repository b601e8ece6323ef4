// ledger.mjs - the privacy ledger under fire, from outside: releases killed at random moments, sixteen at once, without space, and
// from an older copy. What has left must be spent, always. --trials N (usual 240); the debit alone, ten thousand times, is
// bench/fire.c.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sangam } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';

const wanted = process.argv.indexOf('--trials');
const TRIALS = wanted > 0 ? Number(process.argv[wanted + 1]) : 240, AT_ONCE = 16;
const place = mkdtempSync(join(tmpdir(), 'ledger-'));
atEnd(() => rmSync(place, { recursive: true, force: true }));
const file = (name) => join(place, name);
writeFileSync(file('domain.json'), '{"sex": 2, "age": 4}');
writeFileSync(file('people.csv'), `sex,age\n${Array.from({ length: 9000 }, (_, i) => `${i % 2},${i % 4}`).join('\n')}\n`);

let n = 0;
function start(ledger, { more = [], limit } = {}) {
	const out = file(`out-${++n}.csv`);
	const args = ['release', 'tables', '--epsilon', '0.2', '--data', file('people.csv'), '--domain', file('domain.json'), '--ledger', ledger, '--key', file('key'), '--out', out, '--report', `${out}.json`, ...more];
	const child = limit ? spawn('sh', ['-c', `trap "" XFSZ; ulimit -f ${limit}; exec "$@"`, 'sh', process.env.SANGAM_BIN, ...args], { stdio: 'ignore' })
		: spawn(process.env.SANGAM_BIN, args, { stdio: 'ignore' });
	return { child, out, ended: new Promise((done) => child.once('close', (status) => done(status))) };
}
const lines = (ledger) => (existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').slice(1, -1) : []);
const cleared = (out) => readdirSync(place).filter((name) => name.startsWith(out.split('/').at(-1))).forEach((name) => rmSync(file(name)));

// Each release that has left names its own line of the ledger; no two the same one.
async function allSpent(ledger, started) {
	const taken = new Set();
	let left = 0;
	for (const { out } of started) {
		if (existsSync(out) && existsSync(`${out}.manifest.json`)) {
			const manifest = JSON.parse(readFileSync(`${out}.manifest.json`, 'utf8'));
			const entry = manifest['entry of the privacy ledger'];
			assert.ok(!taken.has(entry), 'two releases with one debit');
			taken.add(entry);
			assert.ok(lines(ledger)[entry - 1]?.endsWith(manifest['privacy ledger head']), 'a release without its debit');
			left++;
		}
		cleared(out);
	}
	assert.ok(lines(ledger).length >= left);
	return left;
}

test('killed at a random moment or sixteen at once, what left is spent', async () => {
	await start(file('first')).ended; // makes the key
	let left = 0, spent = 0;
	for (let done = 0, batch = 0; done < TRIALS; batch++) {
		const ledger = file(`ledger-${batch}`), many = batch % 2 ? AT_ONCE : 4;
		const started = Array.from({ length: many }, () => start(ledger));
		for (const { child } of started) if (Math.random() < 0.6) setTimeout(() => child.kill('SIGKILL'), Math.random() * (batch % 2 ? 160 : 60));
		await Promise.all(started.map((s) => s.ended));
		left += await allSpent(ledger, started);
		spent += lines(ledger).length;
		const after = start(ledger); // a torn line stops nobody
		assert.equal(await after.ended, 0);
		await allSpent(ledger, [after]);
		done += many;
	}
	assert.ok(left > 0 && left < TRIALS, `${left} of ${TRIALS} left whole: too early or too late for a trial`);
	assert.ok(spent >= left);
}, { seconds: 60 + TRIALS * 2 });
test('without space nothing is released that is not spent, and nothing half', async () => {
	const refused = [];
	for (let limit = 1; limit <= 8; limit++) {
		const ledger = file(`full-${limit}`), one = start(ledger, { limit });
		refused.push(await one.ended);
		const whole = existsSync(one.out);
		assert.equal(existsSync(`${one.out}.manifest.json`), whole);
		assert.ok(lines(ledger).length >= (whole ? 1 : 0));
		if (!whole) assert.deepEqual(readdirSync(place).filter((name) => name.startsWith(one.out.split('/').at(-1))), []);
		cleared(one.out);
	}
	assert.ok(refused.includes(2), 'no trial ran out of space');
});
test('an older copy is refused by whoever has the head, whichever copy it is', async () => {
	const ledger = file('kept'), copies = [];
	let head;
	for (let i = 0; i < 6; i++) {
		const one = start(ledger, { more: head ? ['--head', head] : [] });
		assert.equal(await one.ended, 0);
		head = JSON.parse(readFileSync(`${one.out}.json`, 'utf8'))['privacy ledger head'];
		copies.push(readFileSync(ledger));
		cleared(one.out);
	}
	for (const copy of copies.slice(0, -1)) {
		writeFileSync(ledger, copy);
		const one = start(ledger, { more: ['--head', head] });
		assert.equal(await one.ended, 2);
		assert.ok(!existsSync(one.out));
		assert.deepEqual(readFileSync(ledger), copy);
	}
	writeFileSync(ledger, copies.at(-1));
	assert.equal(await start(ledger, { more: ['--head', head] }).ended, 0);
});
test('to run it again is to draw again and to pay again; what has left is printed for nothing', async () => {
	const ledger = file('twice'), one = start(ledger);
	assert.equal(await one.ended, 0);
	const first = readFileSync(one.out, 'utf8');
	assert.equal((await sangam(['release', 'verify', `${one.out}.manifest.json`, '--ledger', ledger])).status, 0);
	assert.equal(lines(ledger).length, 1);
	const two = start(ledger);
	assert.equal(await two.ended, 0);
	assert.equal(lines(ledger).length, 2);
	assert.notEqual(readFileSync(two.out, 'utf8'), first);
});
test('a ledger on a disk that is full is not begun, and nothing is measured', () => {
	const said = spawnSync(process.env.SANGAM_BIN, ['release', 'tables', '--data', file('people.csv'), '--domain', file('domain.json'), '--ledger', '/dev/full', '--key', file('key'), '--out', file('none.csv'), '--report', file('none.json')], { encoding: 'utf8' });
	assert.equal(said.status, 2);
	assert.deepEqual(readdirSync(place).filter((name) => name.startsWith('none')), []);
});
await run();
