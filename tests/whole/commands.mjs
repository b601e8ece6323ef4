// commands.mjs - what each command says and how it ends, on both engines, where it works and where it cannot. A program
// built with the address sanitizer also looks for what was not given back, and then ends with a status of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, sangam, startHub } from '../browser/lib/hub.mjs';
import { assert, atEnd, run, test } from '../browser/lib/tap.mjs';
import { newDatabase } from './lib.mjs';

const place = mkdtempSync(join(tmpdir(), 'commands-'));
atEnd(() => rmSync(place, { recursive: true, force: true }));
const env = { ASAN_OPTIONS: 'detect_leaks=1:abort_on_error=0:exitcode=99' };
process.env.ASAN_OPTIONS = env.ASAN_OPTIONS;

async function ends(status, args, says = /./) {
	const said = await sangam(args, { env });
	assert.equal(said.status, status, `${args.join(' ')}: ${said.status ?? said.signal}\n${said.out.slice(-500)}${said.err.slice(-3000)}`);
	assert.match(said.out + said.err, says);
	return said;
}

for (const engine of ['SQLite', 'PostgreSQL']) {
	const postgres = engine === 'PostgreSQL';
	const database = (name) => (postgres ? ['--database', newDatabase(name)] : []);
	const file = (name) => join(place, `${engine}-${name}`);
	let hub;

	test(`${engine}: a demonstration is made and served, and both end clean`, async () => {
		hub = await startHub({ demo: true, extra: database('whole_commands') });
		const taken = createServer();
		await new Promise((done) => { taken.listen(0, '127.0.0.1', done); });
		await ends(2, ['serve', '--hub', hub.dir, '--listen', `127.0.0.1:${taken.address().port}`], /cannot listen on port/);
		taken.close();
		await hub.stop();
	}, { seconds: 180 });

	test(`${engine}: commands that work`, async () => {
		await ends(0, ['verify', '--hub', hub.dir], /0 faults/);
		await ends(0, ['rebuild', '--check', '--hub', hub.dir], /is the same as/);
		await ends(0, ['rebuild', '--hub', hub.dir], /is the same as/);
		await ends(0, ['member', 'add', '--hub', hub.dir, '--agency', 'AHTU-RMP', '--name', 'Namoona', '--posts', 'investigator'], /one-time/);
		for (const format of ['json', 'csv']) {
			await ends(0, ['export', '--hub', hub.dir, '--out', file(`all.${format}`)], /records/);
			assert.ok(readFileSync(file(`all.${format}`)).length > 1000);
			const said = await sangam(['import', '--hub', hub.dir, '--agency', 'AHTU-RMP', file(`all.${format}`)], { env });
			assert.ok(said.status === 0 || said.status === 1, said.err);
		}
		await ends(0, ['pack', 'check']);
	}, { seconds: 240 });

	test(`${engine}: commands that cannot`, async () => {
		await ends(2, ['init', '--hub', hub.dir], /there is a hub in/);
		await ends(2, ['init', '--hub', file('no-pack'), '--pack', join(place, 'nowhere'), ...database('whole_commands_no')]);
		await ends(2, ['init', '--hub', file('no-database'), '--database', 'host=/nowhere dbname=nothing']);
		await ends(2, ['init', '--hub', file('no-key'), '--passphrase-file', join(place, 'nowhere'), ...database('whole_commands_key')], /passphrase/);
		for (const command of ['serve', 'verify', 'rebuild', 'export']) await ends(2, [command, '--hub', join(place, 'nowhere')], /there is no hub/);
		writeFileSync(file('wrong.key'), 'x'.repeat(32), { mode: 0o600 });
		for (const command of ['serve', 'verify', 'rebuild']) await ends(2, [command, '--hub', hub.dir, '--key-file', file('wrong.key')]);
		await ends(2, ['serve', '--hub', hub.dir, '--listen', 'here']);
		await ends(2, ['serve', '--hub', hub.dir, '--listen', `nowhere:${await freePort()}`], /no IPv4/);
		await ends(2, ['serve', '--hub', hub.dir, '--clock', 'yesterday'], /--clock/);
		await ends(2, ['verify', '--hub', hub.dir, '--against', join(place, 'nowhere')], /cannot read/);
		writeFileSync(file('point'), 'no checkpoint\n');
		await ends(1, ['verify', '--hub', hub.dir, '--against', file('point')], /not signed by this hub/);
		await ends(2, ['member', 'add', '--hub', hub.dir, '--agency', 'NOBODY', '--name', 'N', '--posts', 'investigator'], /no agency/);
		await ends(2, ['member', 'add', '--hub', hub.dir, '--agency', 'AHTU-RMP', '--name', 'N', '--posts', 'nothing']);
		writeFileSync(file('bad.json'), '{"a":');
		await ends(2, ['import', '--hub', hub.dir, file('bad.json')]);
		await ends(2, ['import', '--hub', hub.dir, file('not-there.json')], /cannot read/);
		await ends(2, ['import', '--hub', hub.dir, '--agency', 'NOBODY', file('all.json')], /no agency/);
		await ends(2, ['import', '--hub', hub.dir, '--area', 'XX', file('all.json')], /no area/);
		await ends(2, ['export', '--hub', hub.dir, '--out', file('all.json')], /cannot make/);
		await ends(2, ['export', '--hub', hub.dir, '--out', file('all.txt')], /--format/);
		const said = await sangam(['pack', 'check', place], { env });
		assert.equal(said.status, 1, said.err);
	}, { seconds: 240 });
}
await run();
