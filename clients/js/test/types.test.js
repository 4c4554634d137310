import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import * as client from '../fastchat.js';

const types = readFileSync(new URL('../fastchat.d.ts', import.meta.url), 'utf8');

test('Every export, and every member of the classes, is declared', () => {
  for (const [name, exported] of Object.entries(client)) {
    const declared = types.match(new RegExp(`export declare class ${name}[ <][^]*?\\n}`))?.[0];
    assert.ok(declared, name);
    for (const member of Object.getOwnPropertyNames(exported.prototype)) {
      assert.match(declared, new RegExp(`^  (readonly |private )?${member}(\\(|:)`, 'm'), `${name}.${member}`);
    }
  }
});

test('Every option with a default is declared with it', () => {
  const source = readFileSync(new URL('../lib/client.js', import.meta.url), 'utf8');
  const defaults = [...source.matchAll(/^  (\w+): ([\d_]+),/gm)];
  assert.equal(defaults.length, 10);
  for (const [, name, value] of defaults) {
    const written = Number(value.replaceAll('_', '')).toLocaleString('en-US');
    assert.match(types, new RegExp(`${written}\\. \\*/\\n  ${name}\\?: number;`), name);
  }
});
