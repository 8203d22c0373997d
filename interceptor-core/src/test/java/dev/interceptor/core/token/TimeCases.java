package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.TokenRejection.Reason.EXPIRED;
import static dev.interceptor.core.token.TokenRejection.Reason.LIFETIME_TOO_LONG;
import static dev.interceptor.core.token.TokenRejection.Reason.MALFORMED;
import static dev.interceptor.core.token.TokenRejection.Reason.NOT_YET_VALID;
import static dev.interceptor.core.token.VectorCase.NOW_MS;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.util.ArrayList;
import java.util.List;

/// `iat`, `nbf` and `exp`.
final class TimeCases {
  private static final String TIME = "RFC 7519 §4.1";

  private TimeCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    cases.addAll(numbers());
    cases.addAll(times());
    cases.addAll(lifetimes());
    return cases;
  }

  private static List<VectorCase> numbers() {
    List<VectorCase> cases = new ArrayList<>();
    for (String seconds :
        List.of(
            "1800000005.5",
            "-1",
            "1e15",
            "253402300800",
            "1e400",
            "01800000005",
            "+1800000005",
            "0x6B49D205",
            "1800000005.",
            "Infinity",
            "18000000050000000000000")) {
      cases.add(
          refused(
              "claim-exp-" + seconds,
              MALFORMED,
              "`exp` is " + seconds,
              TIME,
              good().withClaim("exp", seconds).text()));
    }
    for (String seconds :
        List.of("1800000005.0", "1.800000005e9", "1800000005E0", "18000000050e-1")) {
      cases.add(
          accepted(
              "claim-exp-" + seconds,
              "`exp` as " + seconds + ": the value counts",
              TIME,
              good().withClaim("exp", seconds).text()));
    }
    cases.add(
        accepted(
                "claim-iat-minus-zero",
                "the beginning of 1970, and the verifier lives then",
                TIME,
                good()
                    .withPayload(
                        CraftedToken.object(CraftedToken.claims())
                            .replace("\"iat\":1800000000", "\"iat\":-0")
                            .replace("1800000000", "0")
                            .replace("1800000005", "5"))
                    .text())
            .at(0)
            .guardedBy(100, -10_000));
    return cases;
  }

  private static List<VectorCase> times() {
    return List.of(
        clock("nbf", 0, "at `nbf` without leeway", 0),
        untimely(NOT_YET_VALID, "nbf-1ms", -1, "a millisecond before `nbf`", 0),
        untimely(NOT_YET_VALID, "nbf-1s", -1_000, "a second before `nbf`", 0),
        clock("nbf-leeway", -1_000, "at `nbf` - leeway", 1),
        untimely(NOT_YET_VALID, "nbf-leeway-1ms", -1_001, "a millisecond before that", 1),
        clock("nbf-leeway-2", -2_000, "at `nbf` - the most leeway", 2),
        untimely(NOT_YET_VALID, "nbf-leeway-2-1s", -3_000, "a second before that", 2),
        clock("exp-1ms", 4_999, "a millisecond before `exp`", 0),
        untimely(EXPIRED, "exp", 5_000, "at `exp`", 0),
        untimely(EXPIRED, "exp+1s", 6_000, "a second after `exp`", 0),
        clock("exp-leeway-1ms", 5_999, "a millisecond before `exp` + leeway", 1),
        untimely(EXPIRED, "exp-leeway", 6_000, "at `exp` + leeway", 1),
        clock("exp-leeway-2-1ms", 6_999, "a millisecond before `exp` + the most leeway", 2),
        untimely(EXPIRED, "exp-leeway-2", 7_000, "at `exp` + the most leeway", 2),
        refused(
                "iat-in-future",
                NOT_YET_VALID,
                "`iat` is later than now, `nbf` is not",
                TIME,
                good().withClaim("iat", "1800000001").text())
            .within(0, 60),
        refused(
                "nbf-in-future",
                NOT_YET_VALID,
                "`nbf` is later than now, `iat` is not",
                TIME,
                good().withClaim("nbf", "1800000001").text())
            .within(0, 60),
        accepted(
            "nbf-before-iat", "`nbf` lies before `iat`", TIME, good().withClaim("nbf", "1").text()),
        refused(
            "exp-before-iat",
            EXPIRED,
            "`exp` lies before `iat`",
            TIME,
            good().withClaim("exp", "1799999999").text()),
        refused("exp-zero", EXPIRED, "`exp` is 0", TIME, good().withClaim("exp", "0").text()),
        refused(
            "future-and-expired",
            NOT_YET_VALID,
            "the beginning is looked at first",
            TIME,
            good().withTimes(1_800_000_010, 1_800_000_010, 1_800_000_000).text()));
  }

  private static VectorCase clock(String id, long offsetMs, String shows, int leeway) {
    return accepted("time-" + id, shows, TIME, good().text())
        .at(NOW_MS + offsetMs)
        .within(leeway, 60);
  }

  private static VectorCase untimely(
      TokenRejection.Reason reason, String id, long offsetMs, String shows, int leeway) {
    return refused("time-" + id, reason, shows, TIME, good().text())
        .at(NOW_MS + offsetMs)
        .within(leeway, 60);
  }

  private static List<VectorCase> lifetimes() {
    return List.of(
        accepted(
            "lifetime-60", "the longest life", TIME, good().withClaim("exp", "1800000060").text()),
        refused(
            "lifetime-61",
            LIFETIME_TOO_LONG,
            "a second more",
            TIME,
            good().withClaim("exp", "1800000061").text()),
        accepted("lifetime-own-limit", "the verifier's own limit", TIME, good().text())
            .within(0, 5),
        refused(
                "lifetime-own-limit-1",
                LIFETIME_TOO_LONG,
                "a second more than that",
                TIME,
                good().withClaim("exp", "1800000006").text())
            .within(0, 5),
        refused(
            "lifetime-from-iat",
            LIFETIME_TOO_LONG,
            "counted from `iat`, not from `nbf`",
            TIME,
            good().withTimes(1_799_999_944, 1_800_000_000, 1_800_000_005).text()),
        refused(
            "lifetime-year-9999",
            LIFETIME_TOO_LONG,
            "the last second of the year 9999",
            TIME,
            good().withClaim("exp", "253402300799").text()));
  }
}
