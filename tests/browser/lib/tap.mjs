// tap.mjs - tests named as sentences, run in the order written, one at a time; TAP on standard output.
import assert from 'node:assert/strict';

const listed = [];
const closers = [];

export function test(sentence, body, { seconds = 60 } = {}) {
	listed.push({ sentence, body, seconds });
}

// What must be closed when all is over, last opened first, whatever happened.
export function atEnd(close) {
	closers.push(close);
}

export async function run() {
	let failed = 0;
	for (const [i, { sentence, body, seconds }] of listed.entries()) {
		let timer;
		const late = new Promise((_, reject) => {
			timer = setTimeout(() => reject(new Error(`not done after ${seconds} seconds`)), seconds * 1000);
		});
		try {
			await Promise.race([body(), late]);
			console.log(`ok ${i + 1} - ${sentence}`);
		} catch (error) {
			failed++;
			console.log(`not ok ${i + 1} - ${sentence}`);
			console.log(String(error.stack ?? error).replace(/^/gm, '#   '));
		} finally {
			clearTimeout(timer);
		}
	}
	for (const close of closers.reverse()) {
		try {
			await close();
		} catch (error) {
			failed++;
			console.log(`not ok ${listed.length + 1} - what was opened closes`);
			console.log(String(error.stack ?? error).replace(/^/gm, '#   '));
		}
	}
	console.log(`1..${listed.length}`);
	if (!listed.length) failed++;
	process.exit(failed ? 1 : 0);
}

export { assert };
