package dev.interceptor.server.pinning;

import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.database.ChangeFeed;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import dev.interceptor.server.upstream.ToolServer;
import dev.interceptor.server.upstream.UnreachedTools;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether the tools that servers list now are the ones that are trusted.
///
/// *Guarantees*: a definition that differs from its pin in anything but the order of members and
/// white space is never called pinned; one that was never seen is pinned in the store before it
/// counts here. The answer for a known tool needs no I/O while the server's listing is fresh, and
/// stays good when the store is away. Safe for use by many threads. *Does not*: notice a change
/// before the server lists it.
public final class PinnedTools implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedTools.class);
  private static final ChangeFeed.Topic TOPIC =
      new ChangeFeed.Topic(
          "interceptor_tool_pins",
          "not listening for approvals of tools; what was trusted before stays trusted");
  private static final int ATTEMPTS = 2;
  private static final int NAMED = 10;

  private final PinStore store;
  private final Map<UpstreamName, Pinning> pinning;
  private final InstantSource clock;
  private final Executor background;
  private final ConcurrentMap<UpstreamName, Listing> listings = new ConcurrentHashMap<>();
  private final SharedRecording recording = new SharedRecording();
  private final Lock reading = new ReentrantLock();
  private volatile Map<UpstreamName, Map<ToolName, ToolPin>> pins = Map.of();
  private @Nullable Database own;
  private @Nullable ChangeFeed feed;

  /// What a server lists, to be found by name.
  private record Listing(List<ToolDefinition> tools, Map<ToolName, ToolDefinition> byName) {
    static Listing of(List<ToolDefinition> tools) {
      Map<ToolName, ToolDefinition> byName = HashMap.newHashMap(tools.size());
      tools.forEach(tool -> byName.putIfAbsent(tool.name(), tool));
      return new Listing(tools, byName);
    }

    @SuppressWarnings("ReferenceEquality") // A server's list stands for the moment it was loaded.
    boolean isOf(List<ToolDefinition> listed) {
      return tools == listed;
    }
  }

  /// @param pinning how the tools of each upstream come to be trusted; by an operator where it says
  ///   nothing
  /// @param background runs what no caller waits for
  PinnedTools(
      PinStore store,
      Map<UpstreamName, Pinning> pinning,
      InstantSource clock,
      Executor background) {
    this.store = store;
    this.pinning = Map.copyOf(pinning);
    this.clock = clock;
    this.background = background;
  }

  /// Pins in PostgreSQL: reads them if it answers, else in the background, and hears of changes;
  /// over a connection of its own.
  public static PinnedTools start(
      Database database, Map<UpstreamName, Pinning> pinning, InstantSource clock) {
    Database own = database.apart();
    var tools =
        new PinnedTools(
            PinStore.postgres(own.pool(), clock), pinning, clock, Thread::startVirtualThread);
    tools.own = own;
    try {
      tools.refresh();
    } catch (InterceptorException e) {
      LOG.warn("pinned tools are read as soon as PostgreSQL answers: {}", e.getMessage());
    }
    tools.feed =
        ChangeFeed.start(
            database, TOPIC, new Rereading(tools::refresh, System::nanoTime), System::nanoTime);
    return tools;
  }

  /// How the definition of a tool stands that the server lists now.
  ///
  /// @throws InterceptorException what the server's listing fails with, or STATE_UNAVAILABLE if the
  ///   definition is new and cannot be pinned
  public Definition verdict(ToolServer server, ToolName tool) {
    if (ProtocolMethod.of(tool).isPresent()) {
      return new Definition.ProtocolMethod();
    }
    if (UnreachedTools.isReserved(server.name())) {
      return new Definition.Unreached();
    }
    Listing listing = listing(server);
    ToolDefinition listed = listing.byName().get(tool);
    if (listed == null) {
      return new Definition.Unlisted();
    }
    UpstreamName upstream = server.name();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ToolPin pin = pins(upstream).get(tool);
      if (pin != null) {
        return pin.judge(listed.digest(), pinning(upstream));
      }
      record(upstream, listing);
    }
    return Optional.ofNullable(pins(upstream).get(tool))
        .map(pin -> pin.judge(listed.digest(), pinning(upstream)))
        .orElseThrow(() ->
            InterceptorException.of(
                ErrorCode.STATE_UNAVAILABLE,
                "tool `" + tool + "` of upstream `" + upstream + "` could not be pinned"));
  }

  /// The tool of that name as the server lists it now, trusted or not.
  ///
  /// @throws InterceptorException what the server's listing fails with
  public Optional<ToolDefinition> listed(ToolServer server, ToolName tool) {
    return Optional.ofNullable(listing(server).byName().get(tool));
  }

  /// The tools of a server that are trusted as it lists them now, in its order.
  ///
  /// @throws InterceptorException as `verdict`
  public List<ToolDefinition> trusted(ToolServer server) {
    Listing listing = listing(server);
    UpstreamName upstream = server.name();
    if (!pins(upstream).keySet().containsAll(listing.byName().keySet())) {
      record(upstream, listing);
    }
    Map<ToolName, ToolPin> known = pins(upstream);
    Pinning how = pinning(upstream);
    return listing.tools().stream()
        .filter(tool -> ProtocolMethod.of(tool.name()).isEmpty())
        .filter(tool ->
            Optional.ofNullable(known.get(tool.name()))
                .filter(pin -> pin.judge(tool.digest(), how) instanceof Definition.Pinned)
                .isPresent())
        .toList();
  }

  /// Puts on record what the server lists now.
  ///
  /// @throws InterceptorException what the server's listing fails with, or STATE_UNAVAILABLE
  public void look(ToolServer server) {
    record(server.name(), listing(server));
  }

  /// Takes over now what was approved before this call.
  ///
  /// @throws InterceptorException STATE_UNAVAILABLE
  public void refresh() {
    reading.lock();
    try {
      Map<UpstreamName, Map<ToolName, ToolPin>> now = new HashMap<>();
      for (ToolPin pin : store.all()) {
        now.computeIfAbsent(pin.tool().upstream(), _ -> new HashMap<>())
            .put(pin.tool().name(), pin);
      }
      pins = now;
    } finally {
      reading.unlock();
    }
  }

  /// How the tools of an upstream come to be trusted.
  public Pinning pinning(UpstreamName upstream) {
    return pinning.getOrDefault(upstream, Pinning.OPERATOR);
  }

  private Map<ToolName, ToolPin> pins(UpstreamName upstream) {
    return pins.getOrDefault(upstream, Map.of());
  }

  /// A server answers with the same list until it has listed its tools again.
  private Listing listing(ToolServer server) {
    List<ToolDefinition> tools = server.tools();
    UpstreamName upstream = server.name();
    Listing known = listings.get(upstream);
    if (known != null && known.isOf(tools)) {
      return known;
    }
    Listing listing = Listing.of(tools);
    listings.put(upstream, listing);
    if (hasNews(upstream, listing)) {
      background.execute(() -> recordQuietly(upstream, listing));
    }
    return listing;
  }

  private boolean hasNews(UpstreamName upstream, Listing listing) {
    Instant now = clock.instant();
    Map<ToolName, ToolPin> known = pins(upstream);
    return !known.keySet().containsAll(listing.byName().keySet())
        || known.values().stream()
            .anyMatch(pin ->
                pin.isNews(
                    Optional.ofNullable(listing.byName().get(pin.tool().name()))
                        .map(ToolDefinition::digest),
                    now));
  }

  private void recordQuietly(UpstreamName upstream, Listing listing) {
    try {
      record(upstream, listing);
    } catch (RuntimeException e) {
      LOG.warn("what upstream `{}` lists is not on record: {}", upstream, e.getMessage());
    }
  }

  private void record(UpstreamName upstream, Listing listing) {
    recording.run(
        upstream,
        listing,
        () -> {
          warn(upstream, listing);
          store.see(upstream, pinning(upstream), listing.tools());
          refresh();
        });
  }

  /// Once a definition, as far as this instance knows.
  private void warn(UpstreamName upstream, Listing listing) {
    Map<ToolName, ToolPin> known = pins(upstream);
    List<String> changed =
        listing.tools().stream()
            .filter(tool ->
                Optional.ofNullable(known.get(tool.name()))
                    .filter(pin -> isNewChange(pin, tool))
                    .isPresent())
            .map(tool -> tool.name().value())
            .toList();
    if (!changed.isEmpty()) {
      LOG.warn(
          "the definitions of {} tools of upstream `{}` have changed, which are blocked until an"
              + " operator approves them (./interceptor tools list): {}{}",
          changed.size(),
          upstream,
          String.join(", ", changed.subList(0, Math.min(NAMED, changed.size()))),
          changed.size() > NAMED ? ", …" : "");
    }
  }

  private boolean isNewChange(ToolPin pin, ToolDefinition tool) {
    return pin.judge(tool.digest(), pinning(pin.tool().upstream())) instanceof Definition.Changed
        && pin.seen().filter(seen -> seen.digest().equals(tool.digest())).isEmpty();
  }

  @Override
  public void close() {
    if (feed != null) {
      feed.close();
    }
    if (own != null) {
      own.close();
    }
  }
}
