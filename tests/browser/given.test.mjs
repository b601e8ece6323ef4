// given.test.mjs - a release from asking to what everybody can check: the pages as they are when something was given out, which a
// hub of sixty people never shows. What is in the files: tests/run_numbers.
import { everywhere, quiet, sound, visitor } from './lib/browser.mjs';
import { sangam, startHub } from './lib/hub.mjs';
import { manyPeople } from './lib/people.mjs';
import { assert, run, test } from './lib/tap.mjs';

const PASSWORD = 'sangam demonstration', PEOPLE = 1200;
const hub = await startHub({ demo: true });
let release = '';

async function enter(page, login) {
	await page.goto('/sign-in');
	await page.fill('#f-login', login);
	await page.fill('#f-password', PASSWORD);
	await page.click('main .acts button');
	assert.equal(new URL(page.url()).pathname, '/today', `${login} signed in`);
}
async function as(login, body) {
	const page = await visitor(hub);
	try {
		await enter(page, login);
		await body(page);
		quiet(page);
	} finally {
		await page.context().close();
	}
}
const main = (page) => page.locator('main').innerText();
const choose = (page, name, value) => page.locator(`main input[name="${name}"][value="${value}"]`).check();

test('a hub with enough people is asked for a release, by hand', async () => {
	await hub.stop();
	const taken = await sangam(['import', '--hub', hub.dir, '--agency', 'AHTU-RMP', '--format', 'json', '-'], { input: manyPeople(PEOPLE), seconds: 300 });
	assert.match(taken.out, new RegExp(`^${PEOPLE} records taken, 0 not`, 'm'), taken.err);
	await hub.start();
	await as('researcher', async (page) => {
		await page.goto('/releases/new');
		await page.fill('#f-purpose', 'An invented question.');
		await choose(page, 'epsilon', '2000');
		await page.click('main .acts button');
		release = new URL(page.url()).pathname;
		assert.match(release, /^\/releases\/[0-9A-Z]{13}$/);
	});
}, { seconds: 400 });

test('two agencies say yes, and it is given out', async () => {
	for (const login of ['meera', 'saathi.lead'])
		await as(login, async (page) => {
			await page.goto(release);
			await choose(page, 'said', 'yes');
			await page.click('main .acts button');
		});
	await as('researcher', async (page) => {
		for (const until = Date.now() + 90000; Date.now() < until && !await page.locator('main a[href*="/files/"]').count();) {
			await page.waitForTimeout(500);
			await page.goto(release);
		}
		assert.equal(await page.locator('main a[href*="/files/"]').count(), 6, await main(page));
	});
}, { seconds: 150 });

test('its pages are sound in every language and width, for everybody and for who asked', () => everywhere(hub, async (page) => {
	await sound(page, '/published/releases', 'given-published');
	assert.equal(await page.locator('main a[href^="/published/manifests/"], main a[href^="/published/reports/"], main a[href^="/published/pages/"]').count(), 3);
	await enter(page, 'researcher');
	// A member's own language goes before the browser's.
	await sound(page, `${release}?lang=${page.seen.lang}`, 'given');
	await sound(page, `/releases?lang=${page.seen.lang}`, 'given-list');
}), { seconds: 240 });
await run();
