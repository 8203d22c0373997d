import { member } from './strict-json.ts';
import type { JsonObject } from './strict-json.ts';

/** What a token says: who may make which call where, and until when (docs/token.md). */
export interface TokenClaims {
  readonly issuer: string;
  readonly session: string;
  readonly customer: string | undefined;
  readonly audience: string;
  /** Seconds since 1970, as are the next two. */
  readonly issuedAt: number;
  readonly notBefore: number;
  readonly expiresAt: number;
  readonly id: string;
  readonly tool: string;
  readonly argumentsDigest: string;
  readonly requestDigest: string | undefined;
  readonly definitionDigest: string | undefined;
  readonly policyDigest: string | undefined;
  readonly decision: string | undefined;
}

const SHORT_TEXT = /^[\x21-\x7e]{1,128}$/;
const CUSTOMER = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const SCOPE = /^tool:[A-Za-z0-9_./-]{1,128}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const ANY = /^/;

/** The last second of the year 9999. */
const MAX_SECOND = 253_402_300_799;

class NotAClaim extends Error {}

/** @returns undefined if a claim is absent or not what it should be */
export function readClaims(payload: JsonObject): TokenClaims | undefined {
  try {
    return {
      issuer: required(payload, 'iss', ANY),
      session: required(payload, 'sub', SHORT_TEXT),
      customer: optional(payload, 'client_id', CUSTOMER),
      audience: required(payload, 'aud', ANY),
      issuedAt: second(payload, 'iat'),
      notBefore: second(payload, 'nbf'),
      expiresAt: second(payload, 'exp'),
      id: required(payload, 'jti', SHORT_TEXT),
      tool: required(payload, 'scope', SCOPE).slice('tool:'.length),
      argumentsDigest: required(payload, 'p_hash', DIGEST),
      requestDigest: optional(payload, 'r_hash', DIGEST),
      definitionDigest: optional(payload, 'tool_hash', DIGEST),
      policyDigest: optional(payload, 'policy', DIGEST),
      decision: optional(payload, 'decision', SHORT_TEXT),
    };
  } catch (e) {
    if (e instanceof NotAClaim) {
      return undefined;
    }
    throw e;
  }
}

function optional(payload: JsonObject, name: string, syntax: RegExp): string | undefined {
  const value = member(payload, name);
  if (value !== undefined && (typeof value !== 'string' || !syntax.test(value))) {
    throw new NotAClaim(name);
  }
  return value;
}

function required(payload: JsonObject, name: string, syntax: RegExp): string {
  const value = optional(payload, name, syntax);
  if (value === undefined) {
    throw new NotAClaim(name);
  }
  return value;
}

function second(payload: JsonObject, name: string): number {
  const value = member(payload, name);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_SECOND) {
    throw new NotAClaim(name);
  }
  return value;
}
