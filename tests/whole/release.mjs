// release.mjs - sangam release, as whoever gives numbers away runs it: people in, invented rows and noisy tables out, a debit
// for each; and every way in which it must not go on.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sangam } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';

const place = mkdtempSync(join(tmpdir(), 'release-'));
atEnd(() => rmSync(place, { recursive: true, force: true }));
const file = (name) => join(place, name);
const domain = { sex: 2, age: 5, kind: 3 };
// Invented people: who is of kind 2 is of age 4, else all is even.
const people = Array.from({ length: 8000 }, (_, i) => [i % 2, i % 4 === 3 ? 4 : i % 5 % 4, i % 4 === 3 ? 2 : (i >> 2) % 2].join(','));
writeFileSync(file('domain.json'), JSON.stringify(domain));
writeFileSync(file('people.csv'), `sex,age,kind\n${people.join('\n')}\n`);

let n = 0;
function ask(what, { data = 'people.csv', book = 'domain.json', ledger = 'ledger', more = [] } = {}) {
	const out = file(`out-${++n}.csv`), report = file(`report-${n}.json`);
	return sangam(['release', what, '--data', file(data), '--domain', file(book), '--ledger', file(ledger), '--out', out, '--report', report, ...more])
		.then((said) => ({ ...said, out, report, csv: existsSync(out) ? readFileSync(out, 'utf8').trim().split('\n') : null, cost: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, said: said.err }));
}
const entries = (ledger = 'ledger') => (existsSync(file(ledger)) ? readFileSync(file(ledger), 'utf8').trim().split('\n').length - 1 : 0);
const share = (rows, test) => rows.filter(test).length / rows.length;

test('invented rows have the people\'s own proportions, and cost what the report says', async () => {
	const made = await ask('synth', { more: ['--delta', '1e-6'] });
	assert.equal(made.status, 0, made.said);
	assert.equal(made.csv[0], 'sex,age,kind');
	const rows = made.csv.slice(1).map((line) => line.split(',').map(Number));
	assert.ok(Math.abs(rows.length - people.length) < 600, `${rows.length} rows`);
	for (const row of rows) assert.ok(row[0] < 2 && row[1] < 5 && row[2] < 3);
	assert.ok(Math.abs(share(rows, (r) => r[2] === 2) - 0.25) < 0.03);
	assert.ok(share(rows, (r) => r[2] === 2 && r[1] === 4) > 0.2, 'what goes together stays together');
	assert.ok(made.cost['this release']['epsilon at delta 1e-6'] <= 1.0000001);
	assert.equal(made.cost.rows, rows.length);
	assert.equal(entries(), 1);
});
test('tables have intervals that hold the true numbers, and a second release adds to what is spent', async () => {
	const made = await ask('tables');
	assert.equal(made.status, 0, made.said);
	const cells = made.csv.slice(1).map((line) => line.split(','));
	const real = people.map((line) => line.split(','));
	const column = { sex: 0, age: 1, kind: 2 };
	let held = 0;
	for (const [a, va, b, vb, , low, high] of cells) {
		const count = real.filter((r) => (!a || r[column[a]] === va) && (!b || r[column[b]] === vb)).length;
		held += count >= Number(low) && count <= Number(high);
	}
	assert.ok(held >= cells.length * 0.8, `${held} of ${cells.length}`);
	assert.equal(entries(), 2);
	assert.ok(made.cost['all releases of these people'].rho > made.cost['this release'].rho * 1.9);
});
test('a manifest is signed, and every change is named', async () => {
	const made = await ask('tables', { ledger: 'signed' });
	assert.equal(made.status, 0, made.said);
	const path = `${made.out}.manifest.json`;
	const m = JSON.parse(readFileSync(path, 'utf8'));
	assert.equal(m.files.length, 3); // the tables, the report for programs and the one for readers
	assert.equal(m['privacy ledger head'], made.cost['privacy ledger head']);
	const check = (...more) => sangam(['release', 'verify', path, ...more]);
	const good = await check('--key', m.key, '--ledger', file('signed'));
	assert.equal(good.status, 0, good.out + good.err);
	assert.match(good.out, /as signed/);
	assert.match(good.out, /has this release as entry 1/);
	const other = await check('--key', m.key.replace(/^./, (c) => (c === '0' ? '1' : '0')));
	assert.equal(other.status, 1);
	assert.match(other.out, /not the key/);
	const rows = readFileSync(made.out, 'utf8');
	writeFileSync(made.out, rows.replace(/\d/, (d) => String((Number(d) + 1) % 10)));
	const altered = await check();
	assert.equal(altered.status, 1);
	assert.match(altered.out, /out-\d+\.csv: altered/);
	rmSync(made.out);
	assert.match((await check()).out, /not there/);
	writeFileSync(made.out, rows);
	assert.equal((await check()).status, 0);
	const older = await check('--ledger', file('ledger'));
	assert.equal(older.status, 1);
	assert.match(older.out, /another ledger, or an older copy/);
	const text = readFileSync(path, 'utf8');
	writeFileSync(path, text.replace('"epsilon":1', '"epsilon":2'));
	const forged = await check();
	assert.equal(forged.status, 1);
	assert.match(forged.out, /altered after it was signed/);
	const nothing = await sangam(['release', 'verify', file('nothing.json')]);
	assert.equal(nothing.status, 2);
});
test('a tree of pairs spends the same budget, says so, and finds what hangs together', async () => {
	const mst = (what) => ask(what, { ledger: 'trees', more: ['--delta', '1e-6', '--method', 'mst'] });
	const made = await mst('synth');
	assert.equal(made.status, 0, made.said);
	assert.equal(made.cost.method, 'mst');
	assert.ok(Math.abs(made.cost['this release'].rho - .024356) < 1e-6);
	assert.equal(made.cost['pairs measured'], 2); // of three attributes
	const rows = made.csv.slice(1).map((line) => line.split(',').map(Number));
	assert.ok(Math.abs(share(rows, (r) => r[2] === 2 && r[1] === 4) - .25) < .02);
	// A third of the budget is for each of three attributes and the total, instead of a tenth.
	const tree = made.cost.tables.find((t) => t.of.length === 1).sigma;
	const usual = (await ask('tables', { ledger: 'no-trees', more: ['--delta', '1e-6'] })).cost;
	assert.equal(usual.method, 'swift');
	assert.ok(Math.abs(usual.tables.find((t) => t.of.length === 1).sigma / tree - Math.sqrt(10 / 3)) < .01);
	assert.equal((await mst('tables')).status, 0);
	assert.equal(entries('trees'), 2);
	const none = await ask('synth', { ledger: 'no-method', more: ['--method', 'best'] });
	assert.equal(none.status, 2);
	assert.match(none.said, /--method is swift or mst/);
	assert.ok(!existsSync(file('no-method')) && !none.csv);
});
test('a tight composition spends more rho for the same epsilon, says so, and the manifest holds', async () => {
	const tight = await ask('synth', { ledger: 'tight', more: ['--delta', '1e-6', '--composition', 'tight'] });
	assert.equal(tight.status, 0, tight.said);
	assert.equal(tight.cost.composition, 'tight');
	assert.ok(Math.abs(tight.cost['this release'].rho - .028014) < 1e-6);
	assert.ok(Math.abs(tight.cost['this release']['epsilon at delta 1e-6'] - 1) < 1e-6);
	assert.ok(tight.cost['all releases of these people']['epsilon at delta 1e-6'] > 1.05); // by zCDP, as all releases are
	const path = `${tight.out}.manifest.json`, text = readFileSync(path, 'utf8');
	assert.match(text, /"composition":"tight"/);
	const good = await sangam(['release', 'verify', path]);
	assert.equal(good.status, 0, good.out + good.err);
	writeFileSync(path, text.replace('"composition":"tight"', '"composition":"zcdp"'));
	const forged = await sangam(['release', 'verify', path]);
	assert.equal(forged.status, 1);
	assert.match(forged.out, /a cost is missing, or does not mean/);
	const usual = await ask('synth', { ledger: 'loose', more: ['--delta', '1e-6'] });
	assert.equal(usual.cost.composition, 'zcdp');
	const none = await ask('synth', { ledger: 'no-composition', more: ['--composition', 'loose'] });
	assert.equal(none.status, 2);
	assert.match(none.said, /--composition is zcdp or tight/);
});
test('the thorough method looks again, spends the same budget, and refuses many attributes before anything is spent', async () => {
	const thorough = (what, more = ['--thorough']) => ask(what, { ledger: 'thorough', more: ['--delta', '1e-6', ...more] });
	const made = await thorough('synth');
	assert.equal(made.status, 0, made.said);
	assert.equal(made.cost.method, 'thorough');
	assert.match(made.said, /round 1 of at most 2: [123] tables of two attributes/);
	assert.ok(Math.abs(made.cost['this release'].rho - .024356) < 1e-6);
	const of = made.cost.tables.map((t) => t.of.join());
	assert.equal(new Set(of).size, of.length, 'a pair measured twice is one table');
	assert.ok(of.includes('age,kind'));
	const rows = made.csv.slice(1).map((line) => line.split(',').map(Number));
	assert.ok(Math.abs(share(rows, (r) => r[2] === 2 && r[1] === 4) - .25) < .02);
	assert.equal((await thorough('tables', ['--method', 'thorough'])).status, 0);
	assert.equal(entries('thorough'), 2);
	const both = await ask('synth', { ledger: 'no-method', more: ['--thorough', '--method', 'mst'] });
	assert.equal(both.status, 2);
	assert.match(both.said, /leave --method out/);
	const names = [...'abcdefghijklmnop'];
	writeFileSync(file('sixteen.json'), JSON.stringify(Object.fromEntries(names.map((name) => [name, 2]))));
	writeFileSync(file('sixteen.csv'), `${names.join()}\n${names.map(() => 1).join()}\n`);
	const many = await ask('synth', { data: 'sixteen.csv', book: 'sixteen.json', ledger: 'no-method', more: ['--thorough'] });
	assert.equal(many.status, 2);
	assert.match(many.said, /at most 15 attributes and the codebook has 16/);
	assert.ok(!existsSync(file('no-method')) && !many.csv);
	// Several rows a person, and what cannot be.
	writeFileSync(file('rules.json'), JSON.stringify({ name: 'rules', version: '1', unit: 'who', attributes: [
		{ name: 'sex', values: ['f', 'm'] }, { name: 'age', values: ['child', 'adult'] }, { name: 'married', values: ['no', 'yes'] },
	], impossible: [{ age: 'child', married: 'yes' }] }));
	const several = Array.from({ length: 9000 }, (_, i) => `P${i % 6000},${i % 2 ? 'm' : 'f'},${i % 3 ? 'adult' : 'child'},${i % 3 > 1 ? 'yes' : 'no'}`);
	writeFileSync(file('rules.csv'), `who,sex,age,married\n${several.join('\n')}\n`);
	const ruled = await ask('synth', { data: 'rules.csv', book: 'rules.json', ledger: 'ruled', more: ['--thorough', '--rows-per-person', '2'] });
	assert.equal(ruled.status, 0, ruled.said);
	assert.ok(Math.abs(ruled.csv.length - 9000) < 500, `${ruled.csv.length} rows`);
	assert.ok(!ruled.csv.some((line) => /child,yes/.test(line)), 'a married child');
});
test('the audit finds no violation and every bug', async () => {
	const said = await sangam(['release', 'audit', '--runs', '2000', '--out', file('audit.json')]);
	assert.equal(said.status, 0, said.out + said.err);
	const a = JSON.parse(readFileSync(file('audit.json'), 'utf8'));
	assert.equal(a.violations, 0);
	assert.equal(a.pairs.length, 10);
	assert.equal(a['bugs caught'], 12);
	assert.ok(a.bugs.every((b) => b['caught by']));
	assert.equal(a.method, 'swift');
	const tree = await sangam(['release', 'audit', '--runs', '1000', '--method', 'mst']);
	assert.equal(tree.status, 0, tree.out + tree.err);
	assert.match(tree.out, /method mst/);
	assert.equal((await sangam(['release', 'audit', '--method', 'best'])).status, 2);
	assert.equal((await sangam(['release', 'audit', '--runs', 'many'])).status, 2);
}, { seconds: 120 });
test('what was asked wrongly is named with its place; nothing is spent and nothing written', async () => {
	const bad = (name, text) => { writeFileSync(file(name), text); return name; };
	const cases = [
		[{ more: ['--epsilon', '12'] }, /--epsilon is a number above 0 and at most 4/],
		[{ more: ['--delta', '0.5'] }, /--delta/],
		[{ more: ['--epsilon', 'much'] }, /--epsilon/],
		[{ data: bad('value.csv', 'sex,age,kind\n0,1,1\n0,9,1\n') }, /value\.csv.*line 3.*column 2/],
		[{ data: bad('empty.csv', 'sex,age,kind\n0,,1\n') }, /line 2/],
		[{ data: bad('column.csv', 'sex,age,colour\n0,1,1\n') }, /column\.csv/],
		[{ data: 'nowhere.csv' }, /cannot read/],
		[{ book: bad('book.json', '{"sex": 2,') }, /book\.json.*line 1/],
	];
	for (const [how, sentence] of cases) {
		const refused = await ask('synth', { ...how, ledger: 'untouched' });
		assert.equal(refused.status, 2, JSON.stringify(how));
		assert.match(refused.said, sentence);
		assert.equal(refused.csv, null);
	}
	assert.ok(!existsSync(file('untouched')));
	const nowhere = await sangam(['release', 'synth', '--data', file('people.csv'), '--domain', file('domain.json'), '--ledger', file('untouched'), '--out', file('no/such/place.csv'), '--report', file('r.json')]);
	assert.equal(nowhere.status, 2);
	assert.match(nowhere.err, /Nothing was spent/);
	assert.ok(!existsSync(file('untouched')));
});
test('several rows a person are made into one, or limited and paid for; else the second is named', async () => {
	const book = { name: 'test', version: '2', unit: 'who', ignore: ['note'], attributes: [
		{ name: 'sex', values: ['f', 'm'], collapse: 'first' },
		{ name: 'age', bands: ['0-17', '18+'], values: ['?'], missing: '?', collapse: 'specific' },
		{ name: 'means', split: ';', values: ['debt', 'threats'] },
	], impossible: [{ age: '0-17', 'means.debt': '1' }] };
	const rows = Array.from({ length: 9000 }, (_, i) => `P${i % 6000},${i % 2 ? 'm' : 'f'},${i % 3 ? 30 + i % 9 : 7},${i % 3 ? 'debt; threats' : ''},x`);
	writeFileSync(file('rich.json'), JSON.stringify(book));
	writeFileSync(file('twice.csv'), `who,sex,age,means,note\n${rows.join('\n')}\n`);
	const how = { data: 'twice.csv', book: 'rich.json' };
	const twice = await ask('tables', { ...how, ledger: 'once' });
	assert.equal(twice.status, 2);
	assert.match(twice.said, /line 6002: the same person as in line 2/);
	assert.ok(!existsSync(file('once')));
	const one = await ask('tables', { ...how, ledger: 'one', more: ['--rows-per-person', 'collapse'] });
	assert.equal(one.status, 0, one.said);
	assert.ok(Math.abs(one.cost.people - 6000) < 200, `${one.cost.people}`);
	assert.match(one.cost.unit, /made into one/);
	assert.ok(one.csv.includes('age,0-17,means.debt,1,0,0,0,impossible') || !one.csv.some((line) => line.startsWith('age,0-17,means.debt')));
	const three = await ask('tables', { ...how, ledger: 'three', more: ['--rows-per-person', '3', '--person', 'who'] });
	assert.equal(three.status, 0, three.said);
	assert.ok(Math.abs(three.cost.people - 9000) < 500, `${three.cost.people}`);
	assert.equal(three.cost['this release'].rho, one.cost['this release'].rho);
	const wider = three.cost.tables[0].sigma / one.cost.tables[0].sigma;
	assert.ok(Math.abs(wider - 3) < 0.01, `${wider}`);
	assert.equal(JSON.parse(readFileSync(`${three.out}.manifest.json`, 'utf8'))['rows a person at most'], 3);
	for (const [more, sentence] of [[['--rows-per-person', 'many'], /collapse, or a number/], [['--person', 'sex'], /names another column/]])
		assert.match((await ask('tables', { ...how, ledger: 'once', more })).said, sentence);
	assert.match((await ask('tables', { ledger: 'once', more: ['--rows-per-person', '2'] })).said, /--person/);
	assert.match((await ask('tables', { ledger: 'once', more: ['--rows-per-person', 'collapse', '--person', 'sex'] })).said, /is an attribute/);
	assert.ok(!existsSync(file('once')));
});
test('too few people are refused in words', async () => {
	writeFileSync(file('few.csv'), `sex,age,kind\n${people.slice(0, 300).join('\n')}\n`);
	const refused = await ask('synth', { data: 'few.csv', ledger: 'few' });
	assert.equal(refused.status, 2);
	assert.match(refused.said, /too few/);
	assert.equal(refused.csv, null);
});
test('over the cap nothing is released, and an altered ledger stops everything', async () => {
	let last;
	for (let i = 0; i < 20; i++) {
		last = await ask('tables', { ledger: 'cap', more: ['--epsilon', '2'] });
		if (last.status !== 0) break;
	}
	assert.equal(last.status, 2);
	assert.match(last.said, /may ever be spent/);
	const before = readFileSync(file('cap'), 'utf8');
	assert.ok(entries('cap') >= 3);
	writeFileSync(file('cap'), before.replace(/ (\d+) (\d{9,}) tables/, (_, amount, time) => ` ${Number(amount) - 1} ${time} tables`));
	const altered = await ask('tables', { ledger: 'cap', more: ['--epsilon', '0.1'] });
	assert.equal(altered.status, 2);
	assert.match(altered.said, /line 2 was altered/);
});
test('killed at any moment, what was drawn is in the ledger, and no half of a result has its name', async () => {
	const { spawn } = await import('node:child_process');
	for (let i = 0; i < 12; i++) {
		const ledger = file(`kill-${i}`), out = file(`kill-${i}.csv`);
		const child = spawn(process.env.SANGAM_BIN, ['release', 'synth', '--data', file('people.csv'), '--domain', file('domain.json'), '--ledger', ledger, '--out', out, '--report', `${out}.json`], { stdio: 'ignore' });
		setTimeout(() => child.kill('SIGKILL'), 3 + i * 13);
		await new Promise((done) => child.once('close', done));
		if (existsSync(out)) {
			assert.equal(entries(`kill-${i}`), 1, 'a result without a debit');
			assert.ok(readFileSync(out, 'utf8').endsWith('\n') && readFileSync(out, 'utf8').split('\n').length > 7000);
		}
		const again = await ask('tables', { ledger: `kill-${i}` });
		assert.equal(again.status, 0, again.said);
	}
	assert.deepEqual(readdirSync(place).filter((name) => /^(out|report)-.*\.part$/.test(name)), []);
}, { seconds: 120 });
// ---- what leaves beside the rows --------------------------------------------------------------------------------------

// The parts of a workbook, by name: it is a zip file, read from its central directory.
async function partsOf(path) {
	const { inflateRawSync } = await import('node:zlib');
	const b = readFileSync(path), parts = {};
	let at = b.lastIndexOf(Buffer.from('PK\x05\x06'));
	for (let k = b.readUInt16LE(at + 10), p = b.readUInt32LE(at + 16); k > 0; k--) {
		const name = b.toString('utf8', p + 46, p + 46 + b.readUInt16LE(p + 28));
		const local = b.readUInt32LE(p + 42), start = local + 30 + b.readUInt16LE(local + 26) + b.readUInt16LE(local + 28);
		const bytes = b.subarray(start, start + b.readUInt32LE(p + 20));
		parts[name] = (b.readUInt16LE(p + 10) ? inflateRawSync(bytes) : bytes).toString('utf8');
		p += 46 + b.readUInt16LE(p + 28) + b.readUInt16LE(p + 30) + b.readUInt16LE(p + 32);
	}
	return parts;
}
const rich = { name: 'small', version: '7', unit: 'who', attributes: [
	{ name: 'sex', label: { en: 'Gender', hi: 'लिंग' }, values: ['f', 'm'] },
	{ name: 'age', bands: ['0-8', '9-17', '18-29', '30+'], coarser: { minor: ['0-8', '9-17'], adult: ['18-29', '30+'] } },
	{ name: 'remark', values: ['=1+1', '007', 'plain'] },
] };
function someone(count, name) {
	const rows = Array.from({ length: count }, (_, i) => `P${i},${i % 3 ? 'f' : 'm'},${(i * 7) % 60},${['=1+1', '007', 'plain'][i % 3]}`);
	writeFileSync(file(name), `who,sex,age,remark\n${rows.join('\n')}\n`);
	writeFileSync(file('small.json'), JSON.stringify(rich));
}
test('a workbook, a page for readers and the rows say the same, and every row says that it is invented', async () => {
	someone(9000, 'many.csv');
	const xlsx = file('many.xlsx'), page = file('many.html');
	const made = await ask('synth', { data: 'many.csv', book: 'small.json', ledger: 'many', more: ['--xlsx', xlsx, '--page', page, '--lang', 'hi'] });
	assert.equal(made.status, 0, made.said);
	assert.equal(made.csv[0], 'sex,age,remark,synthetic');
	assert.ok(made.csv.slice(1).every((line) => line.endsWith(',1')));
	const parts = await partsOf(xlsx), sheet = parts['xl/worksheets/sheet1.xml'];
	assert.equal((sheet.match(/<row /g) ?? []).length, made.csv.length);
	assert.ok(!/<f>/.test(sheet), 'no cell is a formula');
	assert.match(sheet, />=1\+1</);
	assert.match(sheet, />007</, 'a text that looks like a number stays as it is');
	const m = JSON.parse(readFileSync(`${made.out}.manifest.json`, 'utf8'));
	assert.deepEqual(m.files.map((f) => f.name).sort(), [made.out, made.report, xlsx, page].map((p) => p.split('/').at(-1)).sort());
	assert.equal(m.codebook, 'small');
	assert.equal(m['codebook version'], '7');
	assert.equal((await sangam(['release', 'verify', `${made.out}.manifest.json`])).status, 0);
	const html = readFileSync(page, 'utf8');
	assert.match(html, /<html lang="hi">/);
	assert.match(html, /लिंग/);
	assert.ok(!/<script|src=|url\(|href="(?!data:text\/css)/.test(html), 'it loads nothing and runs nothing');
	assert.equal((html.match(/<svg viewBox/g) ?? []).length, 2 + 4 + 3, 'a picture beside each value');
	for (const [title, values] of [['लिंग', { f: 6000, m: 3000 }], ['age', { '0-8': 1350, '9-17': 1350, '18-29': 1800, '30+': 4500 }], ['remark', { '=1+1': 3000, '007': 3000, plain: 3000 }]]) {
		const table = html.split(`<caption>${title}</caption>`)[1].split('</table>')[0];
		const rows = [...table.matchAll(/<th scope="row">(.*?)<\/th><td class="n">(\d+)/g)];
		assert.deepEqual(rows.map((r) => r[1]), Object.keys(values), `the values of ${title}`);
		for (const [, value, number] of rows) assert.ok(Math.abs(Number(number) - values[value]) < 400, `${title} ${value}: ${number}`);
	}
	assert.match((await ask('synth', { data: 'many.csv', book: 'small.json', ledger: 'many', more: ['--lang', 'xx'] })).said, /en or hi/);
	assert.match((await ask('synth', { data: 'many.csv', book: 'small.json', ledger: 'many', more: ['--page', made.out, '--xlsx', made.out] })).said, /named for two things/);
});
test('few people have coarser values, very few have no numbers at all; neither is learnt by looking', async () => {
	someone(1000, 'some.csv');
	const some = await ask('tables', { data: 'some.csv', book: 'small.json', ledger: 'some' });
	assert.equal(some.status, 0, some.said);
	assert.ok(some.csv.some((line) => line.startsWith('age,minor,,')));
	assert.ok(!some.csv.some((line) => line.startsWith('age,9-17')));
	assert.equal(some.cost['coarser values, because people are few'], true);
	assert.equal(entries('some'), 2, 'the count that decided is in the ledger too');
	assert.match(readFileSync(`${some.out}.html`, 'utf8'), /coarser values were used/);
	assert.ok(some.cost['all releases of these people']['epsilon at delta 1e-9'] <= 1.0000001);
	assert.equal(some.cost['this release'].rho, some.cost['all releases of these people'].rho);
	someone(200, 'few.csv');
	for (const what of ['tables', 'synth']) {
		const few = await ask(what, { data: 'few.csv', book: 'small.json', ledger: `few-${what}` });
		assert.equal(few.status, 2);
		assert.match(few.said, /too few.*a hundredth of the budget is spent and nothing was written/);
		assert.equal(few.csv, null);
		assert.equal(entries(`few-${what}`), 1);
	}
	writeFileSync(file('plain-few.csv'), `sex,age,kind\n${people.slice(0, 300).join('\n')}\n`);
	const plain = await ask('tables', { data: 'plain-few.csv', ledger: 'plain-few' });
	assert.equal(plain.status, 2);
	assert.match(plain.said, /too few/);
	assert.equal(plain.csv, null);
});
test('an older copy of the ledger is seen when its last head is given', async () => {
	const first = await ask('tables', { ledger: 'old' });
	const kept = readFileSync(file('old'));
	const second = await ask('tables', { ledger: 'old', more: ['--head', first.cost['privacy ledger head'], '--epsilon', '0.5'] });
	assert.equal(second.status, 0, second.said);
	writeFileSync(file('old'), kept);
	const rolled = await ask('tables', { ledger: 'old', more: ['--head', second.cost['privacy ledger head'], '--epsilon', '0.5'] });
	assert.equal(rolled.status, 2);
	assert.match(rolled.said, /does not end with the head.*Nothing was spent/);
	assert.deepEqual(readFileSync(file('old')), kept);
	const gone = await ask('tables', { ledger: 'gone', more: ['--head', second.cost['privacy ledger head']] });
	assert.equal(gone.status, 2);
	assert.ok(!existsSync(file('gone')), 'a ledger that is gone is not begun anew');
	assert.match((await ask('tables', { ledger: 'old', more: ['--head', 'abc'] })).said, /64 hex digits/);
});
test('a full disk leaves nothing half-written, and what was measured is spent', async () => {
	const { spawnSync } = await import('node:child_process');
	// Files may grow to so many blocks of 512 bytes: the ledger and the key fit, the rows do not.
	const out = file('full.csv'), said = spawnSync('sh', ['-c', 'trap "" XFSZ; ulimit -f 8; exec "$@"', 'sh', process.env.SANGAM_BIN, 'release', 'synth',
		'--data', file('people.csv'), '--domain', file('domain.json'), '--ledger', file('full'), '--out', out, '--report', `${out}.json`], { encoding: 'utf8' });
	assert.equal(said.status, 2, said.stderr);
	assert.match(said.stderr, /cannot write .*full\.csv.*is spent and nothing was written/);
	assert.deepEqual(readdirSync(place).filter((name) => name.startsWith('full.csv')), []);
	assert.equal(entries('full'), 1);
});
test('the codebooks of the pack read the columns they were made for', async () => {
	const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..', 'packs/international/release');
	const checked = await sangam(['pack', 'check', join(root, '..')]);
	assert.equal(checked.status, 0, checked.out + checked.err);
	const books = readdirSync(root).filter((name) => name.endsWith('.json')).length;
	assert.ok(books >= 3);
	assert.match(checked.out, new RegExp(`, ${books} codebooks of releases`));
	for (const name of ['ctdc', 'ctdc-kanon', 'htcds']) {
		const path = join(root, `${name}.json`), book = JSON.parse(readFileSync(path, 'utf8'));
		const columns = [...book.attributes.map((a) => a.column ?? a.name), ...(book.ignore ?? []).filter((c) => c !== '*')];
		const cell = (a, i) => {
			if (!a) return 'x';
			const plain = (v) => v.value ?? v;
			if (a.name === 'CountryOfExploitation' || a.name === 'citizenship') return ['NPL', 'IN', '00', 'ZZ', ''][i % 5];
			if (a.years) return ['2021', '2019-05-01', ''][i % 3];
			if (a.bands) return a.name === 'ageBroad' ? ['30--38', ''][i % 2] : ['33', ''][i % 2];
			if (a.name === 'majorityStatus') return 'Adult';
			if (a.name === 'child') return 'no';
			return a.split ? a.values.slice(0, 1 + i % 2).map(plain).join(a.split) : plain(a.values[(i >> 1) % 2 * (a.values.length > 2)]);
		};
		const rows = Array.from({ length: 30000 }, (_, i) => columns.map((c) => cell(book.attributes.find((a) => (a.column ?? a.name) === c), i)).join(','));
		writeFileSync(file(`${name}.csv`), `${columns.join(',')}\n${rows.join('\n')}\n`);
		const out = file(`${name}-out.csv`);
		const said = await sangam(['release', 'tables', '--data', file(`${name}.csv`), '--domain', path, '--ledger', file(`${name}.spend`), '--out', out, '--report', `${out}.json`]);
		assert.equal(said.status, 0, `${name}: ${said.err}`);
	}
	const broken = file('broken-pack');
	const { cpSync } = await import('node:fs');
	cpSync(join(root, '..'), broken, { recursive: true });
	writeFileSync(join(broken, 'release', 'bad.json'), '{"attributes": [{"name": "a", "valuez": ["x"]}]}');
	const bad = await sangam(['pack', 'check', broken]);
	assert.equal(bad.status, 1);
	assert.match(bad.out, /bad\.json: a: "valuez" means nothing here/);
}, { seconds: 240 });
test('of a hundred intervals ninety-five hold the true number', async () => {
	const sizes = [8, 7, 6, 5, 4], names = ['a', 'b', 'c', 'd', 'e'];
	let s = 11;
	const any = (below) => { s = (s * 1103515245 + 12345) % 2147483648; return Math.floor(s / 2147483648 * below); };
	// Whoever is of kind v in one attribute is rather of the same kind in the next.
	const rows = Array.from({ length: 20000 }, () => { let v = any(8); return sizes.map((size) => { v = any(3) ? v % size : any(size); return v; }); });
	writeFileSync(file('cover.json'), JSON.stringify(Object.fromEntries(names.map((name, i) => [name, sizes[i]]))));
	writeFileSync(file('cover.csv'), `${names.join(',')}\n${rows.map((r) => r.join(',')).join('\n')}\n`);
	const truth = new Map();
	const count = (key) => truth.set(key, (truth.get(key) ?? 0) + 1);
	for (const r of rows) r.forEach((v, i) => { count(`${names[i]},${v},,`); r.forEach((w, j) => { if (j > i) count(`${names[i]},${v},${names[j]},${w}`); }); });
	let held = 0, cells = 0;
	for (let k = 0; k < 12; k++) {
		const made = await ask('tables', { data: 'cover.csv', book: 'cover.json', ledger: `cover-${k}` });
		assert.equal(made.status, 0, made.said);
		for (const line of made.csv.slice(2)) {
			const [a, va, b, vb, , low, high] = line.split(','), real = truth.get(`${a},${va},${b},${vb}`) ?? 0;
			held += real >= Number(low) && real <= Number(high);
			cells++;
		}
	}
	console.log(`# ${(held / cells).toFixed(4)} of ${cells} intervals hold the true number`);
	assert.ok(cells > 2000, `${cells}`);
	assert.ok(held / cells >= 0.95 - 3 * Math.sqrt(0.95 * 0.05 / cells), `${held} of ${cells}`);
}, { seconds: 120 });
await run();
