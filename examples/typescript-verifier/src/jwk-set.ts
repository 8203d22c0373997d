import { importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { decodeBase64url } from './base64url.ts';
import { isStrictPoint } from './ed25519.ts';
import { isObject, member, parseStrict } from './strict-json.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** Public Ed25519 keys by name. */
export type Keys = ReadonlyMap<string, CryptoKey>;

export const KEY_NAME = /^[\x21-\x7e]{1,128}$/;

const LIMITS = { depth: 8, bytes: 64 * 1024 };

/**
 * Reads a JWK Set (RFC 7517, RFC 8037) in which every key is a public Ed25519 signature key with a
 * name of its own; one key that is anything else refuses the set.
 */
export async function parseKeys(text: Uint8Array): Promise<Keys> {
  const set = parseStrict(text, LIMITS);
  const list = isObject(set) ? member(set, 'keys') : undefined;
  if (!Array.isArray(list)) {
    throw new Error('a JWK set is an object with an array named `keys`');
  }
  const keys = new Map<string, CryptoKey>();
  for (const [index, jwk] of list.entries()) {
    const fault = keyFault(jwk, keys);
    if (fault !== undefined) {
      throw new Error(`key ${index} of the set ${fault}`);
    }
    const { kid, x } = jwk as { kid: string; x: string };
    keys.set(kid, (await importJWK({ kty: 'OKP', crv: 'Ed25519', x }, 'EdDSA')) as CryptoKey);
  }
  return keys;
}

function keyFault(jwk: JsonValue, others: Keys): string | undefined {
  if (!isObject(jwk) || member(jwk, 'kty') !== 'OKP' || member(jwk, 'crv') !== 'Ed25519') {
    return 'is not an OKP key on Ed25519';
  }
  if (member(jwk, 'd') !== undefined) {
    return 'is a private key';
  }
  const kid = member(jwk, 'kid');
  if (typeof kid !== 'string' || !KEY_NAME.test(kid)) {
    return 'has no `kid` of 1-128 visible ASCII characters';
  }
  if (others.has(kid)) {
    return 'has the name of another';
  }
  if (!isForVerifying(jwk)) {
    return 'is not for EdDSA signatures';
  }
  const x = member(jwk, 'x');
  const point = typeof x === 'string' ? decodeBase64url(x) : undefined;
  return point !== undefined && isStrictPoint(point)
    ? undefined
    : 'is not 32 bytes, canonical, on the curve and not of small order';
}

function isForVerifying(jwk: JsonObject): boolean {
  const operations = member(jwk, 'key_ops');
  return (
    [undefined, 'sig'].includes(member(jwk, 'use') as string | undefined) &&
    [undefined, 'EdDSA'].includes(member(jwk, 'alg') as string | undefined) &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')))
  );
}
