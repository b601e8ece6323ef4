// numbers.mjs - statistics and releases, over the whole program: who sees them, that they stay as they were counted, whose yes
// a release needs, that what it costs is down before anything is drawn, that an older copy of it is seen,
// and that what is given out is as it was signed.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sangam, startHub } from '../browser/lib/hub.mjs';
import { manyPeople } from '../browser/lib/people.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';
import { PASSWORD, send } from './lib.mjs';

let hub = await startHub({ demo: true });
const spend = join(hub.dir, 'people.spend');
const cookies = new Map();
async function as(login) {
	if (!cookies.has(login)) {
		const entered = await send(hub, 'POST', '/sign-in', { body: { login, password: PASSWORD } });
		assert.equal(entered.status, 303, login);
		cookies.set(login, { Cookie: /^sangam=[^;]+/.exec(entered.headers['set-cookie'][0])[0] });
	}
	return cookies.get(login);
}
const get = async (login, path, json = true) => send(hub, 'GET', path, { headers: login ? await as(login) : {}, json });
const view = async (login, path) => JSON.parse((await get(login, path)).text);
async function until(what, seconds = 60) {
	for (let i = 0; i < seconds * 4; i++) {
		const found = await what();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
	assert.fail('it did not come about');
}
async function ask(epsilon = '250', method = 'swift') {
	const asked = await send(hub, 'POST', '/releases/new', { headers: await as('researcher'), json: true, body: { purpose: 'An invented question.', epsilon, codebook: '0', method } });
	assert.equal(asked.status, 303, asked.text.slice(0, 300));
	return new URL(asked.headers.location, hub.url).pathname;
}
const answer = async (login, path, said) => send(hub, 'POST', `${path}/answer`, { headers: await as(login), json: true, body: { said } });
const ended = (path) => until(async () => {
	const v = await view('researcher', path);
	return ['given', 'refused', 'lost'].includes(v.state_code) ? v : null;
});
const PAGES = ['/statistics', '/statistics/reports', '/statistics/cases', '/statistics/people', '/statistics/duties'];

test('numbers are for the posts that may, the published ones for everybody', async () => {
	for (const path of PAGES) {
		for (const login of ['meera', 'researcher', 'auditor']) assert.equal((await get(login, path)).status, 200, `${login} ${path}`);
		for (const login of ['hub', 'saathi.talk', 'kavita']) assert.equal((await get(login, path)).status, 404, `${login} ${path}`);
		assert.notEqual((await get('', path)).status, 200);
	}
	assert.equal((await get('meera', '/statistics/shown')).status, 404);
	for (const path of ['/published', '/published/releases']) assert.equal((await get('', path)).status, 200);
});

test('no number under 11 stands on any page of numbers, and the demonstration shows some', async () => {
	let shown = 0;
	const { totals } = await view('meera', '/statistics');
	assert.ok(totals.length >= 2, 'quarters were counted');
	for (const { address } of totals) for (const page of PAGES.slice(1)) {
		const { figures } = await view('meera', page + new URL(address, hub.url).search);
		for (const f of figures) {
			const values = [f.whole, ...f.rows.flatMap((r) => r.cells.map((c) => c.value)), ...f.bars.map((b) => b.value)];
			for (const value of values.filter((v) => /^\d+$/.test(v))) {
				assert.ok(Number(value) >= 11, `${page} shows ${value}`);
				shown++;
			}
		}
	}
	assert.ok(shown > 10, `${shown} numbers`);
});

test('how many are never seen is a range or a plain no, and nothing small is in it', async () => {
	for (const login of ['meera', 'researcher', 'auditor']) assert.equal((await get(login, '/statistics/unseen')).status, 200, login);
	for (const login of ['hub', 'saathi.talk', 'kavita']) assert.equal((await get(login, '/statistics/unseen')).status, 404, login);
	assert.notEqual((await get('', '/statistics/unseen')).status, 200);
	assert.equal((await get('meera', '/statistics/unseen?quarter=1999-1')).status, 404);
	const v = await view('meera', '/statistics/unseen');
	assert.equal(v.range, '');
	assert.match(v.why, /No range can be said: [0-6] of 7 combinations/);
	for (const row of v.figure.rows) for (const { value } of row.cells) assert.ok(!/^\d+$/.test(value) || Number(value) >= 11, value);
	const home = (await get('meera', '/statistics', false)).text;
	assert.match(home, /href="\/statistics\/unseen"/);
	const { rows } = await view('auditor', '/statistics/shown');
	assert.ok(rows.some((r) => /lists/.test(r.what) && /Rampur/.test(r.who)), 'who was shown it is in the ledger');
});

test('the same question has the same answer, whoever asks, after a restart too', async () => {
	const before = await Promise.all(PAGES.slice(1).map(async (p) => (await get('meera', p)).text));
	const other = await Promise.all(PAGES.slice(1).map(async (p) => (await get('researcher', p)).text));
	assert.deepEqual(other, before);
	await hub.stop();
	await hub.start();
	assert.deepEqual(await Promise.all(PAGES.slice(1).map(async (p) => (await get('meera', p)).text)), before);
});

test('there is no filter: what stands in the address beside the quarter changes nothing', async () => {
	const plain = (await get('meera', '/statistics/people')).text;
	for (const more of ['area=IN-UD', 'sex=female', 'from=2026-07-01&to=2026-07-02', 'limit=1'])
		assert.equal((await get('meera', `/statistics/people?${more}`)).text, plain, more);
	for (const quarter of ['2026-9', '1999-1', "2026-3'", '0', '2026'])
		assert.equal((await get('meera', `/statistics/people?quarter=${encodeURIComponent(quarter)}`)).status, 404, quarter);
});

test('auditors see who was shown what', async () => {
	const { rows } = await view('auditor', '/statistics/shown');
	assert.ok(rows.some((r) => /University/.test(r.who)), 'the university was shown numbers');
});

test('a release needs two other agencies', async () => {
	const path = await ask();
	assert.equal((await answer('meera', path, 'perhaps')).status, 422);
	assert.equal((await answer('researcher', path, 'yes')).status, 422, 'the asker is of the asking agency');
	assert.equal((await answer('hub', path, 'yes')).status, 404);
	assert.equal((await answer('meera', path, 'yes')).status, 303);
	assert.equal((await answer('meera', path, 'yes')).status, 422, 'once an agency');
	assert.equal((await view('researcher', path)).state_code, 'asked');
	assert.equal((await answer('saathi.lead', path, 'no')).status, 303);
	assert.equal((await view('researcher', path)).state_code, 'declined');
	assert.ok(!existsSync(spend), 'nothing was spent');
});

test('sixty people are too few: refused in plain words, and what was measured is spent', async () => {
	const path = await ask();
	for (const login of ['meera', 'saathi.lead']) assert.equal((await answer(login, path, 'yes')).status, 303);
	const v = await ended(path);
	assert.equal(v.state_code, 'refused', v.story);
	assert.match(v.story, /too few people/);
	assert.deepEqual(v.files, []);
	assert.equal(readFileSync(spend, 'utf8').trim().split('\n').length, 2, 'one debit');
	assert.match((await view('researcher', '/releases')).left, /0\.\d+ has been spent/);
});

test('a privacy ledger that is not there any more stops releases', async () => {
	rmSync(spend);
	const path = await ask();
	for (const login of ['meera', 'saathi.lead']) assert.equal((await answer(login, path, 'yes')).status, 303);
	const v = await ended(path);
	assert.equal(v.state_code, 'refused');
	assert.match(v.story, /do not agree/);
	assert.ok(!existsSync(spend), 'nothing was drawn or debited');
});

test('all of it is in the ledger, which verifies and makes the same tables again', async () => {
	await hub.stop();
	const verified = await sangam(['verify', '--hub', hub.dir]);
	assert.equal(verified.status, 0, verified.out + verified.err);
	const rebuilt = await sangam(['rebuild', '--hub', hub.dir, '--check']);
	assert.equal(rebuilt.status, 0, rebuilt.out + rebuilt.err);
});

const MORE = 1200;
const lines = (text) => text.trimEnd().split('\n');

test('of enough people a release is given out: rows to those who may, manifest and report to everybody, all of it as signed', async () => {
	const place = mkdtempSync(join(tmpdir(), 'numbers-'));
	atEnd(() => rmSync(place, { recursive: true, force: true }));
	const file = (name) => join(place, name);
	hub = await startHub({ demo: true });
	cookies.clear();
	await hub.stop();
	writeFileSync(file('many.json'), manyPeople(MORE));
	const taken = await sangam(['import', '--hub', hub.dir, '--agency', 'AHTU-RMP', file('many.json')], { seconds: 300 });
	assert.match(taken.out, new RegExp(`^${MORE} records taken, 0 not`, 'm'), taken.err);
	await hub.start();

	const path = await ask('2000');
	assert.deepEqual((await view('researcher', path)).files, [], 'before anybody said yes');
	for (const login of ['meera', 'saathi.lead']) assert.equal((await answer(login, path, 'yes')).status, 303);
	const given = await ended(path);
	assert.equal(given.state_code, 'given', given.story);
	assert.equal(given.files.length, 6);

	const files = {};
	for (const { address } of given.files) {
		const got = await get('researcher', address, false);
		assert.equal(got.status, 200, address);
		const name = decodeURIComponent(/^attachment; filename\*=UTF-8''(\S+)$/.exec(got.headers['content-disposition'])[1]);
		assert.match(name, /^[a-z]+\.(csv|json|xlsx|html)$/);
		files[name] = got.text;
		writeFileSync(file(name), got.bytes);
		for (const login of ['', 'kavita', 'saathi.talk']) assert.notEqual((await get(login, address, false)).status, 200, `${login} ${name}`);
	}
	assert.deepEqual(Object.keys(files).sort(), ['manifest.json', 'page.html', 'report.json', 'rows.csv', 'rows.xlsx', 'tables.csv']);

	const report = JSON.parse(files['report.json']);
	const rows = lines(files['rows.csv']);
	assert.equal(rows.length - 1, report.people, 'as many rows as are said');
	assert.ok(Math.abs(report.people - MORE - 60) < 300, `${report.people} people`);
	assert.equal(report.epsilon, 2);
	assert.match(rows[0], /,synthetic$/);
	assert.ok(rows.slice(1).every((row) => row.endsWith(',1')));
	for (const [name, text] of Object.entries(files)) assert.ok(!/Many\d|MANY-|Person\d/.test(text), `${name} names somebody`);

	const { rows: listed, key } = JSON.parse((await get('', '/published/releases')).text);
	assert.equal(listed.length, 1);
	assert.equal(JSON.parse(files['manifest.json']).key, key, 'signed by the key that everybody is told');
	assert.equal((await get('', listed[0].manifest, false)).text, files['manifest.json']);
	assert.equal((await get('', listed[0].report, false)).text, files['report.json']);
	assert.equal((await get('', listed[0].page, false)).text, files['page.html']);
	assert.match(files['page.html'], /Which pairs were measured/);
	assert.equal(report.method, 'swift');
	assert.match(lines(files['tables.csv'])[1], new RegExp(`^,,,,${report.people},`), 'the number of people comes first');

	const verified = await sangam(['release', 'verify', file('manifest.json')]);
	assert.equal(verified.status, 0, verified.out + verified.err);
	writeFileSync(file('rows.csv'), files['rows.csv'].replace(/\n[^\n]*\n$/, '\n'));
	const altered = await sangam(['release', 'verify', file('manifest.json')]);
	assert.equal(altered.status, 1);
	assert.match(altered.out, /rows\.csv: altered/);

	await hub.stop();
	const rebuilt = await sangam(['rebuild', '--hub', hub.dir, '--check']);
	assert.equal(rebuilt.status, 0, rebuilt.out + rebuilt.err);
}, { seconds: 600 });
await run();
