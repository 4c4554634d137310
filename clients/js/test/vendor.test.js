import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

const vendor = new URL('../vendor/msgpack/', import.meta.url);
const npm = new URL('../node_modules/@msgpack/msgpack/', import.meta.url);

test('The vendored files are those of the npm package of the version noted', () => {
  const files = readdirSync(vendor, { recursive: true }).map(String).filter((file) => file.endsWith('.mjs'));
  assert.equal(files.length, 11);
  for (const file of files) assert.equal(readFileSync(new URL(file, vendor), 'utf8'), readFileSync(new URL(`dist.esm/${file}`, npm), 'utf8'), file);
  assert.equal(readFileSync(new URL('LICENSE', vendor), 'utf8'), readFileSync(new URL('LICENSE', npm), 'utf8'));

  const { version } = JSON.parse(readFileSync(new URL('package.json', npm), 'utf8'));
  assert.match(readFileSync(new URL('VERSION.md', vendor), 'utf8'), new RegExp(`^# @msgpack/msgpack ${version.replaceAll('.', '\\.')}\n`));
});

test('Every module that the client imports is in the package', () => {
  const { files, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const seen = new Set();
  const walk = (url) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, path] of readFileSync(url, 'utf8').matchAll(/^(?:import|export) [^;]*?from ["']([^"']+)["']/gm)) {
      assert.match(path, /^\.{1,2}\//, `${url} imports ${path}: only relative paths work in browsers`);
      walk(new URL(path, url));
    }
  };
  walk(new URL(`../${exports['.'].default}`, import.meta.url));
  const root = new URL('..', import.meta.url).href;
  for (const href of seen) assert.ok(files.includes(href.slice(root.length).split('/')[0]), href);
});
