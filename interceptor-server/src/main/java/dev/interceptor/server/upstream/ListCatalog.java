package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One list of a server besides its tools, remembered for a while and asked for by one caller at a
/// time.
final class ListCatalog {
  private static final int MAX_PAGES = 100;
  private static final int MAX_ENTRIES = 10_000;
  private static final long MAX_CHARS = 32L * 1024 * 1024;

  private final Listed what;
  private final PageSource source;
  private final SharedLoad<List<ObjectNode>> listing;

  ListCatalog(Listed what, PageSource source, InstantSource clock, Duration maxAge) {
    this.what = what;
    this.source = source;
    this.listing = new SharedLoad<>(clock, maxAge);
  }

  List<ObjectNode> current(Deadline deadline) throws UpstreamFault {
    return listing.get(deadline, this::load);
  }

  /// The server says that the list has changed.
  void forget() {
    listing.latest().ifPresent(listing::forget);
  }

  private List<ObjectNode> load(Deadline deadline) throws UpstreamFault {
    List<ObjectNode> entries = new ArrayList<>();
    long chars = 0;
    Optional<String> cursor = Optional.empty();
    for (int page = 0; page < MAX_PAGES; page++) {
      RpcAnswer answer = source.page(what.method(), cursor, deadline);
      if (answer.isUnknownMethod()) {
        return List.of();
      }
      Dialect.Page read = Dialect.Page.of(answer, what.method(), what.member(), false);
      for (ObjectNode entry : read.entries()) {
        if (entry.path(what.identity()).isTextual()) {
          entries.add(entry);
          chars += entry.toString().length();
        }
      }
      if (entries.size() > MAX_ENTRIES || chars > MAX_CHARS) {
        throw UpstreamFault.protocol(what.method() + " lists too much");
      }
      if (read.next().isEmpty()) {
        return List.copyOf(entries);
      }
      if (read.next().equals(cursor)) {
        throw UpstreamFault.protocol(what.method() + " goes in a circle");
      }
      cursor = read.next();
    }
    throw UpstreamFault.protocol(what.method() + " has more than " + MAX_PAGES + " pages");
  }

  /// Asks the server for one page.
  interface PageSource {
    RpcAnswer page(String method, Optional<String> cursor, Deadline deadline) throws UpstreamFault;
  }
}
