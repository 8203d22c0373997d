package dev.interceptor.server.admin;

import dev.interceptor.server.audit.AuditEntries;
import dev.interceptor.server.audit.AuditEntries.Placed;
import dev.interceptor.server.audit.AuditFilter;
import dev.interceptor.server.audit.AuditFilter.Match;
import dev.interceptor.server.audit.AuditFilter.Which;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import dev.interceptor.server.identity.KeyRole;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `/admin/api/v1/audit`: entries of the audit log, newest first, page by page. What is on record
/// of calls' arguments is for those who decide, not for viewers. SPEC §9 and §10.
public final class AuditEndpoint {
  private static final long PAGE = 50;
  private static final Map<String, Match> MATCHES =
      Arrays.stream(Match.values()).collect(Collectors.toMap(Match::word, match -> match));
  private static final List<String> OTHERS = List.of("since", "until", "which", "before", "limit");

  private final RequestGate gate;
  private final AuditEntries entries;

  public AuditEndpoint(RequestGate gate, AuditEntries entries) {
    this.gate = gate;
    this.entries = entries;
  }

  public void list(Context context) {
    var exchange = new Exchange(context);
    gate.admitKnown(
        exchange,
        known -> {
          Function<Placed, String> json =
              known.role() == KeyRole.VIEWER ? Placed::jsonWithoutArguments : Placed::json;
          long limit = number(context, "limit", 1, AuditEntries.LONGEST_PAGE).orElse(PAGE);
          Optional<Long> before = number(context, "before", 0, Long.MAX_VALUE);
          List<Placed> found = entries.page(filter(context), before, (int) limit);
          exchange.jsonText(200, page(found, limit, json));
        });
  }

  /// `next_before` is missing on the last page.
  private static String page(List<Placed> found, long limit, Function<Placed, String> json) {
    String list = found.stream().map(json).collect(Collectors.joining(","));
    String next =
        found.size() < limit || found.getLast().idx() == 0
            ? ""
            : ",\"next_before\":" + found.getLast().idx();
    return "{\"entries\":[" + list + "]" + next + "}";
  }

  private static AuditFilter filter(Context context) {
    AuditFilter filter = AuditFilter.ALL;
    try {
      for (String name : context.queryParamMap().keySet()) {
        String value = single(context, name);
        Match match = MATCHES.get(name);
        if (match != null) {
          filter = filter.with(match, value);
        } else if (!OTHERS.contains(name)) {
          throw new IllegalArgumentException(
              "unknown parameter: write only "
                  + Stream.concat(MATCHES.keySet().stream().sorted(), OTHERS.stream())
                      .collect(Collectors.joining(", ")));
        }
      }
      return new AuditFilter(
          filter.equal(),
          text(context, "since").map(text -> AuditFilter.instant("since", text)),
          text(context, "until").map(text -> AuditFilter.instant("until", text)),
          text(context, "which").map(AuditEndpoint::which).orElse(Which.EVERY));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Which which(String word) {
    return switch (word) {
      case "unpermitted" -> Which.UNPERMITTED;
      case "unexecuted" -> Which.UNEXECUTED;
      default ->
          throw new IllegalArgumentException("`which` is unknown: write unpermitted or unexecuted");
    };
  }

  private static Optional<String> text(Context context, String name) {
    return context.queryParamMap().containsKey(name)
        ? Optional.of(single(context, name))
        : Optional.empty();
  }

  private static String single(Context context, String name) {
    List<String> values = context.queryParams(name);
    if (values.size() != 1) {
      throw new IllegalArgumentException("`" + name + "` is there more than once: write one");
    }
    return values.getFirst();
  }

  private static Optional<Long> number(Context context, String name, long min, long max) {
    try {
      return text(context, name).map(text -> inRange(Long.parseLong(text), min, max));
    } catch (IllegalArgumentException _) {
      throw InterceptorException.malformed(
          "`" + name + "` is not one number of " + min + " to " + max);
    }
  }

  private static long inRange(long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("out of range");
    }
    return value;
  }
}
