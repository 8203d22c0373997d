import type { CryptoKey } from 'jose';
import { parseKeys } from './jwk-set.ts';
import type { Keys } from './jwk-set.ts';
import type { KeySource } from './verifier.ts';

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 2_000;
const MAX_AGE_SECONDS = 60;
const BURST = 5;
const LOOPBACK = /^(?:localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\])$/;
const DIRECTIVE = /(?:^|,)\s*(?:no-store|no-cache|max-age\s*=\s*"?([0-9]{1,9})"?)\s*(?=,|$)/gi;

export interface RemoteKeysOptions {
  /** Trusts whoever answers on the way: for networks that protect it by other means. */
  readonly insecureHttp?: boolean;
  /** A clock that is never set back, milliseconds. */
  readonly now?: () => number;
}

/**
 * The issuer's key set over HTTP, from one URL and no other: redirects are refused.
 *
 * A set is used for as long as its `max-age` says, less its `Age`, 1 to 60 s; 60 s where nothing is
 * said. A name that it
 * does not have is looked up again at once, at most five times in a row and then once a second.
 * Without a fresh set nobody gets a key.
 */
export class RemoteKeys implements KeySource {
  private readonly url: URL;
  private keys: Keys = new Map();
  private freshUntil = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private permits = BURST;
  private permitsAt: number;
  private readonly now: () => number;

  /** @param url `https:`, or `http:` to this machine */
  constructor(url: string | URL, options: RemoteKeysOptions = {}) {
    this.url = new URL(url);
    const { protocol, hostname, username, password } = this.url;
    const isLocal = options.insecureHttp === true || LOOPBACK.test(hostname);
    if (!(protocol === 'https:' || (protocol === 'http:' && isLocal)) || username || password) {
      throw new TypeError(
        'the URL of the keys is https without user info, or http to localhost; insecureHttp allows http elsewhere',
      );
    }
    this.now = options.now ?? (() => performance.now());
    this.permitsAt = this.now();
  }

  async find(kid: string): Promise<CryptoKey | undefined> {
    let known = this.known(kid);
    if (known === undefined && this.fetching !== undefined) {
      await this.fetching.catch(() => undefined);
      known = this.known(kid);
    }
    // Whatever runs now began after the name was asked for, so it sees a key that was new then.
    if (known === undefined && (this.fetching !== undefined || this.hasPermit())) {
      this.fetching ??= this.fetch().finally(() => {
        this.fetching = undefined;
      });
      await this.fetching.catch(() => undefined);
    }
    if (!this.isFresh()) {
      throw new Error('no fresh key set');
    }
    return this.keys.get(kid);
  }

  private known(kid: string): CryptoKey | undefined {
    return this.isFresh() ? this.keys.get(kid) : undefined;
  }

  private isFresh(): boolean {
    return this.now() < this.freshUntil;
  }

  /** A bucket of five permits that gains one a second. */
  private hasPermit(): boolean {
    const now = this.now();
    this.permits = Math.min(BURST, this.permits + (now - this.permitsAt) / 1000);
    this.permitsAt = now;
    if (this.permits < 1) {
      return false;
    }
    this.permits--;
    return true;
  }

  private async fetch(): Promise<void> {
    const asked = this.now();
    const response = await fetch(this.url, {
      redirect: 'error',
      headers: { accept: 'application/json', 'cache-control': 'no-cache' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`the keys answered ${response.status}`);
    }
    const keys = await parseKeys(await bounded(response));
    this.keys = keys;
    this.freshUntil = asked + lifetime(response.headers) * 1000;
  }
}

async function bounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) {
      throw new Error(`the key set is longer than ${MAX_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The shortest of what `Cache-Control` allows, less the `Age` that a cache on the way reports
 * (RFC 9111 §4.2, §5.1), between 1 s and 60 s; 60 s where it says nothing.
 */
function lifetime(headers: Headers): number {
  let seconds = MAX_AGE_SECONDS;
  for (const [, age] of (headers.get('cache-control') ?? '').matchAll(DIRECTIVE)) {
    seconds = Math.min(seconds, Number(age ?? 0));
  }
  const age = headers.get('age') ?? '0';
  return Math.max(/^[0-9]{1,9}$/.test(age) ? seconds - Number(age) : 0, 1);
}
