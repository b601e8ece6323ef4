// Signing in, one's own account, the directory, letting a member in, and the home of every kind of member.
import { everywhere, quiet, sound as soundAt, visitor } from './lib/browser.mjs';
import { startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';

const hub = await startHub({ demo: true });
const password = /password of all: ([^)]+)\)/.exec(hub.said())[1];

async function signIn(page, login, word = password) {
	await page.goto('/sign-in');
	await page.fill('#f-login', login);
	await page.fill('#f-password', word);
	await page.click('main form button');
}
// A member's own language goes before the browser's, and the address before both.
const sound = (page, path, name) => soundAt(page, `${path}?lang=${page.seen.lang}`, name);
const at = (page) => new URL(page.url()).pathname;

test('a wrong password and an unknown login are told alike, and nobody is let in', async () => {
	const page = await visitor(hub);
	const said = [];
	for (const login of ['kavita', 'nobody-of-this-name']) {
		await signIn(page, login, 'quite another phrase');
		assert.equal(at(page), '/sign-in');
		said.push(await page.locator('[role=alert]').innerText());
		assert.equal(await page.inputValue('#f-password'), '');
	}
	assert.equal(said[0], said[1]);
	assert.deepEqual(await page.context().cookies(), []);
	await page.goto('/today');
	assert.equal(at(page), '/sign-in');
	quiet(page);
	await page.context().close();
}, { seconds: 60 });

test('a member is let in, works, and is kept out', async () => {
	const boss = await visitor(hub), her = await visitor(hub, { js: false, width: 360 });
	await signIn(boss, 'meera');
	await boss.goto('/directory?search=AHTU-RMP');
	await boss.click('ul.list a');
	await boss.click('a.btn');
	await boss.click('main form button'); // nothing filled in
	assert.ok(await boss.locator('[role=alert]').isVisible());
	await boss.fill('#f-name', 'Newcomer Namoona (demo)');
	assert.equal(await boss.locator('input[value=hub_admin]').count(), 0);
	await boss.check('input[value=investigator]');
	await boss.click('main form button');
	const member = at(boss);
	assert.match(member, /^\/members\//);
	await boss.click('main form button');
	const link = await boss.locator('p.card a').getAttribute('href');
	assert.match(link, /^\/setup\//);

	await her.goto(link);
	await her.fill('#f-login', 'newcomer');
	await her.fill('#f-password', 'password1234');
	await her.fill('#f-again', 'password1234');
	await her.click('main form button');
	assert.ok(await her.locator('[role=alert]').isVisible());
	assert.equal(await her.inputValue('#f-login'), 'newcomer');
	await her.fill('#f-password', 'quiet lamps under rivers');
	await her.fill('#f-again', 'quiet lamps under rivers');
	await her.click('main form button');
	assert.equal(at(her), '/sign-in');
	assert.equal((await her.goto(link)).status(), 410);
	await signIn(her, 'Newcomer', 'quiet lamps under rivers');
	assert.equal(at(her), '/today');
	await her.goto('/account');
	await her.check('input[value=hi]');
	await her.click('main form button');
	assert.equal(await her.locator('html').getAttribute('lang'), 'hi');

	await boss.goto(member);
	await boss.click('a[href$="/suspend"]');
	await boss.fill('#f-reason', 'Left the agency.');
	await boss.click('main form button');
	assert.equal(at(boss), member);
	await her.goto('/today');
	assert.equal(at(her), '/sign-in');
	await signIn(her, 'newcomer', 'quiet lamps under rivers');
	assert.equal(at(her), '/sign-in');
	await boss.click('main form button'); // restore
	await signIn(her, 'newcomer', 'quiet lamps under rivers');
	assert.equal(at(her), '/today');
	await boss.context().close();
	await her.context().close();
}, { seconds: 90 });

test('signing in leads on to the page asked for, never out of the house', async () => {
	const page = await visitor(hub);
	await page.goto('/account/password');
	assert.equal(at(page), '/sign-in');
	await page.fill('#f-login', 'kavita');
	await page.fill('#f-password', password);
	await page.click('main form button');
	assert.equal(at(page), '/account/password');
	await page.click('.ends form button'); // sign out
	assert.equal(at(page), '/sign-in');
	await page.goto('/sign-in?next=//evil.example/');
	await page.fill('#f-login', 'kavita');
	await page.fill('#f-password', password);
	await page.click('main form button');
	assert.equal(at(page), '/today');
	await page.goto('/account');
	const first = await visitor(hub);
	await signIn(first, 'kavita');
	await page.reload();
	await page.click('main form[action$="/others"] button');
	await first.goto('/today');
	assert.equal(at(first), '/sign-in');
	await page.context().close();
	await first.context().close();
}, { seconds: 60 });
await run();
