// people.test.mjs - a girl entered twice by two agencies: found in another script, asked about before she is added again,
// proposed to both, each told only its own side until both agree.
import { startHub } from './lib/hub.mjs';
import { assert, run, test } from './lib/tap.mjs';
import { atWork, choose, eventually, main, openCase, search } from './lib/work.mjs';

const hub = await startHub({ demo: true });
const { as, looks } = atWork(hub, 'people');

async function add(page, kase, given, family, birth) {
	await page.goto(`${kase}/people/new`);
	await choose(page, 'capacity', 'victim');
	await page.fill('[name=given]', given);
	await page.fill('[name=family]', family);
	await page.fill('[name=birth_date]', birth);
	await page.click('main form:has([name=given]) .acts button');
}

let mine = '', theirs = '';

test('somebody who was just added is found by another spelling, and in the header', async () => {
	await as('arjun', async (page) => {
		mine = await openCase(page);
		await add(page, mine, 'रुख़साना', 'परीक्षा', '2011-05-06');
		assert.equal(new URL(page.url()).pathname, mine, await main(page));
		await search(page, 'Ruksana Pariksha');
		assert.match(await main(page), /रुख़साना परीक्षा/);
		assert.match(await main(page), /names alone/);
		await looks(page, 'found');
		await page.goto('/today');
		await page.fill('.seek input[type=search]', 'rukhsana 2011');
		await page.click('.seek button');
		assert.match(await main(page), /रुख़साना परीक्षा/);
		assert.equal(new URL(page.url()).search, '', 'what was looked for stands in no address');
	});
});

test('a telephone number alone finds her, however it is written', async () => {
	await as('arjun', async (page) => {
		await page.goto(`${mine}/people/new`);
		await choose(page, 'capacity', 'victim');
		await page.fill('[name=given]', 'Shabnam');
		await page.fill('[name=mobile]', '+91 98765-43210');
		await page.click('main form:has([name=given]) .acts button');
		for (const typed of ['9876543210', '९८७६५ ४३२१०', '091 98765 43210']) {
			await search(page, typed);
			assert.match(await main(page), /Shabnam/, typed);
			assert.match(await main(page), /Phone: the same/, typed);
		}
		await looks(page, 'number');
	});
	await as('kamal', async (page) => {
		await search(page, '9876543210');
		assert.match(await main(page), /Nobody was found/);
	});
});

test('who may not read the case finds nobody, and is told nothing else', async () => {
	await as('kamal', async (page) => {
		await search(page, 'Rukhsana Pariksha');
		assert.doesNotMatch(await main(page), /परीक्षा/);
		assert.match(await main(page), /Nobody was found/);
		await looks(page, 'nobody');
	}, { width: 360 });
	await as('actor', async (page) => {
		const reply = await page.goto('/people');
		assert.equal(reply.status(), 404);
	});
});

test('adding her again asks first, and goes on when answered', async () => {
	await as('arjun', async (page) => {
		await add(page, mine, 'Rukhsana', 'Pariksha', '2011-05-06');
		assert.match(await main(page), /Is she one of these/);
		assert.match(await main(page), /रुख़साना परीक्षा/);
		assert.equal(await page.inputValue('[name=given]'), 'Rukhsana', 'what was typed is kept');
		await looks(page, 'asked');
		await page.click('main form:has([name=given]) .acts button');
		assert.match(await main(page), /Say first/, 'no answer, no saving');
		const answer = page.locator('[name=not_known]');
		if ((await answer.first().evaluate((e) => e.tagName)) === 'SELECT') await answer.selectOption({ index: 1 });
		else await answer.first().check();
		await page.click('main form:has([name=given]) .acts button');
		assert.equal(new URL(page.url()).pathname, mine, await main(page));
	});
});

test('another agency enters her: both are told, each of its own side', async () => {
	await as('kamal', async (page) => {
		theirs = await openCase(page);
		await add(page, theirs, 'রুখসানা', 'পরীক্ষা', '2011-05-06');
		assert.equal(new URL(page.url()).pathname, theirs, await main(page));
		await eventually('a finding for the second agency', async () => {
			await page.goto('/links');
			return /রুখসানা/.test(await main(page));
		});
		await looks(page, 'links');
		await page.locator('main h2 a', { hasText: 'রুখসানা' }).first().click();
		const text = await main(page);
		assert.doesNotMatch(text, /रुख़साना|Rukhsana/, 'nothing of the other side');
		assert.match(text, /may not read/);
		await looks(page, 'one-side');
		await choose(page, 'answer', 'open');
		await page.click('main form .acts button');
		assert.match(await main(page), /It has not agreed yet/);
	});
});

test('when both agree each learns who the other is; an answer is kept and taken back', async () => {
	let agency = '';
	await as('arjun', async (page) => {
		await page.goto('/links');
		const links = page.locator('main h2 a', { hasText: /रुख़साना|Rukhsana/ });
		const paths = await links.evaluateAll((all) => all.map((a) => new URL(a.href).pathname));
		for (const path of paths) {
			await page.goto(path);
			if (/agrees to be known to you/.test(await main(page))) break;
		}
		assert.match(await main(page), /agrees to be known to you/);
		await choose(page, 'answer', 'open');
		await page.click('main form .acts button');
		agency = (await main(page)).match(/The other agency: ([^,]+), case/)?.[1] ?? '';
		assert.ok(agency.length > 0, await main(page));
		await choose(page, 'answer', 'same');
		await page.click('main form .acts button');
		assert.match(await main(page), /Your side says: the same person/);
		await choose(page, 'answer', 'back');
		await page.click('main form .acts button');
		assert.match(await main(page), /took its answer back/);
		await looks(page, 'agreed');
	}, { lang: 'en' });
	await as('kamal', async (page) => {
		await page.goto('/links?lang=hi');
		await page.locator('main h2 a', { hasText: 'রুখসানা' }).first().click();
		assert.match(await main(page), /दोनों सहमत हैं/);
		await looks(page, 'agreed-hi');
	}, { width: 360 });
});

await run();
