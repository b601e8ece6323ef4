// The checks themselves, on pages with one planted fault each: a check that cannot fail is worth nothing.
import { createServer } from 'node:http';
import { axe, fits, htmlFaults, neutral, quiet, tabTo, valid, visitor, weigh } from './lib/browser.mjs';
import { assert, atEnd, run, test } from './lib/tap.mjs';

const CSS = 'body{margin:0}a:focus,button:focus{outline:3px solid #000}';
const frame = (body, { title = 'Page', head = '', lang = 'en' } = {}) => `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/s.css">${head}</head><body><main><h1>Heading</h1>${body}</main></body></html>`;
const pages = {
	'/good': frame('<p>Text</p><p><a href="/good">Here</a> <button>Send</button></p>'),
	'/picture': frame('<img src="/x.png">'),
	'/wide': frame('<p id="w">Text</p>', { head: '<link rel="stylesheet" href="/wide.css">' }),
	'/heavy': frame(`<p>${'abcdefghi '.repeat(7000)}</p>`),
	'/foreign': frame('<p>x</p>', { head: '<link rel="stylesheet" href="http://127.0.0.2:9/x.css">' }),
	'/loud': frame('<p>x</p>', { head: '<script src="/loud.js"></script>' }),
	'/telling': frame('<p>x</p>', { title: 'Help for victims' }),
	'/hidden-focus': frame('<p><a class="h" href="/good">Here</a></p>', { head: '<link rel="stylesheet" href="/hide.css">' }),
	'/s.css': CSS,
	'/wide.css': '#w{width:3000px}',
	'/hide.css': 'a.h:focus{outline:none}',
	'/loud.js': 'throw new Error("planted")',
};
const server = createServer((request, response) => {
	const body = pages[request.url];
	const type = { css: 'text/css', js: 'text/javascript' }[request.url.split('.')[1]] ?? 'text/html; charset=utf-8';
	response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body ?? frame('<p>Nothing here</p>'));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
atEnd(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
const hub = { url: `http://127.0.0.1:${server.address().port}` };

async function on(path, body, options) {
	const page = await visitor(hub, options);
	try {
		await page.goto(path, { waitUntil: 'networkidle' });
		return await body(page);
	} finally {
		await page.context().close();
	}
}
const fails = (promise) => assert.rejects(promise, assert.AssertionError);

test('a good page passes every check', () => on('/good', async (page) => {
	await weigh(page, '/good');
	await axe(page);
	await valid(page, '/good');
	await fits(page);
	await neutral(page);
	await tabTo(page, 'button');
	quiet(page);
}, { width: 360 }));
test('axe sees a picture without words', () => on('/picture', (page) => fails(axe(page))));
test('a page that scrolls sideways is seen', () => on('/wide', (page) => fails(fits(page)), { width: 360 }));
test('a page too heavy is seen', () => on('/heavy', (page) => fails(weigh(page, '/heavy'))));
test('a page that is not there is seen', () => on('/good', (page) => fails(weigh(page, '/gone'))));
test('a request to another host is refused and seen', () => on('/foreign', (page) => assert.throws(() => quiet(page), /another host/)));
test('an error in a script is seen', () => on('/loud', (page) => assert.throws(() => quiet(page), /complains/)));
test('a telling title is seen', () => on('/telling', (page) => fails(neutral(page))));
test('a focus that cannot be seen is seen', () => on('/hidden-focus', (page) => fails(tabTo(page, 'a'))));
test('what the keyboard does not reach is seen', () => on('/good', (page) => fails(tabTo(page, 'h1', { most: 5 }))));
test('without scripts a page is shown, and its script does not run', () => on('/loud', (page) => quiet(page), { js: false }));
test('each fault in the HTML is named', async () => {
	assert.deepEqual(htmlFaults(pages['/good']), []);
	for (const [body, expected] of [
		['<p id="a"></p><p id="a"></p>', /id "a"/], ['<p style="x">x</p>', /inline style/], ['<p onclick="x()">x</p>', /inline onclick/],
		['<div><p>x</div></p>', /closes/], ['<div>', /never closed|closes/], ['<style>a{}</style>', /style element/], ['<script>1</script>', /inline script/],
		['<a href="javascript:x">x</a>', /code as an address/], ['<label for="gone">x</label>', /names gone/], ['<h1>Two</h1>', /2 h1/],
		['<p class="a" class="b">x</p>', /stands twice/],
	]) {
		assert.match(htmlFaults(frame(body)).join('; '), expected, body);
	}
	assert.match(htmlFaults('<p>x</p>').join('; '), /no doctype; html without lang; no title; 0 h1/);
});
await run();
