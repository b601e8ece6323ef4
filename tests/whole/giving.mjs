// giving.mjs - a hub with a release under way, killed with kill -9: whatever it was at, what was drawn is debited once, what the
// debit was for is told (lost, or made after all), and the two ledgers agree, so that the next release is not stopped.
// --rounds N (usual 6). Random by a seed that is printed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, run, test } from '../browser/lib/tap.mjs';
import { send, signIn, sleep } from './lib.mjs';

const wanted = process.argv.indexOf('--rounds');
const ROUNDS = wanted > 0 ? Number(process.argv[wanted + 1]) : 6;
let state = Number(process.env.SEED ?? Date.now() % 1000000);
console.log(`# SEED=${state}`);
const chance = () => { // a linear congruence is random enough for when to strike
	state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
	return state / 4294967296;
};

const hub = await startHub({ demo: true });
const spend = join(hub.dir, 'people.spend');
const debits = () => (existsSync(spend) ? readFileSync(spend, 'utf8').split('\n').slice(1, -1).map((line) => line.split(' ')[3]) : []);
const cookies = new Map();
async function as(login) {
	if (!cookies.has(login)) cookies.set(login, { Cookie: await signIn(hub, login) });
	return cookies.get(login);
}
const view = async (path) => JSON.parse((await send(hub, 'GET', path, { headers: await as('researcher'), json: true })).text);

async function agreed() {
	const asked = await send(hub, 'POST', '/releases/new', { headers: await as('researcher'), json: true, body: { purpose: 'An invented question.', epsilon: '250', codebook: '0', method: 'swift' } });
	assert.equal(asked.status, 303, asked.text.slice(0, 300));
	const path = new URL(asked.headers.location, hub.url).pathname;
	for (const login of ['meera', 'saathi.lead'])
		assert.equal((await send(hub, 'POST', `${path}/answer`, { headers: await as(login), json: true, body: { said: 'yes' } })).status, 303);
	return path;
}
async function over(path) {
	for (const until = Date.now() + 60000; Date.now() < until; await sleep(100)) {
		const { state_code: now, story } = await view(path);
		if (['given', 'refused', 'lost'].includes(now)) return { path, now, story };
	}
	return assert.fail(`${path} came to no end`);
}

test('killed while a release is made: debited once, told as lost or made after all, and the next one is made', async () => {
	const ends = [];
	for (let i = 0; i < ROUNDS; i++) {
		const before = debits().length, path = await agreed();
		// In turn: when the debit is on the disk, when the hub's ledger has it too, and whenever.
		const struck = [() => debits().length > before, async () => (await view(path)).state_code !== 'approved', () => true][i % 3];
		for (const until = Date.now() + 30000; !await struck() && Date.now() < until;) await sleep(2);
		if (i % 3 === 2) await sleep(chance() * 3000);
		await hub.kill();
		const drawn = debits().length;
		await hub.start();
		const end = await over(path);
		ends.push(end.now);
		assert.doesNotMatch(end.story, /do not agree/);
		// Sixty people are too few for any number, which is known when it was measured and spent.
		if (end.now === 'refused') assert.match(end.story, /too few/);
		assert.equal(debits().length, before + 1, `round ${i}: ${end.now}, with ${drawn - before} debits when it was killed`);
	}
	console.log(`# ${ends.join(' ')}`);
	assert.equal(new Set(debits()).size, ROUNDS, 'each debit is of a release of its own');
	assert.ok(ends.includes('lost'), 'none was struck between the debit and the end');
	const last = await over(await agreed());
	assert.equal(last.now, 'refused');
	assert.match(last.story, /too few/);
	assert.equal(debits().length, ROUNDS + 1);
}, { seconds: 400 });

test('all of it is in the ledger, which verifies and makes the same tables again', async () => {
	await hub.stop();
	const verified = await sangam(['verify', '--hub', hub.dir]);
	assert.equal(verified.status, 0, verified.out + verified.err);
	const rebuilt = await sangam(['rebuild', '--hub', hub.dir, '--check']);
	assert.equal(rebuilt.status, 0, rebuilt.out + rebuilt.err);
});
await run();
