package dev.interceptor.server.pinning;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Pins that no other instance shares, held to the same contract; it can be taken away.
final class InMemoryPinStore implements PinStore {
  private final InstantSource clock;
  private final Map<ToolRef, Texts> rows = new HashMap<>();
  private final Map<ToolRef, List<ToolPin.Pinned>> history = new HashMap<>();
  private boolean away;

  InMemoryPinStore(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void goAway() {
    away = true;
  }

  synchronized void comeBack() {
    away = false;
  }

  private void requirePresence() {
    if (away) {
      throw InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "taken away by the test");
    }
  }

  @Override
  public synchronized List<ToolPin> all() {
    requirePresence();
    return rows.values().stream()
        .map(Texts::pin)
        .sorted(
            Comparator.comparing((ToolPin pin) -> pin.tool().upstream().value())
                .thenComparing(pin -> pin.tool().name().value()))
        .toList();
  }

  @Override
  public synchronized Optional<Texts> find(ToolRef tool) {
    requirePresence();
    return Optional.ofNullable(rows.get(tool));
  }

  @Override
  public synchronized List<ToolPin.Pinned> history(ToolRef tool) {
    requirePresence();
    return history.getOrDefault(tool, List.of()).reversed();
  }

  @Override
  public synchronized void see(UpstreamName upstream, Pinning how, List<ToolDefinition> listing) {
    requirePresence();
    Instant now = clock.instant();
    Set<ToolRef> listed = new HashSet<>();
    for (ToolDefinition tool : listing) {
      var ref = new ToolRef(upstream, tool.name());
      listed.add(ref);
      if (rows.containsKey(ref)) {
        rows.computeIfPresent(ref, (_, row) -> seen(row, tool, now));
      } else {
        put(fresh(ref, how, tool, now));
      }
    }
    for (ToolRef ref : List.copyOf(rows.keySet())) {
      if (ref.upstream().equals(upstream) && !listed.contains(ref)) {
        rows.computeIfPresent(ref, (_, row) -> listed(row, Optional.empty(), now));
      }
    }
  }

  private static Texts fresh(ToolRef ref, Pinning how, ToolDefinition tool, Instant now) {
    var listed = new ToolPin.Listed(Optional.of(tool.digest()), now);
    return switch (how) {
      case FIRST_SIGHT ->
          new Texts(
              new ToolPin(
                  ref,
                  Optional.of(new ToolPin.Pinned(tool.digest(), now, Optional.empty())),
                  Optional.empty(),
                  listed),
              Optional.of(tool.canonical()),
              Optional.empty());
      case OPERATOR ->
          new Texts(
              new ToolPin(
                  ref,
                  Optional.empty(),
                  Optional.of(new ToolPin.Seen(tool.digest(), now, now)),
                  listed),
              Optional.empty(),
              Optional.of(tool.canonical()));
    };
  }

  private static Texts seen(Texts row, ToolDefinition tool, Instant now) {
    Texts after = listed(row, Optional.of(tool.digest()), now);
    ToolPin pin = after.pin();
    if (!pin.isUnseen(tool.digest(), now)) {
      return after;
    }
    Instant first =
        pin.seen()
            .filter(other -> other.digest().equals(tool.digest()))
            .map(ToolPin.Seen::first)
            .orElse(now);
    return new Texts(
        new ToolPin(
            pin.tool(),
            pin.pinned(),
            Optional.of(new ToolPin.Seen(tool.digest(), first, now)),
            pin.listed()),
        after.pinned(),
        Optional.of(tool.canonical()));
  }

  private static Texts listed(Texts row, Optional<Sha256> digest, Instant now) {
    ToolPin pin = row.pin();
    return pin.listed().digest().equals(digest)
        ? row
        : new Texts(
            new ToolPin(pin.tool(), pin.pinned(), pin.seen(), new ToolPin.Listed(digest, now)),
            row.pinned(),
            row.seen());
  }

  private void put(Texts row) {
    rows.put(row.pin().tool(), row);
    row.pin()
        .pinned()
        .ifPresent(pinned ->
            history.computeIfAbsent(row.pin().tool(), _ -> new ArrayList<>()).add(pinned));
  }

  @Override
  public synchronized Approved approve(ToolRef tool, Sha256 reviewed, String by) {
    PinStore.requireName(by);
    requirePresence();
    Texts row = rows.get(tool);
    if (row == null) {
      return new Approved.Unknown();
    }
    ToolPin pin = row.pin();
    var pinned = Optional.of(new ToolPin.Pinned(reviewed, clock.instant(), Optional.of(by)));
    if (pin.seen().filter(seen -> seen.digest().equals(reviewed)).isPresent()) {
      put(
          new Texts(
              new ToolPin(tool, pinned, Optional.empty(), pin.listed()),
              row.seen(),
              Optional.empty()));
    } else if (pin.pinned().filter(old -> old.digest().equals(reviewed)).isEmpty()) {
      return new Approved.OtherDefinition(pin);
    } else if (pin.pinned().filter(old -> old.by().isPresent()).isPresent()) {
      return new Approved.Already(pin);
    } else {
      put(new Texts(new ToolPin(tool, pinned, pin.seen(), pin.listed()), row.pinned(), row.seen()));
    }
    return new Approved.Done(rows.getOrDefault(tool, row).pin());
  }
}
