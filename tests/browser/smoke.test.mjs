// The pages anybody can open: sound in both languages, at both widths, with scripts and without.
import { everywhere, quiet, sound, visitor } from './lib/browser.mjs';
import { startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';

const hub = await startHub();
const open = [['/', 'home'], ['/tell', 'tell'], ['/sign-in', 'sign-in']];

for (const [path, name] of open) {
	test(`${path} is sound in every language and width`, () => everywhere(hub, (page) => sound(page, path, name)));
	test(`${path} stands without scripts, cookies and storage`, async () => {
		const page = await visitor(hub, { js: false, width: 360 });
		const answer = await page.goto(path);
		assert.equal(answer.status(), 200);
		assert.ok(await page.locator('h1').isVisible());
		assert.deepEqual(await page.context().cookies(), []);
		quiet(page);
		await page.context().close();
	});
}
test('the page of the day asks a visitor to sign in', async () => {
	const page = await visitor(hub);
	await page.goto('/today');
	assert.equal(new URL(page.url()).pathname, '/sign-in');
	await page.context().close();
});
await run();
