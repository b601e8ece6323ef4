// browser.mjs - Debian's Chromium, and what every page must pass: axe, weight, valid HTML, width, focus, no foreign host.
import { chromium } from 'playwright-core';
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { assert, atEnd } from './tap.mjs';

export const WIDTHS = [360, 1280];
export const LANGS = ['en', 'hi'];
export const PAGE_BYTES = 60 * 1024;
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.SANGAM_SHOTS;
let browser;

// A context as a visitor has it. lang is what her browser asks for; js false is a browser without scripts.
// Requests to any host but the hub's are refused and remembered; so is what the console complains of.
export async function visitor(hub, { lang = 'en', width = 1280, js = true } = {}) {
	if (!browser) {
		browser = await chromium.launch({
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
				'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
		});
		atEnd(() => browser.close());
	}
	const context = await browser.newContext({
		baseURL: hub.url,
		locale: lang === 'en' ? 'en-IN' : `${lang}-IN`,
		timezoneId: 'Asia/Kolkata',
		viewport: { width, height: width < 600 ? 740 : 800 },
		javaScriptEnabled: js,
		reducedMotion: 'reduce',
	});
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	const seen = { foreign: [], complaints: [], bytes: 0, lang, width, js };
	await context.route((url) => url.origin !== hub.url && url.protocol.startsWith('http'), (route) => {
		seen.foreign.push(route.request().url());
		return route.abort();
	});
	page.on('console', (message) => {
		// A page answered with an error status is the test's own matter.
		if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) seen.complaints.push(message.text());
	});
	page.on('pageerror', (error) => seen.complaints.push(String(error)));
	const wire = await context.newCDPSession(page);
	await wire.send('Network.enable');
	wire.on('Network.loadingFinished', ({ encodedDataLength }) => { seen.bytes += encodedDataLength; });
	page.seen = seen;
	page.wire = wire;
	return page;
}

// What the page at `path` costs with an empty cache: every answer, headers included.
export async function weigh(page, path) {
	await page.wire.send('Network.setCacheDisabled', { cacheDisabled: true });
	page.seen.bytes = 0;
	const answer = await page.goto(path, { waitUntil: 'load' });
	await page.waitForTimeout(60); // what was loaded is counted a moment later
	assert.equal(answer.status(), 200, `${path} answers ${answer.status()}`);
	const bytes = page.seen.bytes;
	await page.wire.send('Network.setCacheDisabled', { cacheDisabled: false });
	assert.ok(bytes > 0, 'nothing was counted');
	assert.ok(bytes <= PAGE_BYTES, `${path} weighs ${bytes} bytes with everything; ${PAGE_BYTES} is the limit`);
	return bytes;
}

// Any violation is a failure, whatever its impact.
export async function axe(page) {
	await page.evaluate(axeSource);
	const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
	const said = violations.map((v) => `${v.id}: ${v.help}\n${v.nodes.map((n) => `  ${n.target.join(' ')}  ${n.html.slice(0, 160)}`).join('\n')}`);
	assert.equal(violations.length, 0, `${page.url()}\n${said.join('\n')}`);
}

const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const FOREIGN = new Set(['svg', 'math']); // within them <x/> closes itself

// What is wrong with the HTML as it was sent: balance of tags, ids, inline code, language, one heading, a title.
export function htmlFaults(html) {
	const faults = [], open = [], ids = new Set();
	const text = html.replace(/<!--[\s\S]*?-->/g, '');
	if (!/^\s*<!doctype html>/i.test(text)) faults.push('no doctype');
	if (!/<html\b[^>]* lang="[a-z-]+"/i.test(text)) faults.push('html without lang');
	if (!/<title>[^<]+<\/title>/i.test(text)) faults.push('no title');
	const headings = (text.match(/<h1\b/gi) ?? []).length;
	if (headings !== 1) faults.push(`${headings} h1`);
	for (const [whole, closing, rawName, attributes, selfClosed] of
		text.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^\s"'<>=\/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?)*)\s*(\/?)>/g)) {
		const name = rawName.toLowerCase();
		if (closing) {
			const last = open.pop();
			if (last !== name) {
				faults.push(`</${name}> closes <${last ?? 'nothing'}>`);
				if (last) open.push(last);
			}
			continue;
		}
		if (!VOID.has(name) && !(selfClosed && open.some((o) => FOREIGN.has(o)))) open.push(name);
		const names = new Set();
		for (const [, attribute, value = ''] of attributes.matchAll(/([^\s"'<>=\/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=`]+))?/g)) {
			const key = attribute.toLowerCase();
			if (names.has(key)) faults.push(`${key} stands twice in ${whole}`);
			names.add(key);
			if (key === 'style' || key.startsWith('on')) faults.push(`inline ${key} in ${whole}`);
			const plain = value.replace(/^["']|["']$/g, '');
			if (key === 'id') {
				if (!plain || ids.has(plain)) faults.push(`id "${plain}" is empty or stands twice`);
				ids.add(plain);
			}
			if (key === 'href' && /^javascript:/i.test(plain)) faults.push(`code as an address in ${whole}`);
		}
		if (name === 'style') faults.push('a style element');
		if (name === 'script' && !names.has('src')) faults.push('an inline script');
	}
	for (const name of open) faults.push(`<${name}> is never closed`);
	for (const [, key, value] of text.matchAll(/\s(for|aria-describedby|aria-labelledby|aria-controls)="([^"]*)"/g)) {
		for (const id of value.split(/\s+/)) if (id && !ids.has(id)) faults.push(`${key} names ${id}, which is not there`);
	}
	return faults;
}
export async function valid(page, path) {
	const answer = await page.context().request.get(path);
	const faults = htmlFaults(await answer.text());
	assert.deepEqual(faults, [], `${path}: ${faults.join('; ')}`);
}

// Nothing is wider than the window.
export async function fits(page) {
	const over = await page.evaluate(() => {
		const width = document.documentElement.clientWidth;
		if (document.scrollingElement.scrollWidth <= width) return [];
		const wide = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 1);
		return ['the page scrolls sideways', ...wide.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
	});
	assert.deepEqual(over, [], `${page.url()} at ${page.seen.width}`);
}

// Titles and addresses say nothing to somebody who looks over her shoulder.
const TELLING = /traffick|victim|survivor|rescue|brothel|sexual|prostitut|slave|तस्कर|पीड़ित|यौन/i;
export async function neutral(page) {
	assert.doesNotMatch(await page.title(), TELLING);
	assert.doesNotMatch(new URL(page.url()).pathname, TELLING);
}

export function quiet(page) {
	assert.deepEqual(page.seen.foreign, [], 'asked another host');
	assert.deepEqual(page.seen.complaints, [], 'the console complains');
}

// A picture for those who look at the design: build/shots/NAME-LANG-WIDTH.png.
export async function shot(page, name) {
	if (!shots) return;
	await mkdir(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}-${page.seen.lang}-${page.seen.width}.png`), fullPage: true });
}

// Everything at once, for a page that can be fetched again. name is the picture's.
export async function sound(page, path, name) {
	await weigh(page, path);
	if (page.seen.js) await axe(page);
	await valid(page, path);
	await fits(page);
	await neutral(page);
	await shot(page, name);
	quiet(page);
}

// Goes to an element with the Tab key alone, and requires that one sees where the focus is.
export async function tabTo(page, selector, { most = 80 } = {}) {
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate((wanted) => {
			const e = document.activeElement;
			if (!e || !e.matches(wanted)) return null;
			const style = getComputedStyle(e);
			return { seen: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none' };
		}, selector);
		if (!at) continue;
		assert.ok(at.seen, `the focus on ${selector} cannot be seen`);
		return;
	}
	assert.fail(`${selector} is not reached with ${most} times Tab on ${page.url()}`);
}

// In every offered language and at both widths, one page each: body(page, lang, width).
export async function everywhere(hub, body, options = {}) {
	for (const lang of LANGS) {
		for (const width of WIDTHS) {
			const page = await visitor(hub, { ...options, lang, width });
			try {
				await body(page, lang, width);
			} finally {
				await page.context().close();
			}
		}
	}
}
