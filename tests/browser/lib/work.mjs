// work.mjs - what tests of people in a hub begin with: a member at work, a search, an open case.
import { axe, fits, neutral, quiet, shot, visitor } from './browser.mjs';
import { assert } from './tap.mjs';

const PASSWORD = 'sangam demonstration';
export const main = (page) => page.locator('main').innerText();
export const choose = (page, name, value) => page.locator(`main input[name="${name}"][value="${value}"]`).check();

// A member at work, and her page looked at. `prefix` names the pictures.
export function atWork(hub, prefix) {
	async function member(login, options = {}) {
		const page = await visitor(hub, options);
		await page.goto('/sign-in');
		await page.fill('#f-login', login);
		await page.fill('#f-password', PASSWORD);
		await page.click('main .acts button');
		assert.equal(new URL(page.url()).pathname, '/today', `${login} signed in`);
		return page;
	}
	// Signed in as `login` the body has the page; nothing may have gone wrong in it when it ends.
	async function as(login, body, options) {
		const page = await member(login, options);
		try {
			await body(page);
			quiet(page);
		} finally {
			await page.context().close();
		}
	}
	async function looks(page, name) {
		await axe(page);
		await fits(page);
		await neutral(page);
		await shot(page, `${prefix}-${name}`);
	}
	return { member, as, looks };
}
export async function search(page, what) {
	await page.goto('/people');
	await page.fill('main [name=q]', what);
	await page.click('main form .acts button');
}
// A case of the agency that is open: the first of its list that offers to add a person.
export async function openCase(page) {
	await page.goto('/cases?state=1');
	const paths = await page.locator('main li h2 a').evaluateAll((all) => all.map((a) => new URL(a.href).pathname));
	for (const path of paths) {
		await page.goto(path);
		if (await page.locator(`main a[href^="${path}/people/new"]`).count()) return path;
	}
	throw new Error('no open case');
}
export async function eventually(what, look) {
	for (let i = 0; i < 60; i++) {
		if (await look()) return;
		await new Promise((done) => setTimeout(done, 500));
	}
	throw new Error(`${what}: not in 30 seconds`);
}
