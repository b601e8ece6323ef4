// The story: somebody tells, at night, without an account or scripts; an agency owes an answer; it is acknowledged, answered
// and screened; what was told stays with those who may read it; the ledger is whole in the end.
import { axe, everywhere, fits, neutral, quiet, shot, sound, visitor } from './lib/browser.mjs';
import { sangam, startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';

const PASSWORD = 'sangam demonstration';
const TOLD = 'Invented for this test: girls are locked in a house behind the bus stand.';
const hub = await startHub({ demo: true });
let receipt = '', report = '', number = '';

async function signIn(page, login) {
	await page.goto('/sign-in');
	await page.fill('#f-login', login);
	await page.fill('#f-password', PASSWORD);
	await page.click('main .acts button');
	assert.equal(new URL(page.url()).pathname, '/today', 'signed in');
}
async function member(login, options = {}) {
	const page = await visitor(hub, options);
	await signIn(page, login);
	return page;
}
async function looks(page, name) {
	if (page.seen.js) await axe(page);
	await fits(page);
	await neutral(page);
	await shot(page, name);
	quiet(page);
}
async function statusOf(page, path) {
	return (await page.context().request.get(path, { maxRedirects: 0 })).status();
}

test('a citizen tells without scripts and gets a receipt, once', async () => {
	const page = await visitor(hub, { js: false, width: 360 });
	await page.goto('/tell');
	await page.fill('#f-what', TOLD);
	await page.selectOption('#f-area', 'IN-UD-RMP');
	await page.click('main .acts button');
	const text = await page.locator('main').innerText();
	receipt = text.match(/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5,}\b/i)?.[0] ?? '';
	assert.ok(receipt, 'a receipt is shown');
	await looks(page, 'told');
	assert.deepEqual(await page.context().cookies(), []);
	await page.context().close();
});

test('an empty report is answered beside the field, and nothing typed is lost', async () => {
	const page = await visitor(hub, { lang: 'hi', width: 360 });
	await page.goto('/tell');
	await page.fill('#f-where', 'काल्पनिक गली');
	await page.click('main .acts button');
	assert.ok(await page.locator('#f-what-error').isVisible());
	assert.equal(await page.inputValue('#f-where'), 'काल्पनिक गली');
	await looks(page, 'tell-wrong');
	await page.context().close();
});

test('a form sent twice makes one report with the same receipt', async () => {
	const page = await visitor(hub);
	const request = page.context().request;
	const once = (await (await request.get('/tell')).text()).match(/name="_once" value="([^"]+)"/)[1];
	const form = { _once: once, about: 'person', what: 'Invented for this test: sent twice.', area: 'IN-UD-RMP' };
	const find = async (answer) => (await answer.text()).match(/[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5,}/i)?.[0];
	const first = await find(await request.post('/tell', { form })), second = await find(await request.post('/tell', { form }));
	assert.ok(first);
	assert.equal(first, second);
	await page.context().close();
});

test('the duty officer of the district owes an acknowledgement at once', async () => {
	const page = await member('meera');
	await page.goto('/reports');
	await looks(page, 'reports');
	// Newest first: what was sent twice, then what was told without scripts; the demonstration's own are older.
	const links = await page.locator('main a[href^="/reports/"]').evaluateAll((all) =>
		all.map((a) => a.getAttribute('href')).filter((to) => /^\/reports\/[0-9A-Z]{13}$/.test(to)));
	await page.goto(links[1]);
	report = new URL(page.url()).pathname;
	const text = await page.locator('main').innerText();
	assert.ok(text.includes(TOLD));
	number = text.match(/R-[0-9A-Z]{5}/)[0];
	await looks(page, 'report');
	await page.locator('main a[href^="/duties/"]').first().click();
	await looks(page, 'duty');
	await page.context().close();
});

test('what was told is for those who may read it; for others it is not there', async () => {
	for (const login of ['journalist', 'researcher', 'hub', 'auditor', 'doctor', 'kamal']) {
		const page = await member(login);
		assert.equal(await statusOf(page, report), 404, login);
		const seen = await (await page.context().request.get('/reports')).text();
		assert.ok(!seen.includes(number), `${login} sees the number in a list`);
		await page.context().close();
	}
	const stranger = await visitor(hub);
	assert.equal(await statusOf(stranger, report), 303);
	await stranger.context().close();
});

test('it is acknowledged with one button', async () => {
	const page = await member('meera', { width: 360 });
	await page.goto(report);
	await page.locator(`main form[action^="${report}/acknowledge"] button`).click();
	await page.goto('/duties');
	await looks(page, 'duties-after');
	await page.context().close();
});

test('the reporter comes back with the receipt and reads where it stands', async () => {
	const page = await visitor(hub, { js: false, width: 360 });
	await page.goto('/back');
	await page.locator('main input[type=text]').first().fill(receipt.toLowerCase().replaceAll('-', ' '));
	await page.click('main .acts button');
	assert.ok(!(await page.url()).includes(receipt.slice(0, 4)), 'the receipt is not in the address');
	await looks(page, 'back');
	await page.goto('/back');
	await page.locator('main input[type=text]').first().fill('0000-0000-0000-0000-0000-0000');
	await page.click('main .acts button');
	assert.ok(await page.locator('.errors').isVisible(), 'a wrong receipt is told so');
	await page.context().close();
});

test('it is screened: a suggestion with its reasons, a decision by a person', async () => {
	const page = await member('meera');
	await page.goto(`${report}/screening`);
	await looks(page, 'screening');
	await page.context().close();
});

test('a session that ended in mid-form keeps the text', async () => {
	const page = await member('meera');
	await page.goto('/reports/new');
	await page.fill('#f-what', 'Invented: kept text.');
	await page.context().clearCookies();
	await page.click('main .acts button');
	assert.equal(await page.inputValue('#f-what'), 'Invented: kept text.');
	await looks(page, 'kept');
	await page.context().close();
});

// Another member who signs in there gets the empty form.
for (const [login, gets] of [['kavita', ''], ['meera', 'Invented: written when the session ended.']])
	test(`a form of a session that ended stands there again when ${login} signs in: ${gets ? 'hers' : 'empty'}`, async () => {
		const page = await member('meera');
		await page.goto('/reports/new');
		await page.fill('#f-what', 'Invented: written when the session ended.');
		const [{ name, value }] = await page.context().cookies();
		const headers = { Cookie: `${name}=${value}` };
		const token = /name="_token" value="([^"]*)"/.exec(await (await fetch(`${hub.url}/reports/new`, { headers })).text())[1];
		await fetch(`${hub.url}/sign-out`, { method: 'POST', headers, redirect: 'manual', body: new URLSearchParams({ _token: token }) });
		await page.click('main .acts button');
		assert.doesNotMatch(await page.content(), /written when the session ended/, 'somebody else at this browser reads it');
		await looks(page, 'kept-sealed');
		await page.fill('#f-login', login);
		await page.fill('#f-password', PASSWORD);
		await page.click('main .acts button');
		assert.equal(new URL(page.url()).pathname, '/reports/new');
		assert.equal(await page.inputValue('#f-what'), gets);
		await looks(page, 'kept-back');
		await page.context().close();
	});

test('the ledger is whole and every table can be made again', async () => {
	await hub.stop();
	const verify = await sangam(['verify', '--hub', hub.dir]);
	assert.equal(verify.status, 0, verify.out + verify.err);
	const rebuild = await sangam(['rebuild', '--check', '--hub', hub.dir]);
	assert.equal(rebuild.status, 0, rebuild.out + rebuild.err);
});
await run();
