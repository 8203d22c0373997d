package dev.interceptor.server.targets;

/// Limits as the file has them: `{requests_per_second, burst, concurrent}`.
final class LimitMembers {
  private static final int MOST = 1_000_000;

  private LimitMembers() {}

  static Limits read(Members members) {
    double rate =
        members.number("requests_per_second", 0, 0.001, MOST, "0.001 to 1000000 requests");
    if (members.has("burst") && !members.has("requests_per_second")) {
      members.problem("burst", "has a meaning with `requests_per_second` only: write both");
    }
    int burst = members.integer("burst", (int) Math.ceil(rate), 1, MOST);
    int concurrent = members.integer("concurrent", 0, 1, MOST);
    members.nothingElse();
    return rate == 0 ? new Limits(0, 0, concurrent) : new Limits(rate, burst, concurrent);
  }
}
