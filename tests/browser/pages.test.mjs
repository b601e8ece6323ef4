// pages.test.mjs - every page of the program, found by following links as members of different posts do: each once, in both
// languages and at both widths, with axe, weight, valid HTML, width and title. `sangam routes` says whether one was missed.
import { everywhere, sound } from './lib/browser.mjs';
import { sangam, startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';

const PASSWORD = 'sangam demonstration';
const WHO = (process.env.SANGAM_PAGES_AS ?? 'saathi.talk arjun meera saathi.lead cwc doctor nodal hub auditor researcher').split(' ');
const hub = await startHub({ demo: true });
const routes = (await sangam(['routes'])).out.trim().split('\n').map((line) => line.split(/\s+/)).filter(([method]) => method === 'GET').map(([, path]) => path);
// Not pages: the way out, the ledger's head, a file, a link that is good once; and the answer to a receipt, which is a POST.
const NO_PAGE = ['/leave', '/checkpoint', '/reports/:report/files/:file', '/setup/*token',
	'/releases/:release/files/:file', '/published/manifests/*release', '/published/reports/*release', '/published/pages/*release'];
const patternOf = (path) => routes.find((r) => new RegExp(`^${r.replace(/:[a-z]+/g, '[0-9A-Z]{13}').replace(/\*[a-z]+/, '[^/]+')}$`).test(path))
	?? assert.fail(`${path} is linked, and no route`);

const found = new Map(); // pattern -> { path, login }

const cookies = new Map();
async function enter(login) {
	if (cookies.has(login)) return cookies.get(login);
	const answer = await fetch(`${hub.url}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ login, password: PASSWORD }) });
	const cookie = /^sangam=[^;]+/.exec(answer.headers.get('set-cookie') ?? '');
	assert.ok(cookie, `${login} cannot sign in`);
	cookies.set(login, cookie[0]);
	return cookie[0];
}

// Breadth first; of each pattern only what is needed to find more: the first few of a list.
async function follow(login) {
	const headers = login ? { Cookie: await enter(login) } : {};
	const queue = login ? ['/today', '/account'] : ['/'], seen = new Set(queue), times = {};
	while (queue.length) {
		const path = queue.shift(), pattern = patternOf(path);
		times[pattern] = (times[pattern] ?? 0) + 1;
		if (times[pattern] > 60 || NO_PAGE.includes(pattern)) continue;
		const answer = await fetch(hub.url + path, { headers, redirect: 'manual' });
		const html = await answer.text();
		assert.equal(answer.status, 200, `${login || 'visitor'}: ${path} is linked and answers ${answer.status}`);
		if (!found.has(pattern)) found.set(pattern, { path, login });
		for (const [, href] of html.matchAll(/href="(\/[^"?#]*)/g)) {
			if (href.startsWith('/static/') || seen.has(href)) continue;
			seen.add(href);
			queue.push(href);
		}
	}
}

const json = { Accept: 'application/json' };
// Sends the form of a page with what it needs to be taken, and `more`.
async function fillIn(login, path, more = {}) {
	const headers = { ...json, Cookie: await enter(login) };
	const { form } = await (await fetch(hub.url + path, { headers })).json();
	const body = new URLSearchParams();
	if (form.version) body.set('_version', form.version);
	for (const f of form.fields) {
		const chosen = f.choices.filter((c) => c.chosen).map((c) => c.value);
		const value = more[f.name] ?? (chosen.length ? chosen : f.value || (!f.required ? '' : f.choices.length ? f.choices[0].value : 'Invented for this test.'));
		for (const v of [value].flat()) if (v && !f.is_note && !f.is_fold && !f.is_fold_end) body.append(f.name, v);
	}
	const answer = await fetch(hub.url + path, { method: 'POST', headers, body, redirect: 'manual' });
	assert.ok([200, 303].includes(answer.status), `${login} ${path}: ${answer.status} ${(await answer.text()).slice(0, 500)}`);
}
async function linked(login, from, start) {
	const html = await (await fetch(hub.url + from, { headers: { Cookie: await enter(login) } })).text();
	return [...new Set(html.match(new RegExp(`${start}/[0-9A-Z]{13}(?=["?])`, 'g')))];
}

test('there is one of everything: a screening, a waiver that was asked for, a document, somebody missing', async () => {
	const [report] = await linked('meera', '/reports?state=acknowledged', '/reports');
	await fillIn('meera', `${report}/screening`);
	for (const duty of await linked('arjun', '/duties', '/duties')) {
		const page = await (await fetch(hub.url + duty, { headers: { Cookie: await enter('arjun') } })).text();
		if (!page.includes(`${duty}/waiver`)) continue;
		await fillIn('arjun', `${duty}/waiver`);
		break;
	}
	await fillIn('researcher', '/releases/new');
	// A child that was found is brought before the committee within a day, the way there not counted.
	const [led] = await linked('arjun', '/cases?state=open', '/cases');
	await fillIn('arjun', `${led}/people/new`, { capacity: 'victim', child: 'yes', found: 'yes', citizenship: 'nepal, भारत', language: 'hin' });
	// She was reported missing under the same name: a link of a report.
	await fillIn('arjun', `${led}/people/new`, { capacity: 'victim', child: 'yes', found: 'yes', given: 'Jorina', family: 'Poriksha', birth_date: '2011-09-12' });
	const told = { about: 'missing', what: 'Invented for this test.', area: 'IN-UD-RMP', missing_name: 'Jorina Poriksha', missing_birth: '2011-09-12', anonymous: 'yes' };
	assert.equal((await fetch(`${hub.url}/tell`, { method: 'POST', body: new URLSearchParams(told) })).status, 200);
	const [missing] = await linked('arjun', '/reports', '/reports');
	for (let i = 0; i < 60 && !(await (await fetch(hub.url + missing, { headers: { Cookie: await enter('arjun') } })).text()).includes(`${missing}/links/`); i++)
		await new Promise((done) => { setTimeout(done, 500); });
	const [kase] = await linked('saathi', '/cases', '/cases');
	const form = new FormData();
	form.set('klass', 'case');
	form.set('title', 'Invented paper');
	form.set('file', new Blob(['Invented.'], { type: 'text/plain' }), 'invented.txt');
	const kept = await fetch(`${hub.url}${kase}/documents/new`, { method: 'POST', headers: { ...json, Cookie: await enter('saathi') }, body: form, redirect: 'manual' });
	assert.ok([200, 303].includes(kept.status), `document: ${kept.status} ${(await kept.text()).slice(0, 400)}`);
});

test('a choice from a long list is written in any language, and what is no choice is said beside it', async () => {
	const [led] = await linked('arjun', '/cases?state=open', '/cases'), Cookie = await enter('arjun');
	const html = await (await fetch(hub.url + led, { headers: { Cookie } })).text();
	const people = [...new Set(html.match(new RegExp(`${led}/people/[0-9A-Z]{13}`, 'g')))];
	const said = await Promise.all(people.map(async (to) => (await fetch(`${hub.url}${to}?lang=en`, { headers: { Cookie } })).text()));
	assert.ok(said.some((page) => /Nepal/.test(page) && /India/.test(page)), 'both countries stand on the page of one');
	const answer = await fetch(`${hub.url}${led}/people/new`, { method: 'POST', headers: { ...json, Cookie }, redirect: 'manual',
		body: new URLSearchParams({ capacity: 'victim', child: 'no', found: 'no', citizenship: 'Nepal, Atlantis' }) });
	assert.equal(answer.status, 422);
	assert.match(await answer.text(), /"citizenship"/);
});

test('every link leads to a page, and every page is reached by a link', async () => {
	await follow('');
	for (const login of WHO) await follow(login);
	const missed = routes.filter((r) => !found.has(r) && !NO_PAGE.includes(r));
	assert.deepEqual(missed, [], `no link was found to ${missed.join(' ')}`);
}, { seconds: 120 });

for (const pattern of routes.filter((r) => !NO_PAGE.includes(r))) {
	test(`${pattern} is sound in both languages and at both widths`, async () => {
		assert.ok(found.has(pattern), 'not found');
		const { path, login } = found.get(pattern);
		await everywhere(hub, async (page) => {
			if (login) {
				const [name, value] = (await enter(login)).split('=');
				await page.context().addCookies([{ name, value, url: hub.url }]);
			}
			// A member's own language goes before the browser's.
			const where = login ? `${path}?lang=${page.seen.lang}` : path;
			await sound(page, where, `page${pattern.replace(/[:/*]+/g, '-').replace(/-$/, '') || '-first'}`);
		});
	}, { seconds: 120 });
}
await run();
