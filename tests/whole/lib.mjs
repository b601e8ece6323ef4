// lib.mjs - what the whole-program tests share: sending, signing in, the ledger's size, a PostgreSQL of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { fileURLToPath } from 'node:url';
import { atEnd } from '../browser/lib/tap.mjs';

export const PASSWORD = 'sangam demonstration';
const pgScript = fileURLToPath(new URL('../../script/pg', import.meta.url));
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

// One request; never rejects for a status. Gives { status, headers, bytes, text }. `body`: a string, a Buffer, or an
// object, which is sent as a form; `json` asks for JSON.
export function send(hub, method, path, { body, headers = {}, json = false, seconds = 20 } = {}) {
	const form = body && !Buffer.isBuffer(body) && typeof body === 'object';
	const bytes = form ? new URLSearchParams(body).toString() : body;
	const all = { ...headers };
	if (form) all['Content-Type'] = 'application/x-www-form-urlencoded';
	if (json) all.Accept = 'application/json';
	if (bytes !== undefined && !all['Transfer-Encoding']) all['Content-Length'] = Buffer.byteLength(bytes);
	const { hostname, port } = new URL(hub.url);
	return new Promise((resolve, reject) => {
		const rq = http.request({ agent, hostname, port, method, path, headers: all, timeout: seconds * 1000 }, (answer) => {
			const parts = [];
			answer.on('data', (part) => parts.push(part));
			answer.on('error', reject);
			answer.on('end', () => {
				const bytes = Buffer.concat(parts);
				resolve({ status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString() });
			});
		});
		rq.on('timeout', () => rq.destroy(new Error(`${method} ${path}: no answer within ${seconds} s`)));
		rq.on('error', reject);
		rq.end(bytes);
	});
}

// Bytes as they are, to the end of the answer; `cut` closes our side after sending. An ended connection gives ''.
export function raw(hub, bytes, { cut = false, seconds = 5 } = {}) {
	const { hostname, port } = new URL(hub.url);
	return new Promise((resolve, reject) => {
		let said = '';
		const socket = net.connect({ host: hostname, port: Number(port) }, () => {
			socket.write(bytes, () => { if (cut) setTimeout(() => socket.destroy(), 50); });
		});
		const timer = setTimeout(() => socket.destroy(), seconds * 1000);
		socket.on('data', (d) => {
			said += d;
			const head = said.indexOf('\r\n\r\n');
			const length = /content-length: (\d+)/i.exec(said.slice(0, head));
			if (head > 0 && length && said.length >= head + 4 + Number(length[1])) socket.destroy();
		});
		socket.on('error', (e) => { if (!['EPIPE', 'ECONNRESET'].includes(e.code)) reject(e); });
		socket.on('close', () => { clearTimeout(timer); resolve(said); });
	});
}

export async function signIn(hub, login) {
	const answer = await send(hub, 'POST', '/sign-in', { body: { login, password: PASSWORD } });
	const cookie = /^sangam=[^;]+/.exec(answer.headers['set-cookie']?.[0] ?? '');
	if (answer.status !== 303 || !cookie) throw new Error(`${login} cannot sign in: ${answer.status}`);
	return cookie[0];
}

// How many entries the ledger has, as a partner is told.
export async function ledgerSize(hub) {
	const { status, text } = await send(hub, 'GET', '/checkpoint');
	const size = Number(text.split('\n')[1]);
	if (status !== 200 || !Number.isInteger(size)) throw new Error(`no checkpoint: ${status} ${text.slice(0, 200)}`);
	return size;
}

export function report(what, more = {}) {
	return { about: 'person', what, anonymous: 'yes', ...more };
}

// multipart/form-data by hand, so that it can also be sent broken. files: [{ name, type, bytes }]
export function multipart(fields, files = []) {
	const line = '----whole-program-test';
	const parts = Object.entries(fields).map(([k, v]) => Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`));
	for (const f of files)
		parts.push(Buffer.from(`--${line}\r\nContent-Disposition: form-data; name="file"; filename="${f.name}"\r\nContent-Type: ${f.type}\r\n\r\n`),
			f.bytes, Buffer.from('\r\n'));
	return { body: Buffer.concat([...parts, Buffer.from(`--${line}--\r\n`)]), headers: { 'Content-Type': `multipart/form-data; boundary=${line}` } };
}

// A server of its own: { database, crash(), kill(), again() }. The path of its socket must be short.
export function ownPostgres() {
	const dir = mkdtempSync('/tmp/whole-pg.');
	rmSync(dir, { recursive: true });
	const run = (what) => execFileSync(pgScript, [what, dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
	const database = run('start');
	atEnd(() => run('stop'));
	return { database, crash: () => run('crash'), kill: () => run('kill'), again: () => run('again') };
}

// A new empty database on the server that script/test runs, or on one of our own.
let server;
export function newDatabase(name) {
	server ??= process.env.SANGAM_TEST_PG || ownPostgres().database;
	execFileSync('psql', ['-q', server, '-c', `DROP DATABASE IF EXISTS ${name}`, '-c', `CREATE DATABASE ${name}`], { stdio: ['ignore', 'ignore', 'pipe'] });
	atEnd(() => execFileSync('psql', ['-q', server, '-c', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`], { stdio: ['ignore', 'ignore', 'pipe'] }));
	return server.replace(/dbname=\S+/, `dbname=${name}`);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
export const read = (path) => readFileSync(path);
