// missing.test.mjs - one thread of the story: a girl is reported missing in one state, in Latin script; rescued in another
// she gives her name in Bengali. Each side is told its part and why, and an agency that a report names is told nothing.
import { quiet, visitor } from './lib/browser.mjs';
import { startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';
import { atWork, choose, eventually, main, openCase } from './lib/work.mjs';

const hub = await startHub({ demo: true });
const { as, looks } = atWork(hub, 'missing');

async function tell(page, name, more = async () => {}) {
	await page.goto('/tell');
	await choose(page, 'about', 'missing');
	await page.fill('[name=what]', 'She went to the market and did not come back. (Invented.)');
	await page.selectOption('[name=area]', 'IN-PB-KML');
	const folded = page.locator('main details:not([open]) > summary');
	while (await folded.count()) await folded.first().click();
	await page.fill('[name=missing_name]', name);
	await page.fill('[name=missing_birth]', '2011-09-12');
	await page.fill('[name=missing_guardian]', 'Abdul Kalponik');
	await page.fill('[name=missing_place]', 'Udaharanpur');
	await more(page);
	await page.click('main .acts button');
	assert.match(await main(page), /R-[0-9A-Z]{5}/);
}

const NAME = 'Jorina Poriksha', BENGALI = /জরিনা/;
let link = '';

test('somebody tells on a phone that a girl is missing', async () => {
	const reader = await visitor(hub, { width: 360, lang: 'hi' });
	await reader.goto('/tell');
	await choose(reader, 'about', 'missing');
	await looks(reader, 'tell');
	await reader.context().close();
	const page = await visitor(hub, { js: false, width: 360 });
	await tell(page, NAME);
	quiet(page);
	await page.context().close();
});

test('rescued in another state she gives her name in Bengali: it is said that she is missed, where, and why', () => as('arjun', async (page) => {
	const kase = await openCase(page);
	await page.goto(`${kase}/people/new`);
	await choose(page, 'capacity', 'victim');
	await page.fill('[name=given]', 'জরিনা');
	await page.fill('[name=family]', 'পরীক্ষা');
	await page.fill('[name=birth_date]', '2011-09-12');
	await page.fill('[name=guardian]', 'আব্দুল কাল্পনিক');
	await page.fill('[name=city]', 'উদাহরণপুর');
	await page.click('main form:has([name=given]) .acts button');
	assert.equal(new URL(page.url()).pathname, kase, await main(page));
	await eventually('a finding', async () => {
		await page.goto('/links');
		return BENGALI.test(await main(page));
	});
	const row = page.locator('main li', { hasText: BENGALI }).first();
	assert.match(await row.innerText(), /like a report of a missing person/);
	await looks(page, 'links');
	await row.locator('h2 a').click();
	link = new URL(page.url()).pathname;
	const text = await main(page);
	assert.match(text, /reported missing in Purbabhumi/);
	assert.match(text, /very likely the same/);
	assert.match(text, /জরিনা পরীক্ষা\s+(sounds the same|alike|one letter differs|two letters differ)/, 'why');
	assert.match(text, /Birth\s+[^\n]*\s*the same/);
	assert.doesNotMatch(text, /Jorina|Kalponik|Udaharanpur|R-[0-9A-Z]{5}|Kamalganj|[+-]\d+\.\d/, 'nothing of the report, no figures');
	await looks(page, 'cares');
	await page.goto(`${link}?lang=hi`);
	await looks(page, 'cares-hi');
	await page.goto(`${link}?lang=en`);
}));

test('who took the report is told that there may be one, and nothing of her', () => as('kamal', async (page) => {
	await page.goto('/links');
	const row = page.locator('main li', { hasText: NAME }).first();
	assert.match(await row.innerText(), /reported missing/);
	await row.locator('h2 a').click();
	const text = await main(page);
	assert.match(text, /do not tell those who miss her/);
	assert.doesNotMatch(text, BENGALI);
	assert.doesNotMatch(text, /sounds the same|the same, and rare|Rampur|RMP/, 'no words, no place');
	await looks(page, 'misses');
	await choose(page, 'answer', 'open');
	await page.click('main form .acts button');
	assert.match(await main(page), /It has not agreed yet/);
	await page.locator('main a[href^="/reports/"]').first().click();
	await page.locator('main a', { hasText: 'very likely the same' }).click();
	assert.match(new URL(page.url()).pathname, /^\/reports\/[0-9A-Z]{13}\/links\/[0-9A-Z]{13}$/);
}, { width: 360 }));

test('she is found by a search of who may read the report, and by nobody else', async () => {
	await as('kamal', async (page) => {
		await page.goto('/people');
		await page.fill('main [name=q]', 'যরিনা পরিক্ষা');
		await page.click('main form .acts button');
		assert.match(await main(page), /Jorina Poriksha/);
		assert.match(await main(page), /reported missing/);
		await looks(page, 'found');
		await page.goto('/people');
		await page.click('main form .acts button');
		assert.match(await main(page), /Write a name, an age, a number, a guardian or a place/);
		await page.fill('main [name=q]', 'Jarina');
		await page.fill('main [name=guardian]', 'আব্দুল কাল্পনিক');
		await page.fill('main [name=place]', 'Udaharanpur');
		await page.click('main form .acts button');
		assert.match(await main(page), /Jorina Poriksha/, 'the guardian counts, in any script');
		assert.match(await main(page), /Parent or guardian: sounds the same/);
	});
	await as('sonpur', async (page) => {
		await page.goto('/people');
		await page.fill('main [name=q]', NAME);
		await page.click('main form .acts button');
		assert.match(await main(page), /Nobody was found/);
	});
});

test('when those who care for her agree, each learns whom to call', async () => {
	await as('arjun', async (page) => {
		await page.goto(link);
		await choose(page, 'answer', 'open');
		await page.click('main form .acts button');
		assert.match(await main(page), /Anti-Trafficking Unit Kamalganj \(demo\), report R-/);
		await choose(page, 'answer', 'same');
		await page.click('main form .acts button');
		assert.match(await main(page), /Your side says: the same person/);
		await looks(page, 'agreed');
	});
	await as('kamal', async (page) => {
		await page.goto('/links?lang=hi');
		await page.locator('main li', { hasText: NAME }).first().locator('h2 a').click();
		assert.match(await main(page), /रामपुर \(डेमो\), मामला/);
		await looks(page, 'agreed-hi');
	}, { width: 360 });
});

test('an agency that a report names learns nothing of it', async () => {
	const page = await visitor(hub);
	await page.goto('/tell?lang=en');
	await tell(page, 'Jarina Pariksha', async (p) => {
		const option = p.locator('[name=agency] option', { hasText: 'Anti-Trafficking Unit Rampur' });
		await p.selectOption('[name=agency]', await option.getAttribute('value'));
	});
	await page.context().close();
	await as('kamal', async (m) => {
		await eventually('the second report is found beside the first', async () => {
			await m.goto('/links');
			return /Jarina Pariksha/.test(await main(m));
		});
	});
	await as('arjun', async (m) => {
		await m.goto(link.replace(/\/links\/.*/, ''));
		assert.equal(await m.locator('main a[href*="/links/"]').count(), 1, 'the first report, and not the second');
	});
});

await run();
