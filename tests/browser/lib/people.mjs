// people.mjs - many invented people for a hub of a test, as `sangam import` reads them.
import { readFileSync } from 'node:fs';

// JSON of `n` records in closed cases; each is one of the demonstration's sixty again under another name.
export function manyPeople(n) {
	const sixty = JSON.parse(readFileSync(new URL('../../../packs/demo/htcds_demo_fictional_60.json', import.meta.url), 'utf8'));
	return JSON.stringify(Array.from({ length: n }, (_, i) => ({
		...sixty[i % sixty.length], case_ref: `MANY-${i}`, prs_FirstName: 'Test', prs_SecondName: `Many${i}`, cas_Status: 'ClosedReferred',
	})));
}
