// addresses.mjs BEFORE AFTER: ids from standard input, a line each, as addresses: thirteen signs of five bits (src/base/id.h).
import { readFileSync } from 'node:fs';
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ', [before, after] = process.argv.slice(2);
for (const id of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
	const text = Array.from({ length: 13 }, (_, i) => signs[Number((BigInt(id) >> BigInt(5 * (12 - i))) & 31n)]).join('');
	console.log(before + text + after);
}
