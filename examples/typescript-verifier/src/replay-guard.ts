/**
 * What a guard knows about an id: never seen and remembered from now on; seen before or too old; no
 * room; not known, but its life began before this guard's memory did.
 */
export type Use = 'FIRST_USE' | 'REPLAYED' | 'FULL' | 'UNCERTAIN';

/**
 * Remembers which tokens were used, for as long as they could be used again. Of any number of
 * concurrent calls with one id, at most one answers `FIRST_USE`. Replicas of one server need one
 * guard between them: implement this on a store they share, such as Redis.
 */
export interface ReplayGuard {
  /**
   * Records the use of a token whose other checks have all passed.
   *
   * @param id the token's `jti`
   * @param from the first instant at which it can have been used, milliseconds since 1970
   * @param until the first instant at which it is refused for its age alone
   */
  use(id: string, from: number, until: number): Promise<Use> | Use;
}

/**
 * A guard in this process's memory, which begins with it: tokens that may have been used before
 * are `UNCERTAIN`, so that a restart forgives no replay. It refuses when it is full.
 */
export class InMemoryReplayGuard implements ReplayGuard {
  private readonly used = new Set<string>();
  private readonly bySecond = new Map<number, string[]>();
  private forgotten: number;
  private readonly since: number;

  /** @param since no token for this audience was used before, milliseconds since 1970 */
  constructor(
    private readonly capacity = 100_000,
    private readonly now: () => number = Date.now,
    since?: number,
  ) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`a replay guard remembers at least 1 id, got ${capacity}`);
    }
    this.since = since ?? now();
    this.forgotten = Number.NEGATIVE_INFINITY;
  }

  use(id: string, from: number, until: number): Use {
    const second = Math.ceil(until / 1000);
    this.forgetUntil(Math.floor(this.now() / 1000));
    if (second <= this.forgotten || this.used.has(id)) {
      return 'REPLAYED';
    }
    if (from < this.since) {
      return 'UNCERTAIN';
    }
    if (this.used.size >= this.capacity) {
      return 'FULL';
    }
    this.used.add(id);
    const sameSecond = this.bySecond.get(second);
    if (sameSecond === undefined) {
      this.bySecond.set(second, [id]);
    } else {
      sameSecond.push(id);
    }
    return 'FIRST_USE';
  }

  /** As many seconds are looked at as a token can live. What was forgotten stays so when the clock is set back. */
  private forgetUntil(now: number): void {
    if (now <= this.forgotten) {
      return;
    }
    this.forgotten = now;
    for (const [second, ids] of this.bySecond) {
      if (second <= now) {
        ids.forEach((id) => this.used.delete(id));
        this.bySecond.delete(second);
      }
    }
  }
}
