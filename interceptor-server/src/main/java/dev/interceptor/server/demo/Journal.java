package dev.interceptor.server.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.token.TokenClaims;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What the server executed, the latest 50,000 calls, oldest first. Thread-safe.
final class Journal {
  private static final int CAPACITY = 50_000;

  private final Deque<Entry> entries = new ArrayDeque<>();
  private long total;

  private record Entry(
      String jti, String decision, String tool, String argumentsDigest, Instant at) {}

  synchronized void add(TokenClaims claims, Instant at) {
    if (entries.size() == CAPACITY) {
      entries.removeFirst();
    }
    entries.addLast(
        new Entry(
            claims.id(),
            claims.decision().orElse(""),
            claims.tool().value(),
            claims.arguments().hex(),
            at));
    total++;
  }

  /// How many calls were executed, also those that are no longer listed.
  synchronized long total() {
    return total;
  }

  /// The decisions behind the listed calls.
  synchronized List<String> decisions() {
    return entries.stream().map(Entry::decision).toList();
  }

  synchronized ArrayNode toJson() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode(entries.size());
    for (Entry entry : entries) {
      list.addObject()
          .put("jti", entry.jti())
          .put("decision", entry.decision())
          .put("tool", entry.tool())
          .put("p_hash", entry.argumentsDigest())
          .put("at", entry.at().toString());
    }
    return list;
  }
}
