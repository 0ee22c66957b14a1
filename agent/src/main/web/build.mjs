// Builds the page: one HTML file with all of its script and style. `--check` compares it with the committed one,
// `--tests` bundles the unit tests into target/test.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, '../resources/io/efka/fleet/dashboard/dashboard.html');

/** Whoever opens the page loads it over whatever network there is: a phone in a plant, a modem at sea. */
const MAX_BYTES = 150 * 1024;
const MAX_ZIPPED_BYTES = 50 * 1024;

/** What is in the page and by whom, with the licences that ask for it. */
const GUESTS = ['preact'];

async function bundle(entry, options) {
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    write: false,
    target: ['chrome123', 'firefox120', 'safari17.5'], // the first ones with light-dark() in style sheets
    ...options,
  });
  return result.outputFiles[0].text.trim();
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function licences() {
  return GUESTS.map((name) => {
    const folder = join(here, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}`;
  }).join('\n\n---\n\n');
}

async function buildPage() {
  const bundled = await bundle('src/main.tsx', {
    minifySyntax: true,
    format: 'iife',
    legalComments: 'none',
    charset: 'utf8',
    // Not the automatic runtime of tsconfig.json, which makes the page larger.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: ['src/jsx.ts'],
  });
  // esbuild bundles; terser makes the script 4 % smaller than esbuild does.
  const { code: script } = await minify(bundled, {
    ecma: 2020,
    compress: { passes: 3, pure_getters: true, unsafe_arrows: true },
    format: { comments: false, ecma: 2020 },
  });
  const style = await bundle('src/styles/main.css', { minify: true, legalComments: 'none' });
  if (/<\/(script|style)/i.test(script + style) || script.includes('<!--')) throw new Error('the script would end its element');
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    'connect-src ws: wss:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const parts = { LICENCES: licences(), POLICY: policy, STYLE: style, SCRIPT: script };
  return readFileSync(join(here, 'src/page.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

if (process.argv.includes('--tests')) {
  const tests = readdirSync(join(here, 'test')).filter((name) => /\.test\.tsx?$/.test(name));
  await build({
    absWorkingDir: here,
    entryPoints: tests.map((name) => join('test', name)),
    outdir: 'target/test',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    sourcemap: 'inline',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
} else {
  const html = await buildPage();
  const zipped = gzipSync(html, { level: 9 }).length;
  console.log(`${html.length} characters, ${Buffer.byteLength(html)} bytes, ${zipped} zipped`);
  if (Buffer.byteLength(html) > MAX_BYTES || zipped > MAX_ZIPPED_BYTES) {
    throw new Error(`the page is larger than ${MAX_BYTES} bytes, or ${MAX_ZIPPED_BYTES} zipped`);
  }
  if (process.argv.includes('--check')) {
    if (readFileSync(page, 'utf8') !== html) throw new Error(`${page} is not what its sources make: run "npm run build" and commit it`);
  } else {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, html);
  }
}
