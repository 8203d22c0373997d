package dev.interceptor.server.upstream;

/// How often something may happen: a number at once, then so many a second. Not thread-safe.
final class Allowance {
  private final double most;
  private final double perSecond;
  private double left;
  private long lookedAt;

  Allowance(int atOnce, double perSecond) {
    this.most = atOnce;
    this.left = atOnce;
    this.perSecond = perSecond;
    this.lookedAt = System.nanoTime();
  }

  boolean take() {
    long now = System.nanoTime();
    left = Math.min(most, left + (now - lookedAt) / 1e9 * perSecond);
    lookedAt = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
