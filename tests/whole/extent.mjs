// extent.mjs - sangam extent, as whoever asks how many are never seen runs it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sangam } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';

const place = mkdtempSync(join(tmpdir(), 'extent-'));
atEnd(() => rmSync(place, { recursive: true, force: true }));
// Bales, Hesketh and Silverman 2015, five lists.
const uk = `LA,NG,PFNCA,GO,GP,count
1,0,0,0,0,54\n0,1,0,0,0,463\n0,0,1,0,0,995\n0,0,0,1,0,695\n0,0,0,0,1,316
1,1,0,0,0,15\n1,0,1,0,0,19\n1,0,0,1,0,3\n0,1,1,0,0,62\n0,1,0,1,0,19\n0,1,0,0,1,1
0,0,1,1,0,76\n0,0,1,0,1,11\n0,0,0,1,1,8\n1,1,1,0,0,1\n1,1,0,1,0,1\n0,1,1,1,0,4\n1,1,1,1,0,1
`;
let n = 0;
async function ask(csv, more = []) {
	const lists = join(place, `lists-${++n}.csv`), out = join(place, `out-${n}.json`);
	writeFileSync(lists, csv);
	const said = await sangam(['extent', '--lists', lists, '--out', out, '--bootstrap', '200', ...more]);
	return { ...said, json: existsSync(out) ? JSON.parse(readFileSync(out, 'utf8')) : null, text: existsSync(out) ? readFileSync(out, 'utf8') : '' };
}

test('the published table gives a range, several models and what is assumed', async () => {
	const a = await ask(uk);
	assert.equal(a.status, 0, a.err);
	assert.equal(a.json.seen, 2744);
	assert.deepEqual(a.json.models.map((m) => m.people), [13444, 12262, a.json.models[2].people, 11175]);
	assert.ok(a.json['at least'] < 11175 && a.json['at most'] > 12262 && a.json['at least'] > 2744);
	assert.match(a.out, /never one number/);
	assert.match(a.out, /What is assumed/);
	assert.match(a.out, /Do not use it/);
	assert.ok(a.json.assumed.length > 2 && a.json['do not use'].length > 2);
});

test('the same table and seed give the same bytes, whatever the order of lines and columns', async () => {
	const one = await ask(uk), two = await ask(uk);
	assert.equal(one.text, two.text);
	const [head, ...rows] = uk.trim().split('\n');
	const turned = await ask([head, ...rows.reverse()].join('\r\n'));
	assert.equal(turned.text, one.text);
	const other = await ask(uk, ['--seed', '2']);
	assert.notEqual(other.text, one.text);
});

test('what cannot be answered is refused in one line, and nothing is written', async () => {
	for (const [csv, says] of [
		['A,B,count\n1,0,10\n0,1,10\n1,1,10\n', /third list/],
		['A,B,C,count\n1,0,0,10\n0,1,0,10\n0,0,1,10\n', /two lists or more/],
		['A,B,C\n1,0,0\n', /no column count/],
		['A,B,C,count\n1,0,0,x\n', /line 2, column 4/],
		['A,B,C,count\n1,0,0,4\n1,0,0,5\n', /line 3/],
	]) {
		const a = await ask(csv);
		assert.equal(a.status, 2, a.out);
		assert.match(a.err, says);
		assert.equal(a.err.trim().split('\n').length, 1, a.err);
		assert.equal(a.json, null);
	}
	const missing = await sangam(['extent', '--lists', join(place, 'nothing.csv')]);
	assert.equal(missing.status, 2);
	const wild = await ask(uk, ['--level', '101']);
	assert.equal(wild.status, 2);
	assert.match(wild.err, /--level/);
});
await run();
