import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { compactVerify } from 'jose';
import type { CryptoKey } from 'jose';
import { decodeBase64url } from './base64url.ts';
import { readClaims } from './claims.ts';
import type { TokenClaims } from './claims.ts';
import { isSmallOrder } from './ed25519.ts';
import { KEY_NAME } from './jwk-set.ts';
import type { ReplayGuard } from './replay-guard.ts';
import { isObject, member, parseStrict } from './strict-json.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** Why a token was refused, in the order in which a verifier looks. For logs and tests only. */
export type Reason =
  | 'MISSING'
  | 'MALFORMED'
  | 'WRONG_ALGORITHM'
  | 'WRONG_TYPE'
  | 'FORBIDDEN_HEADER'
  | 'UNKNOWN_KEY'
  | 'KEYS_UNAVAILABLE'
  | 'BAD_SIGNATURE'
  | 'WRONG_ISSUER'
  | 'WRONG_AUDIENCE'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'LIFETIME_TOO_LONG'
  | 'WRONG_TOOL'
  | 'WRONG_ARGUMENTS'
  | 'WRONG_REQUEST'
  | 'REPLAYED'
  | 'REPLAY_UNCERTAIN'
  | 'REPLAY_GUARD_FULL'
  | 'REPLAY_GUARD_UNAVAILABLE';

export type Verification =
  | { readonly accepted: true; readonly claims: TokenClaims }
  | { readonly accepted: false; readonly reason: Reason };

/** The call that a tool server received and is about to execute. */
export interface ExpectedCall {
  /** The server's own canonical URI. */
  readonly audience: string;
  readonly tool: string;
  /** As received; absent and null are `{}`. */
  readonly arguments?: JsonValue | undefined;
  /** As received; undefined is what the call does not carry, null is a value. */
  readonly inputResponses?: JsonValue | undefined;
  readonly requestState?: JsonValue | undefined;
}

/** Where the issuer's keys come from. It throws if it cannot say. */
export interface KeySource {
  find(kid: string): Promise<CryptoKey | undefined> | CryptoKey | undefined;
}

export interface VerifierOptions {
  readonly issuer: string;
  readonly keys: KeySource;
  readonly guard: ReplayGuard;
  /** How far the issuer's clock may differ, whole seconds from 0 to 2. */
  readonly leewaySeconds?: number;
  /** The most that may lie between `iat` and `exp`, whole seconds from 1 to 60. */
  readonly maxLifetimeSeconds?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const MAX_LENGTH = 8192;
const HEADER_LIMITS = { depth: 4, bytes: 1024 };
const PAYLOAD_LIMITS = { depth: 8, bytes: MAX_LENGTH };
const HEADER_MEMBERS = ['alg', 'typ', 'kid'];

class Refused extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

/**
 * Decides whether a token authorizes the call that a tool server received (docs/token.md).
 *
 * A value for every input, never an exception; each token accepted at most once; the token chooses
 * neither algorithm nor key source.
 */
export class TokenVerifier {
  private readonly leewayMs: number;
  private readonly maxLifetimeMs: number;
  private readonly now: () => number;

  constructor(private readonly options: VerifierOptions) {
    this.leewayMs = seconds('leeway', options.leewaySeconds ?? 1, 0, 2);
    this.maxLifetimeMs = seconds('maximum lifetime', options.maxLifetimeSeconds ?? 60, 1, 60);
    this.now = options.now ?? Date.now;
  }

  /** Verifies a token and uses it up. Without `Bearer`; undefined and empty mean that there is none. */
  async verify(token: string | undefined, call: ExpectedCall): Promise<Verification> {
    try {
      return { accepted: true, claims: await this.accept(token, call) };
    } catch (e) {
      return { accepted: false, reason: e instanceof Refused ? e.reason : 'MALFORMED' };
    }
  }

  private async accept(token: string | undefined, call: ExpectedCall): Promise<TokenClaims> {
    if (token === undefined || token === '') {
      throw new Refused('MISSING');
    }
    const segments = token.length > MAX_LENGTH ? [] : token.split('.', 4);
    const [header, payload, signature] = segments.map(decodeBase64url);
    if (segments.length !== 3 || !header || !payload || !signature) {
      throw new Refused('MALFORMED');
    }
    const kid = checkHeader(objectOf(header, HEADER_LIMITS));
    await this.checkSignature(token, kid, signature);
    const claims = readClaims(objectOf(payload, PAYLOAD_LIMITS));
    if (claims === undefined) {
      throw new Refused('MALFORMED');
    }
    this.checkClaims(claims, call);
    await this.useUp(claims);
    return claims;
  }

  private async checkSignature(token: string, kid: string, signature: Uint8Array): Promise<void> {
    let key: CryptoKey | undefined;
    try {
      key = await this.options.keys.find(kid);
    } catch {
      throw new Refused('KEYS_UNAVAILABLE');
    }
    if (key === undefined) {
      throw new Refused('UNKNOWN_KEY');
    }
    if (signature.length !== 64 || isSmallOrder(signature)) {
      throw new Refused('BAD_SIGNATURE');
    }
    try {
      await compactVerify(token, key, { algorithms: ['EdDSA'] });
    } catch {
      throw new Refused('BAD_SIGNATURE');
    }
  }

  private checkClaims(claims: TokenClaims, call: ExpectedCall): void {
    refuseUnless(claims.issuer === this.options.issuer, 'WRONG_ISSUER');
    refuseUnless(claims.audience === call.audience, 'WRONG_AUDIENCE');
    const now = this.now();
    refuseUnless(now >= this.start(claims), 'NOT_YET_VALID');
    refuseUnless(now < this.end(claims), 'EXPIRED');
    refuseUnless((claims.expiresAt - claims.issuedAt) * 1000 <= this.maxLifetimeMs, 'LIFETIME_TOO_LONG');
    refuseUnless(claims.tool === call.tool, 'WRONG_TOOL');
    refuseUnless(claims.argumentsDigest === digest(call.arguments ?? {}), 'WRONG_ARGUMENTS');
    refuseUnless(claims.requestDigest === requestDigest(call), 'WRONG_REQUEST');
  }

  private async useUp(claims: TokenClaims): Promise<void> {
    let use;
    try {
      use = await this.options.guard.use(claims.id, this.start(claims), this.end(claims));
    } catch {
      throw new Refused('REPLAY_GUARD_UNAVAILABLE');
    }
    refuseUnless(use !== 'REPLAYED', 'REPLAYED');
    refuseUnless(use !== 'UNCERTAIN', 'REPLAY_UNCERTAIN');
    refuseUnless(use !== 'FULL', 'REPLAY_GUARD_FULL');
    refuseUnless(use === 'FIRST_USE', 'REPLAY_GUARD_UNAVAILABLE');
  }

  /** The first instant at which the token is good here, milliseconds since 1970. */
  private start(claims: TokenClaims): number {
    return Math.max(claims.issuedAt, claims.notBefore) * 1000 - this.leewayMs;
  }

  /** The first instant at which it no longer is. */
  private end(claims: TokenClaims): number {
    return claims.expiresAt * 1000 + this.leewayMs;
  }
}

/** SHA-256 of the RFC 8785 form, as 64 lower-case hex digits. */
export function digest(value: JsonValue): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

/** The RFC 8785 form of a value that passed the strict gate. */
export function canonical(value: JsonValue): string {
  return canonicalize(value) as string;
}

function requestDigest(call: ExpectedCall): string | undefined {
  const carried: JsonObject = {};
  if (call.inputResponses !== undefined) {
    carried['inputResponses'] = call.inputResponses;
  }
  if (call.requestState !== undefined) {
    carried['requestState'] = call.requestState;
  }
  return Object.keys(carried).length === 0 ? undefined : digest(carried);
}

function objectOf(text: Uint8Array, limits: { depth: number; bytes: number }): JsonObject {
  const value = parseStrict(text, limits);
  if (!isObject(value)) {
    throw new Refused('MALFORMED');
  }
  return value;
}

/** @returns the key's name */
function checkHeader(header: JsonObject): string {
  refuseUnless(member(header, 'alg') === 'EdDSA', 'WRONG_ALGORITHM');
  refuseUnless(member(header, 'typ') === 'tool-call+jwt', 'WRONG_TYPE');
  refuseUnless(Object.keys(header).every((name) => HEADER_MEMBERS.includes(name)), 'FORBIDDEN_HEADER');
  const kid = member(header, 'kid');
  if (typeof kid !== 'string' || !KEY_NAME.test(kid)) {
    throw new Refused('UNKNOWN_KEY');
  }
  return kid;
}

function refuseUnless(condition: boolean, reason: Reason): void {
  if (!condition) {
    throw new Refused(reason);
  }
}

function seconds(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be ${least} to ${most} whole seconds, got ${value}`);
  }
  return value * 1000;
}
