// kill.mjs - kill -9 at random instants under load: nothing that was acknowledged is lost, the ledger verifies, and
// what it rebuilds is what stands. Random by a seed that is printed, though the machine's own timing is not repeated.
import { sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, run, test } from '../browser/lib/tap.mjs';
import { ledgerSize, newDatabase, ownPostgres, report, send, signIn, sleep } from './lib.mjs';

const rounds = Number(process.argv[2] ?? 8);
const seed = Number(process.env.SEED ?? Date.now() % 1000000);
console.log(`# SEED=${seed}`);
let state = seed;
const chance = () => { // mulberry32
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

// Sends until the hub is gone, and notes what it acknowledged.
async function reporter(hub, over, acknowledged) {
	for (let i = 0; !over.yes; i++) {
		try {
			const answer = await send(hub, 'POST', '/tell', { body: report(`round ${i}`), json: true });
			if (answer.status === 200) acknowledged.push(JSON.parse(answer.text));
			else assert.equal(answer.status, 503, answer.text);
		} catch (error) {
			if (!error.code) throw error; // only the network may fail: the hub was killed
			return;
		}
	}
}

// A member reads, and each reading is an entry too.
async function reader(hub, over, cookie) {
	const headers = { Cookie: cookie };
	while (!over.yes) {
		try {
			const list = await send(hub, 'GET', '/reports', { headers });
			const first = /href="(\/reports\/[0-9A-Z]{13})"/.exec(list.text);
			if (first) await send(hub, 'GET', first[1], { headers });
			else await sleep(20);
		} catch (error) {
			if (!error.code) throw error;
			return;
		}
	}
}

async function whole(hub) {
	const verify = await sangam(['verify', '--hub', hub.dir]);
	assert.equal(verify.status, 0, verify.out + verify.err);
	const rebuild = await sangam(['rebuild', '--check', '--hub', hub.dir]);
	assert.equal(rebuild.status, 0, rebuild.out + rebuild.err);
	return Number(/^(\d+) entries/m.exec(verify.out)[1]);
}

async function stands(hub, all) {
	for (let i = 0; i < all.length; i += 16)
		await Promise.all(all.slice(i, i + 16).map(async ({ number, receipt }) => {
			const answer = await send(hub, 'POST', '/back', { body: { receipt }, json: true });
			assert.equal(answer.status, 200, `${number} was acknowledged and is lost: ${answer.text}`);
			assert.equal(JSON.parse(answer.text).number, number);
		}));
}

// One hub's life: `rounds` times under load, what `strike` does, then all is looked at.
async function life(hub, rounds, strike, total) {
	const acknowledged = [];
	const cookie = await signIn(hub, 'meera');
	let entries = 0, busy = 0;
	for (let i = 0; i < rounds; i++) {
		const over = { yes: false }, now = [];
		const work = [...Array.from({ length: 12 }, () => reporter(hub, over, now)), reader(hub, over, cookie), reader(hub, over, cookie)];
		await sleep(10 + chance() * 400);
		await strike(hub, over);
		over.yes = true;
		await Promise.all(work);
		busy += now.length > 0;
		const found = await whole(hub);
		assert.ok(found >= entries, `the ledger has ${found} entries and had ${entries}`);
		entries = found;
		await hub.start();
		await stands(hub, now);
		acknowledged.push(...now);
		total.rounds++;
	}
	await stands(hub, acknowledged); // those of the first rounds are still there after the last
	const before = await ledgerSize(hub);
	assert.equal((await send(hub, 'POST', '/tell', { body: report('one more'), json: true })).status, 200);
	assert.ok(await ledgerSize(hub) > before);
	await hub.stop();
	await whole(hub);
	total.acknowledged += acknowledged.length;
	total.entries += entries;
	total.busy += busy;
}

const killed = (hub) => hub.kill();

// The server's own processes are killed while the hub stays; the hub, which went on without it, is killed afterwards.
const serverKilled = (server) => async (hub) => {
	server.kill();
	await sleep(chance() * 200); // whoever sends now is told to try again
	server.again();
	await sleep(100 + chance() * 200); // and is taken again
	await hub.kill();
};

const PER_HUB = 20; // then a new one, so that looking at everything does not take longer from round to round
const kinds = [
	['SQLite', rounds, () => [[], killed]],
	['PostgreSQL', rounds, () => [['--database', newDatabase('whole_kill')], killed]],
	['PostgreSQL, and its server too', Math.ceil(rounds / 4), () => {
		const server = ownPostgres();
		return [['--database', server.database], serverKilled(server)];
	}],
];
const wanted = process.argv[3] ?? '';
for (const [engine, asked, prepare] of kinds.filter(([name]) => !wanted || name === wanted)) {
	test(`${engine}: ${asked} times kill -9 under load, and nothing acknowledged is lost`, async () => {
		const total = { rounds: 0, acknowledged: 0, entries: 0, busy: 0 };
		for (let left = asked; left > 0; left -= PER_HUB) {
			const [extra, strike] = prepare();
			const hub = await startHub({ demo: true, extra });
			await life(hub, Math.min(left, PER_HUB), strike, total);
			console.log(`# ${engine}: ${total.rounds} rounds, ${total.acknowledged} acknowledged, ${total.entries} entries`);
		}
		assert.equal(total.rounds, asked);
		assert.ok(total.busy * 2 > asked, `only ${total.busy} rounds had acknowledged anything`);
	}, { seconds: 120 + asked * 30 });
}
await run();
