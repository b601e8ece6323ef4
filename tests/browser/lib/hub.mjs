// hub.mjs - a hub of its own for a test: a new folder, a free port, the real program.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atEnd } from './tap.mjs';

export const program = process.env.SANGAM_BIN ?? fileURLToPath(new URL('../../../build/sangam', import.meta.url));

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

// Runs a subcommand to its end; gives what it said. `input` goes to its standard input.
export function sangam(args, { seconds = 120, input = '', env = {} } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...env } });
		const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
		let out = '', err = '';
		child.stdout.on('data', (d) => { out += d; });
		child.stderr.on('data', (d) => { err += d; });
		child.once('error', reject);
		child.once('close', (status, signal) => {
			clearTimeout(timer);
			resolve({ status, signal, out, err });
		});
		child.stdin.on('error', () => {}); // it may have ended without reading
		child.stdin.end(input);
	});
}

// Makes a hub and serves it. Gives { url, dir, pid, said(), stop(), kill(), start({ clock }) }; stops it at the end by itself.
// `extra` are further arguments of init, such as --database.
export async function startHub({ demo = false, extra = [] } = {}) {
	const dir = await mkdtemp(join(tmpdir(), 'hub-'));
	const folder = join(dir, 'hub');
	const made = await sangam(['init', ...(demo ? ['--demo'] : []), '--hub', folder, ...extra]);
	if (made.status !== 0) throw new Error(`init ended with ${made.status ?? made.signal}: ${made.err}${made.out}`);
	const port = await freePort();
	const hub = { url: `http://127.0.0.1:${port}`, dir: folder, initSaid: made.out };
	let child = null, ended = null, said = '';
	hub.said = () => said;
	hub.start = async ({ clock } = {}) => {
		child = spawn(program, ['serve', '--hub', folder, '--listen', `127.0.0.1:${port}`, ...(clock ? ['--clock', clock] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
		hub.pid = child.pid;
		let over = false;
		ended = new Promise((resolve) => {
			child.once('close', (status, signal) => {
				over = true;
				resolve({ status, signal });
			});
		});
		child.stdout.on('data', (d) => { said += d; });
		child.stderr.on('data', (d) => { said += d; });
		for (const until = Date.now() + 30000; Date.now() < until;) {
			if (over) throw new Error(`serve ended at once: ${said}`);
			try {
				const answer = await fetch(`${hub.url}/`, { redirect: 'manual' });
				await answer.arrayBuffer();
				return hub;
			} catch {
				await new Promise((r) => setTimeout(r, 50));
			}
		}
		throw new Error(`serve does not answer: ${said}`);
	};
	// Stops as an operator would; a report of a sanitizer, a hang or a bad status is a failure of the test.
	hub.stop = async () => {
		if (!child) return;
		child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), 20000);
		const { status, signal } = await ended;
		clearTimeout(timer);
		child = null;
		if (status !== 0) throw new Error(`serve ended with ${status ?? signal}: ${said.slice(-4000)}`);
	};
	hub.kill = async () => {
		if (!child) return;
		child.kill('SIGKILL');
		await ended;
		child = null;
	};
	atEnd(async () => {
		try {
			await hub.stop();
		} finally {
			await rm(dir, { recursive: true, force: true });
		}
	});
	return hub.start();
}
