package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.tool.ProtocolMethod;
import dev.interceptor.core.tool.ToolName;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tools a server lists, remembered for a while and asked for by one caller at a time. When
/// half of that time is over the next caller has them listed again in the background.
final class ToolCatalog {
  private static final Logger LOG = LoggerFactory.getLogger(ToolCatalog.class);
  private static final int MAX_PAGES = 100;
  private static final int MAX_TOOLS = 10_000;
  private static final long MAX_CHARS = 32L * 1024 * 1024;

  private final PageSource source;
  private final SharedLoad<Listing> listing;

  /// @param maxAge how old a list may be
  ToolCatalog(PageSource source, InstantSource clock, Duration maxAge) {
    this.source = source;
    this.listing = new SharedLoad<>(clock, maxAge, maxAge.dividedBy(2));
  }

  /// What one listing said.
  ///
  /// @param mirrors by tool, only for those that have some
  record Listing(List<ToolDefinition> tools, Map<ToolName, ArgumentMirrors> mirrors) {
    ArgumentMirrors mirrors(ToolName tool) {
      return mirrors.getOrDefault(tool, ArgumentMirrors.NONE);
    }
  }

  /// Not older than the maximum age.
  Listing current(Deadline deadline) throws UpstreamFault {
    return listing.get(deadline, this::load);
  }

  /// However old: for what a server checks itself and complains about when it has changed.
  Listing known(Deadline deadline) throws UpstreamFault {
    Optional<Listing> latest = listing.latest();
    if (latest.isPresent()) {
      return latest.get();
    }
    try {
      return current(deadline);
    } catch (UpstreamFault fault) {
      throw new UpstreamFault(
          UpstreamFault.Kind.NOT_SENT, "no tool list: " + fault.operatorDetail());
    }
  }

  void forget(Listing stale) {
    listing.forget(stale);
  }

  /// The server says that its tools have changed.
  void forget() {
    listing.latest().ifPresent(listing::forget);
  }

  private Listing load(Deadline deadline) throws UpstreamFault {
    Map<ToolName, ToolDefinition> tools = new LinkedHashMap<>();
    Map<ToolName, ArgumentMirrors> mirrors = new HashMap<>();
    long chars = 0;
    Optional<String> cursor = Optional.empty();
    for (int page = 0; page < MAX_PAGES; page++) {
      Dialect.Page answer = source.page(cursor, deadline);
      for (ObjectNode tool : answer.entries()) {
        chars += add(tool, answer.mirrored(), tools, mirrors);
        if (tools.size() > MAX_TOOLS) {
          throw UpstreamFault.protocol("more than " + MAX_TOOLS + " tools");
        }
        if (chars > MAX_CHARS) {
          throw UpstreamFault.protocol("definitions of more than " + MAX_CHARS + " characters");
        }
      }
      if (answer.next().isEmpty()) {
        return new Listing(List.copyOf(new ArrayList<>(tools.values())), Map.copyOf(mirrors));
      }
      if (answer.next().equals(cursor)) {
        throw UpstreamFault.protocol("the list of tools goes in a circle");
      }
      cursor = answer.next();
    }
    throw UpstreamFault.protocol("more than " + MAX_PAGES + " pages of tools");
  }

  /// Adds a tool that can be called.
  ///
  /// @return how long its definition is; 0 if the tool is left out
  private static int add(
      ObjectNode tool,
      boolean mirrored,
      Map<ToolName, ToolDefinition> tools,
      Map<ToolName, ArgumentMirrors> mirrors) {
    ToolName name;
    try {
      name = new ToolName(tool.path("name").asText(""));
    } catch (IllegalArgumentException e) {
      LOG.warn("a tool is left out: {}", e.getMessage());
      return 0;
    }
    if (ProtocolMethod.of(name).isPresent()) {
      LOG.warn("tool `{}` is left out: it has the name of a method of the protocol", name);
      return 0;
    }
    Optional<ArgumentMirrors> own =
        mirrored ? ArgumentMirrors.of(tool.path("inputSchema")) : Optional.of(ArgumentMirrors.NONE);
    if (own.isEmpty()) {
      LOG.warn(
          "tool `{}` is left out: an x-mcp-header annotation of its schema is not valid", name);
      return 0;
    }
    ToolDefinition definition;
    try {
      definition = new ToolDefinition(name, tool);
    } catch (IllegalArgumentException e) {
      LOG.warn("tool `{}` is left out: its definition cannot be pinned: {}", name, e.getMessage());
      return 0;
    }
    if (tools.putIfAbsent(name, definition) != null) {
      LOG.warn("tool `{}` is listed twice: the first definition counts", name);
      return 0;
    }
    if (!own.get().mirrors().isEmpty()) {
      mirrors.put(name, own.get());
    }
    return definition.canonical().length();
  }

  /// Asks the server for one page.
  interface PageSource {
    Dialect.Page page(Optional<String> cursor, Deadline deadline) throws UpstreamFault;
  }
}
