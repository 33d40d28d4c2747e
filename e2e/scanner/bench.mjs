// How well the scanner reads: node e2e/scanner/bench.mjs FOLDER [--only REGEX] [--details]
//
// FOLDER holds folders of pictures, each picture with its text beside it (NAME.webp, NAME.txt); folders
// named falsepositives-… hold none to be found. Every picture goes through the scan worker of the app,
// in Chromium: once as a photo, and as a film of 1280 × 720 frames. What it saw is judged by the app's
// own rule (`domain::scan`): right, wrong or missed. Times are of the worker, one picture each.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../..');
const N_FRAMES = 12;

const options = process.argv.slice(2);
const folder = options.find((option) => !option.startsWith('--') && option !== valueOf('--only'));
const only = new RegExp(valueOf('--only') ?? '');
const wantsDetails = options.includes('--details');
if (!folder || !existsSync(folder)) fail('usage: node e2e/scanner/bench.mjs FOLDER [--only REGEX] [--details]');

function valueOf(name) {
  const at = options.indexOf(name);
  return at < 0 ? undefined : options[at + 1];
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Pictures with what they say; `want` is null where nothing is to be found, absent where nobody wrote it down. */
function pictures() {
  const found = [];
  for (const kind of readdirSync(folder).sort()) {
    if (!only.test(kind) || !statSync(join(folder, kind)).isDirectory()) continue;
    for (const file of readdirSync(join(folder, kind)).sort()) {
      if (!['.png', '.jpg', '.jpeg', '.webp'].includes(extname(file).toLowerCase())) continue;
      const text = join(folder, kind, `${file.slice(0, -extname(file).length)}.txt`);
      if (kind.startsWith('falsepositives')) found.push({ kind, file, want: null });
      else if (existsSync(text)) found.push({ kind, file, want: readFileSync(text, 'utf8') });
    }
  }
  return found;
}

/** The worker as the app has it, in a folder of its own. */
function bundle() {
  const directory = mkdtempSync(join(tmpdir(), 'shelftrace-scanner-'));
  const esbuild = join(ROOT, 'node_modules/.bin/esbuild');
  if (!existsSync(esbuild)) fail('the npm packages are missing: run scripts/setup.sh --tests');
  const worker = join(ROOT, 'frontend/glue/scan_worker.ts');
  execFileSync(esbuild, [worker, '--bundle', '--format=esm', '--log-level=warning', `--outfile=${directory}/scan_worker.js`]);
  copyFileSync(join(ROOT, 'node_modules/zxing-wasm/dist/reader/zxing_reader.wasm'), join(directory, 'zxing_reader.wasm'));
  return directory;
}

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

function serve(directory) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const file = path.startsWith('/picture/') ? join(folder, path.slice('/picture/'.length)) : join(directory, path);
    if (path === '/') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>scanner</title>');
    } else if (existsSync(file)) {
      response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(readFileSync(file));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Runs in the page: one picture through the worker, as a photo and as a film. */
async function readInPage({ url, n_frames }) {
  if (!globalThis.scan) {
    const waiting = new Map();
    const worker = new Worker('/scan_worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => waiting.get(data.id)?.(data);
    let id = 0;
    globalThis.scan = (kind, bitmap) =>
      new Promise((resolve, reject) => {
        id += 1;
        waiting.set(id, (data) => (data.kind === 'reading' ? resolve(data.reading) : reject(new Error(data.message))));
        worker.postMessage({ kind, id, bitmap }, [bitmap]);
      });
    // The first picture would pay for loading the reader.
    const blank = new OffscreenCanvas(64, 64);
    blank.getContext('2d').fillRect(0, 0, 64, 64);
    await globalThis.scan('frame', blank.transferToImageBitmap());
  }
  const blob = await (await fetch(url)).blob();
  const picture = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  const frames = [];
  const canvas = new OffscreenCanvas(1280, 720);
  const context = canvas.getContext('2d');
  // A phone held nearer or farther: the picture fills the frame as far as it fits, up to twice its size.
  const scale = Math.min(2, 1280 / picture.width, 720 / picture.height);
  for (let n = 0; n < n_frames; n += 1) {
    context.fillStyle = '#8a8782';
    context.fillRect(0, 0, 1280, 720);
    // No hand is still: every frame lies a little elsewhere.
    const [width, height] = [picture.width * scale, picture.height * scale];
    const [dx, dy] = [2.7 * Math.sin(n * 1.7), 1.9 * Math.cos(n * 2.3)];
    context.drawImage(picture, (1280 - width) / 2 + dx, (720 - height) / 2 + dy, width, height);
    const reading = await globalThis.scan('frame', await createImageBitmap(canvas));
    frames.push(reading);
  }
  const photo = await globalThis.scan('photo', picture);
  return { photo, frames };
}

function judge(lines) {
  const cargo = ['run', '--quiet', '--locked', '--package', 'shelftrace-domain', '--example', 'judge_scans'];
  const judged = spawnSync('cargo', cargo, {
    cwd: ROOT,
    input: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  if (judged.status !== 0) fail('the judge (cargo run --example judge_scans) failed');
  return judged.stdout.toString().trim().split('\n').map((line) => JSON.parse(line));
}

function quantile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function row(name, seen) {
  const n = (which, verdict) => seen.filter((one) => one[which] === verdict).length;
  const frameTimes = seen.flatMap((one) => one.frameMs);
  const photoTimes = seen.map((one) => one.photoMs);
  const cells = [
    name,
    seen.length,
    ...['photo', 'frames'].flatMap((which) => [n(which, 'right'), n(which, 'wrong'), n(which, 'missed')]),
    `${quantile(photoTimes, 0.5)} / ${quantile(photoTimes, 0.95)}`,
    `${quantile(frameTimes, 0.5)} / ${quantile(frameTimes, 0.95)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function report(results) {
  console.log('| folder | pictures | photo right | wrong | missed | film right | wrong | missed | photo ms p50 / p95 | frame ms p50 / p95 |');
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|');
  const kinds = [...new Set(results.map((one) => one.kind))];
  for (const kind of kinds) console.log(row(kind, results.filter((one) => one.kind === kind)));
  const retail = results.filter((one) => /^(ean|upc)/.test(one.kind));
  if (retail.length > 0) console.log(row('**EAN and UPC**', retail));
  console.log(row('**all**', results));
  const share = (verdict) => ((100 * retail.filter((one) => one.photo === verdict).length) / retail.length).toFixed(1);
  if (retail.length > 0) console.log(`\nEAN and UPC photos: ${share('right')} % right, ${share('wrong')} % wrong.`);
  const empty = results.filter((one) => one.kind.startsWith('falsepositives'));
  if (empty.length > 0) {
    const n_false = empty.filter((one) => one.photo !== 'quiet' || one.frames !== 'quiet').length;
    console.log(`False positives: ${n_false} in ${empty.length} pictures without a code.`);
  }
  if (wantsDetails) {
    for (const one of results.filter(({ photo, frames }) => !['right', 'quiet'].includes(photo) || !['right', 'quiet'].includes(frames))) {
      const [want, ...accepted] = [one.want, ...new Set(one.accepted)].map((text) => JSON.stringify(text?.slice(0, 60) ?? null));
      console.log(`${one.name}: photo ${one.photo}, film ${one.frames}, wanted ${want}, accepted ${accepted.join(' ') || 'nothing'}`);
    }
  }
}

const todo = pictures();
if (todo.length === 0) fail(`no picture with a text beside it under ${folder}`);
const directory = bundle();
const server = await serve(directory);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const lines = [];
const times = new Map();
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  for (const { kind, file, want } of todo) {
    const name = `${kind}/${file}`;
    const url = `/picture/${encodeURIComponent(kind)}/${encodeURIComponent(file)}`;
    const { photo, frames } = await page.evaluate(readInPage, { url, n_frames: N_FRAMES });
    lines.push({ name, want, photo: photo.sightings, frames: frames.map((frame) => frame.sightings) });
    times.set(name, { kind, photoMs: photo.decode_ms, frameMs: frames.map((frame) => frame.decode_ms) });
    if (process.stderr.isTTY) process.stderr.write(`\r${lines.length} of ${todo.length}`);
  }
} finally {
  await browser.close();
  server.close();
  rmSync(directory, { recursive: true });
}
if (process.stderr.isTTY) process.stderr.write('\n');
const wanted = new Map(lines.map(({ name, want }) => [name, want]));
report(judge(lines).map((verdict) => ({ ...verdict, ...times.get(verdict.name), want: wanted.get(verdict.name) })));
console.log(`\n${availableParallelism()} processors, load ${loadavg()[0].toFixed(1)}.`);
