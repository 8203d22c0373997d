package dev.interceptor.server.session;

import dev.interceptor.core.decision.Charge;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.policy.Period;
import dev.interceptor.core.session.Usage;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What customers have used up per period, in Redis: one string a counter, `epoch lineage amount`.
///
/// A counter that is missing, or was written to another Redis process, says nothing: it begins anew
/// with what the decision log tells.
final class RedisCounters {
  private static final Duration LONGEST_PERIOD = Period.DAY.length().plus(Duration.ofHours(1));

  private final SessionHistory history;
  private final Supplier<String> lineages;

  RedisCounters(SessionHistory history, Supplier<String> lineages) {
    this.history = history;
    this.lineages = lineages;
  }

  /// A counter as it was read.
  ///
  /// @param seen what is stored, empty for nothing
  /// @param prefix epoch and lineage that the next amount is written with
  /// @param rebuilt whether `used` comes from the log
  record Counter(String name, String key, String seen, String prefix, long used, boolean rebuilt) {
    /// The arguments of the commit script for adding `amount` without exceeding `max`.
    List<String> writing(long amount, long max) {
      return List.of(
          prefix,
          seen,
          rebuilt ? Long.toString(used) : "",
          Long.toString(amount),
          Long.toString(max),
          Long.toString(LONGEST_PERIOD.toMillis()));
    }
  }

  static String key(CustomerId customer, String counter) {
    return "interceptor:usage:" + customer + ':' + counter;
  }

  static RedisFuture<List<KeyValue<String, String>>> ask(
      RedisLink.Live live, CustomerId customer, List<String> names) {
    return live.connection()
        .async()
        .mget(names.stream().map(name -> key(customer, name)).toArray(String[]::new));
  }

  /// @param names of the counters that `stored` holds, in that order
  List<Counter> read(
      String epoch,
      CustomerId customer,
      List<String> names,
      List<KeyValue<String, String>> stored) {
    List<Counter> counters = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String seen = stored.get(i).getValueOrElse("");
      counters.add(
          trusted(epoch, customer, name, seen).orElseGet(() -> told(epoch, customer, name, seen)));
    }
    return counters;
  }

  private static Optional<Counter> trusted(
      String epoch, CustomerId customer, String name, String seen) {
    int cut = seen.lastIndexOf(' ');
    if (!seen.startsWith(epoch + ' ') || cut <= epoch.length()) {
      return Optional.empty();
    }
    return Optional.of(
        new Counter(
            name,
            key(customer, name),
            seen,
            seen.substring(0, cut + 1),
            Long.parseLong(seen.substring(cut + 1)),
            false));
  }

  /// INVARIANT (LostStateIsNeverClean).
  private Counter told(String epoch, CustomerId customer, String name, String seen) {
    long used = history.used(customer, name);
    return new Counter(
        name, key(customer, name), seen, epoch + ' ' + lineages.get() + ' ', used, true);
  }

  static Usage usage(List<Counter> counters) {
    if (counters.isEmpty()) {
      return Usage.NOT_READ;
    }
    Map<String, Long> used = new HashMap<>();
    counters.forEach(counter -> used.put(counter.name(), counter.used()));
    return Usage.of(used);
  }

  static Map<String, String> prefixes(List<Counter> counters) {
    return counters.stream().collect(Collectors.toMap(Counter::name, Counter::prefix));
  }

  /// Whether counters are still written as they were when they had these prefixes.
  ///
  /// @param names of the counters that `stored` holds, in that order
  static boolean areKept(
      Map<String, String> prefixes, List<String> names, List<KeyValue<String, String>> stored) {
    for (int i = 0; i < names.size(); i++) {
      String prefix = prefixes.get(names.get(i));
      if (prefix == null || !stored.get(i).getValueOrElse("").startsWith(prefix)) {
        return false;
      }
    }
    return true;
  }

  /// What has to be stored of a counter after a decision; nothing for a denial that was decided on
  /// what is stored already.
  static Optional<List<String>> writing(Counter counter, Decision decision) {
    if (decision instanceof Decision.Permit permit) {
      for (Charge charge : permit.charges()) {
        if (charge.per() != Period.SESSION && charge.counter().equals(counter.name())) {
          return Optional.of(counter.writing(charge.amount(), charge.max()));
        }
      }
    }
    return counter.rebuilt() ? Optional.of(counter.writing(0, Long.MAX_VALUE)) : Optional.empty();
  }
}
