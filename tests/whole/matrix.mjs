// matrix.mjs - who may do and see what, from outside: every route of the program is asked by a member of every post, in
// every relation to a report, case, duty, agency and member, and must answer as tests/policy_matrix.txt says; a thing one
// may not see must answer as one that is not there. Then marked words of each class are looked for wherever they could come
// out. The relation is set in the table that the policy reads, so that one object has seen them all.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, run, test } from '../browser/lib/tap.mjs';
import { multipart, newDatabase, send } from './lib.mjs';

const root = process.env.SANGAM_ROOT ?? new URL('../..', import.meta.url).pathname;
const KIND = { stakeholder: 2, member: 3, report: 4, case: 5, person: 6, duty: 7, release: 9 };
const START = { '/reports/:': 'report', '/cases/:': 'case', '/duties/:': 'duty', '/members/:': 'member', '/directory/:': 'stakeholder', '/releases/:': 'release' };
const RELATION = ['nobody', 'lead', 'participant', 'referred', 'oversight', 'named', 'walled'];
const LETTER = { open: 'o', case: 'c', identity: 'i', safety: 's', health: 'x', hiv: 'h', counselling: 'u', legal: 'l', source: 'r', intelligence: 'n' };
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const idText = (n) => Array.from({ length: 13 }, (_, i) => SIGNS[Number((BigInt(n) >> BigInt(5 * (12 - i))) & 31n)]).join('');
const NO_SUCH = '1ABSENTABSENT';

// ---- what is expected

const grants = new Map();
const posts = [];
for (const line of readFileSync(join(root, 'tests/policy_matrix.txt'), 'utf8').split('\n')) {
	const [post, relation, act, classes] = line.split(' ');
	if (!classes || line.startsWith('#')) continue;
	grants.set(`${post} ${relation} ${act}`, classes);
	if (!posts.includes(post) && post !== 'visitor') posts.push(post);
}
// Letters of the classes that an act gives, as policy_may joins them: what holds for everybody and what the relation adds.
function given(post, relation, act) {
	if (relation === 'walled') return '';
	return (grants.get(`${post} nobody ${act}`) ?? '') + (relation === 'nobody' ? '' : grants.get(`${post} ${relation} ${act}`) ?? '');
}

const listed = await sangam(['routes']);
const routes = listed.out.trim().split('\n').map((line) => {
	const [method, path, act, ...flags] = line.split(/\s+/);
	const start = Object.keys(START).find((s) => path.startsWith(s));
	return { method, path, act, public: flags.includes('public'), kind: path.includes('/:') ? START[start] ?? 'unknown' : null };
});

// ---- a hub in which somebody of each post looks at the same things

async function make(engine) {
	const database = engine === 'postgresql' ? newDatabase('matrix') : '';
	const hub = await startHub({ demo: true, extra: database ? ['--database', database] : [] });
	const sql = (statement) => execFileSync(database ? 'psql' : 'sqlite3',
		database ? ['-qAt', database, '-c', statement] : ['-cmd', '.timeout 20000', join(hub.dir, 'sangam.db'), statement], { encoding: 'utf8' }).trim();
	const one = (statement) => sql(statement).split('\n')[0].split('|');
	const [agency] = one("SELECT id FROM stakeholder WHERE code = 'NAGRIK'"); // has no part in any case
	const who = {};
	for (const post of posts) {
		const made = await sangam(['member', 'add', '--hub', hub.dir, '--agency', 'NAGRIK', '--name', `Invented ${post}`, '--posts', post]);
		const path = made.out.match(/\/setup\/\S+/)?.[0];
		assert.ok(path, made.err);
		const login = `m.${post.replaceAll('_', '.')}`, password = `invented ${post} 7319`;
		const set = await send(hub, 'POST', path, { body: { login, password, again: password } });
		assert.equal(set.status, 303, set.text.slice(0, 300));
		const entered = await send(hub, 'POST', '/sign-in', { body: { login, password } });
		who[post] = { headers: { Cookie: /^sangam=[^;]+/.exec(entered.headers['set-cookie'][0])[0] } };
		who[post].id = one(`SELECT max(id) FROM member WHERE stakeholder = ${agency}`)[0];
	}
	const [kase, kaseNumber] = one("SELECT id, number FROM casefile WHERE state = 1 AND people > 0 ORDER BY id LIMIT 1");
	const [report, reportNumber] = one("SELECT id, number FROM report WHERE kase = 0 AND state <> 'closed' ORDER BY id LIMIT 1");
	const [duty] = one(`SELECT id FROM duty WHERE about = ${KIND.case} AND object = ${kase} AND state = 1 ORDER BY id LIMIT 1`);
	const [stakeholder] = one("SELECT id FROM stakeholder WHERE code = 'SAATHI'");
	const [member] = one(`SELECT id FROM member WHERE stakeholder = ${stakeholder} ORDER BY id LIMIT 1`);
	const [person] = one(`SELECT id FROM person WHERE kase = ${kase} ORDER BY place LIMIT 1`);
	const asked = await send(hub, 'POST', '/releases/new', { headers: who.researcher.headers, json: true, body: { purpose: 'An invented question.', epsilon: '250', codebook: '0', method: 'swift' } });
	assert.equal(asked.status, 303, asked.text.slice(0, 300));
	const [release] = one('SELECT max(id) FROM giving');
	const object = { case: kase, report, duty, stakeholder, member, person, release };
	// What our agency is to one of them; `named` is of one member alone.
	function relate(kind, relation, memberId = 0) {
		sql(`DELETE FROM relation WHERE about = ${KIND[kind]} AND object = ${object[kind]} AND stakeholder = ${agency}`);
		if (relation !== 'nobody')
			sql(`INSERT INTO relation (about, object, stakeholder, member, relation, basis, since) VALUES (${KIND[kind]}, ${object[kind]}, ${agency}, ${memberId}, ${RELATION.indexOf(relation)}, 'legal_duty', 1)`);
	}
	return { hub, sql, one, agency, who, object, relate, number: { case: kaseNumber, report: reportNumber } };
}

// Many at once, in the order given.
async function all(list, each) {
	let next = 0;
	const lane = async () => { while (next < list.length) { const i = next++; await each(list[i], i); } };
	await Promise.all(Array.from({ length: 8 }, lane));
}

function pathOf(m, route, id, more) {
	let first = true;
	return route.path.replace(/[:*]([a-z]+)/g, (_, name) => {
		if (first) { first = false; return route.path.includes('*') ? '1bsenttoken' : id; }
		return more[name] ?? NO_SUCH;
	});
}
// What differs from one answer to the next whatever is asked for: form tokens, and the address that was asked.
const plain = (text, ...ids) => ids.reduce((t, id) => t.replaceAll(id, 'ID'), text)
	.replace(/(name="_(token|once)" value=")[^"]*/g, '$1').replace(/"(token|once)":"[^"]*"/g, '"$1":""').replace(/nonce[-=]"?[\w+/=-]+/g, '');

// ---- the tests, on each engine

for (const engine of ['sqlite', 'postgresql']) {
	let m, document = {}, note = {};
	const on = (sentence, body, seconds = 300) => test(`${engine}: ${sentence}`, body, { seconds });

	on('every route names an act of the matrix, and what it is about', async () => {
		assert.ok(routes.length > 60, listed.err);
		for (const r of routes) {
			assert.notEqual(r.kind, 'unknown', `the policy does not know what ${r.path} is about`);
			assert.ok([...grants.keys()].some((k) => k.endsWith(` ${r.act}`)), `${r.act} of ${r.path} is given to nobody`);
		}
		m = await make(engine);
	});

	on('marked words of each class are written down by somebody who may', async () => {
		const path = `/cases/${idText(m.object.case)}`, personPath = `${path}/people/${idText(m.object.person)}`;
		m.relate('case', 'lead');
		const writer = { case: 'caseworker', identity: 'caseworker', safety: 'caseworker', health: 'medical', counselling: 'counsellor', legal: 'prosecutor', source: 'investigator', intelligence: 'investigator' };
		for (const [k, post] of Object.entries(writer)) {
			const { headers } = m.who[post];
			note[k] = `zeichen${k}wort`;
			const written = await send(m.hub, 'POST', `${path}/notes/new`, { headers, json: true, body: { klass: k, text: `Invented ${note[k]}.` } });
			assert.ok([200, 303].includes(written.status), `note of class ${k}: ${written.status} ${written.text.slice(0, 300)}`);
			const title = `zeichen${k}papier`;
			const form = multipart({ klass: k, title, _token: '' }, [{ name: `zeichen${k}datei.txt`, type: 'text/plain', bytes: Buffer.from(`Invented zeichen${k}inhalt.\n`) }]);
			const kept = await send(m.hub, 'POST', `${path}/documents/new`, { headers: { ...headers, ...form.headers }, json: true, body: form.body });
			assert.ok([200, 303].includes(kept.status), `document of class ${k}: ${kept.status} ${kept.text.slice(0, 300)}`);
			[document[k]] = m.one(`SELECT max(id) FROM document WHERE kase = ${m.object.case}`);
		}
		const named = await send(m.hub, 'POST', `${personPath}/named-note`, { headers: m.who.medical.headers, json: true, body: { named: idText(m.who.caseworker.id), text: 'Invented zeichenhivwort.' } });
		assert.ok([200, 303].includes(named.status), `named note: ${named.status} ${named.text.slice(0, 400)}`);
		const change = await send(m.hub, 'GET', `${personPath}/change`, { headers: m.who.caseworker.headers, json: true });
		assert.equal(change.status, 200);
		const form = JSON.parse(change.text).form, value = { _version: form.version };
		for (const f of form.fields) if (f.value && !f.is_note && !f.is_fold && !f.is_fold_end) value[f.name] = f.value;
		Object.assign(value, { given: 'Zeichenname', family: 'Erfunden' });
		const changed = await send(m.hub, 'POST', `${personPath}/change`, { headers: m.who.caseworker.headers, json: true, body: value });
		assert.ok([200, 303].includes(changed.status), `person: ${changed.status} ${changed.text.slice(0, 400)}`);
	});

	on('what belongs to no object is for the posts that the matrix names, and pages of members for members', async () => {
		await all(routes.filter((r) => !r.kind && !r.path.includes('*')), async (r) => {
			// Signing out and its like end the session that the other questions need.
			if (r.method === 'POST' && r.act === 'account_own') return;
			for (const post of posts) {
				const a = await send(m.hub, r.method, r.path, { headers: m.who[post].headers, body: r.method === 'POST' ? {} : undefined });
				if (given(post, 'nobody', r.act)) assert.notEqual(a.status, 404, `${post} ${r.method} ${r.path}`);
				else assert.equal(a.status, 404, `${post} ${r.method} ${r.path}: ${a.status}`);
			}
			const visitor = await send(m.hub, r.method, r.path, { body: r.method === 'POST' ? {} : undefined });
			if (r.public) assert.ok(![303, 401, 404].includes(visitor.status) || r.path === '/leave', `visitor ${r.method} ${r.path}: ${visitor.status}`);
			else assert.equal(visitor.status, r.method === 'GET' ? 303 : 401, `visitor ${r.method} ${r.path}`);
		});
	});

	on('every route is open to exactly the posts and relations of the matrix; else it answers as for what is not there', async () => {
		const about = routes.filter((r) => r.kind);
		const more = { person: idText(m.object.person), stakeholder: idText(m.object.stakeholder), document: idText(document.case) };
		const absent = new Map();
		let open = 0, shut = 0;
		const ask = (post, r, id, json) => send(m.hub, r.method, pathOf(m, r, id, more), { headers: m.who[post].headers, json, body: r.method === 'POST' ? {} : undefined });
		for (const relation of RELATION) {
			for (const kind of Object.keys(KIND)) if (kind !== 'person') m.relate(kind, relation, relation === 'named' ? m.who.caseworker.id : 0);
			const list = about.flatMap((r) => posts.map((post) => [r, post]));
			await all(list, async ([r, post]) => {
				const id = idText(m.object[r.kind]), what = `${post} ${relation} ${r.method} ${r.path} (${r.act})`;
				const holds = relation !== 'named' || post === 'caseworker' ? relation : 'nobody';
				const a = await ask(post, r, id, false);
				if (given(post, holds, r.act)) {
					open++;
					// The second object of an address may be of a class, or at all, for others.
					if (!/:.*:/.test(r.path) || r.path.endsWith(':document')) assert.notEqual(a.status, 404, `${what}: not there`);
					assert.ok(a.status < 500, `${what}: ${a.status}`);
					return;
				}
				shut++;
				assert.equal(a.status, 404, `${what}: ${a.status}`);
				if (r.method !== 'GET') return;
				const key = `${post} ${r.path}`;
				if (!absent.has(key)) absent.set(key, plain((await ask(post, r, NO_SUCH, false)).text, NO_SUCH));
				assert.equal(plain(a.text, id, NO_SUCH), absent.get(key), `${what}: answers otherwise than for what is not there`);
				if (relation === 'walled') assert.equal(plain((await ask(post, r, id, true)).text, id, NO_SUCH), plain((await ask(post, r, NO_SUCH, true)).text, NO_SUCH), what);
			});
		}
		assert.ok(open > 500 && shut > 2000, `${open} open, ${shut} shut`);
	}, 900);

	on('a thing is in a list exactly for those who may read it', async () => {
		const lists = { case: ['/cases', 'case_read'], report: ['/reports', 'report_read'], duty: ['/duties', 'duty_read'] };
		for (const relation of RELATION) {
			for (const kind of Object.keys(lists)) m.relate(kind, relation, relation === 'named' ? m.who.caseworker.id : 0);
			for (const [kind, [path, act]] of Object.entries(lists)) await all(posts, async (post) => {
				const holds = relation !== 'named' || post === 'caseworker' ? relation : 'nobody';
				const id = idText(m.object[kind]);
				for (const from of [path, '/today', kind === 'case' ? `/cases?q=${m.number.case}` : '/today']) {
					const a = await send(m.hub, 'GET', from, { headers: m.who[post].headers });
					if (a.status === 404) continue;
					const shown = a.text.includes(id) || (kind !== 'duty' && a.text.includes(m.number[kind]) && !from.includes(m.number[kind]));
					if (!given(post, holds, act)) assert.ok(!shown, `${post} ${relation}: ${from} shows the ${kind}`);
				}
			});
		}
	});

	on('the words of a class come out nowhere but to those whom the matrix gives it', async () => {
		const kase = idText(m.object.case), person = idText(m.object.person);
		const ways = ['', '?lang=hi', '/notes/new', '/documents/new', '/events/new', '/close', '/participants/new', '/people/new',
			`/people/${person}`, `/people/${person}/change`, `/people/${person}/named-note`, `/people/${person}/screening`,
			...Object.values(document).map((d) => `/documents/${idText(d)}`)].map((w) => `/cases/${kase}${w}`)
			.concat('/today', '/cases', `/cases?q=zeichencasewort`, '/duties', `/duties/${idText(m.object.duty)}`, '/reports');
		const seen = {};
		for (const relation of RELATION) {
			for (const kind of ['case', 'duty']) m.relate(kind, relation, relation === 'named' ? m.who.caseworker.id : 0);
			await all(posts, async (post) => {
				const holds = relation !== 'named' || post === 'caseworker' ? relation : 'nobody';
				const read = ['case_read', 'person_read', 'note_read', 'document_read', 'person_write'].map((act) => given(post, holds, act)).join('');
				for (const way of ways) for (const json of [false, true]) {
					const a = await send(m.hub, 'GET', way, { headers: m.who[post].headers, json });
					const text = way.includes('q=') ? a.text.replaceAll('zeichencasewort', '') : a.text;
					for (const [, k, what] of text.matchAll(/zeichen([a-z]+?)(wort|papier|datei|inhalt)/g)) {
						(seen[k] ??= new Set()).add(`${post} ${relation}`);
						// The one who wrote it is named with the one she named.
						if (k === 'hiv') assert.ok(['medical', 'caseworker'].includes(post), `${post} ${relation} ${way} shows the note for named members`);
						else assert.ok(read.includes(LETTER[k]), `${post} ${relation} ${way}: shows class ${k} (${what})`);
					}
					if (/zeichenname/i.test(text)) assert.ok(read.includes(LETTER.identity), `${post} ${relation} ${way}: shows the name`);
					if (/zeichen/i.test(/<title>.*?<\/title>/s.exec(a.text)?.[0] ?? '')) assert.fail(`${way}: a page title holds what was written`);
				}
				// The other way round, so that nothing passes by showing nothing.
				const page = await send(m.hub, 'GET', `/cases/${kase}`, { headers: m.who[post].headers });
				if (!given(post, holds, 'case_read')) return;
				for (const k of Object.keys(note))
					assert.equal(page.text.includes(note[k]), given(post, holds, 'note_read').includes(LETTER[k]), `${post} ${relation}: the note of class ${k}`);
			});
		}
		for (const k of [...Object.keys(note), 'hiv']) assert.ok(seen[k]?.size, `the word of class ${k} was never seen by anybody`);
	}, 900);

	on('a document is handed over only with a basis, and only to those who may read its class', async () => {
		m.relate('case', 'participant');
		for (const k of Object.keys(document)) await all(posts, async (post) => {
			const path = `/cases/${idText(m.object.case)}/documents/${idText(document[k])}`, { headers } = m.who[post];
			const may = given(post, 'participant', 'document_read').includes(LETTER[k]);
			const bare = await send(m.hub, 'POST', path, { headers, json: true, body: {} });
			assert.equal(bare.status, may ? 422 : 404, `${post} ${k} without a basis: ${bare.status}`);
			const got = await send(m.hub, 'POST', path, { headers, json: true, body: { basis: 'legal_duty', reason: 'Invented for a test.' } });
			assert.equal(got.status, may ? 200 : 404, `${post} ${k}: ${got.status}`);
			assert.equal(got.text.includes(`zeichen${k}inhalt`), may, `${post} ${k}`);
		});
		const checked = await sangam(['verify', '--hub', m.hub.dir]);
		assert.equal(checked.status, 0, checked.err);
	});
}
await run();
