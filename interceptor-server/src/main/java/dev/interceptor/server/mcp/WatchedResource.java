package dev.interceptor.server.mcp;

import dev.interceptor.core.tool.UpstreamName;
import java.util.Optional;

/// A resource that a legacy session wants to hear changes of.
///
/// @param uri as its upstream knows it
record WatchedResource(UpstreamName upstream, String uri) {
  static final int LONGEST_URI = 2048;

  private static final char SEPARATOR = '+';

  /// As it is kept: names of upstreams hold no plus sign.
  String text() {
    return upstream.value() + SEPARATOR + uri;
  }

  static Optional<WatchedResource> parse(String text) {
    int cut = text.indexOf(SEPARATOR);
    try {
      return cut < 1
          ? Optional.empty()
          : Optional.of(
              new WatchedResource(
                  new UpstreamName(text.substring(0, cut)), text.substring(cut + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
