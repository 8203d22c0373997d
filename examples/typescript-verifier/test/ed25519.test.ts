/** Published vectors, from the folder that VECTORS names; skipped without it. */
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import canonicalize from 'canonicalize';
import { isSmallOrder, isStrictPoint } from '../src/ed25519.ts';

const folder = process.env['VECTORS'] ?? '';
const skip = !existsSync(join(folder, 'ed25519')) && 'no vectors';
const hex = (text: string) => Buffer.from(text, 'hex');
const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

async function verifies(point: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (!isStrictPoint(point) || signature.length !== 64 || isSmallOrder(signature)) {
    return false;
  }
  const key = await webcrypto.subtle.importKey('raw', point, 'Ed25519', false, ['verify']);
  return webcrypto.subtle.verify('Ed25519', key, signature, message);
}

test('of the cases of speccheck, those are accepted that "Dalek strict" accepts', { skip }, async () => {
  const cases = json('ed25519/speccheck/cases.json') as { pub_key: string; message: string; signature: string }[];
  const accepted = [];
  for (const [index, one] of cases.entries()) {
    if (await verifies(hex(one.pub_key), hex(one.message), hex(one.signature))) {
      accepted.push(index);
    }
  }
  assert.deepEqual(accepted, [3]);
});

test('the cases of Wycheproof get their verdicts', { skip }, async () => {
  for (const group of json('ed25519/wycheproof/ed25519_test.json').testGroups) {
    for (const one of group.tests) {
      const accepted = await verifies(hex(group.publicKey.pk), hex(one.msg), hex(one.sig));
      assert.equal(accepted, one.result === 'valid', `${one.tcId}: ${one.comment}`);
    }
  }
});

test('canonicalize writes the numbers of RFC 8785', { skip }, () => {
  const lines = gunzipSync(readFileSync(join(folder, 'jcs/es6_first_100000.txt.gz'))).toString().trim();
  for (const line of lines.split('\n')) {
    const [bits = '', text] = line.split(',');
    const buffer = Buffer.alloc(8);
    buffer.writeBigUInt64BE(BigInt(`0x${bits}`));
    assert.equal(canonicalize(buffer.readDoubleBE()), text);
  }
});
