package dev.interceptor.server.enforcement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.upstream.Caller;
import dev.interceptor.server.upstream.Notice;
import dev.interceptor.server.upstream.TraceContext;
import java.util.List;
import java.util.Optional;

/// The caller of a tool whose results the policy inspects: hears how far the call is, but no word
/// of the tool's before its whole answer was looked at.
record WordlessCaller(Caller caller) implements Caller {
  /// A longer number could be one of an account.
  private static final double LARGEST = 1e8;

  private static final List<String> NUMBERS = List.of("progress", "total");

  @Override
  public ObjectNode capabilities() {
    return caller.capabilities();
  }

  @Override
  public boolean wantsProgress() {
    return caller.wantsProgress();
  }

  @Override
  public Optional<String> logLevel() {
    return Optional.empty();
  }

  @Override
  public Optional<TraceContext> trace() {
    return caller.trace();
  }

  @Override
  public void hears(Notice notice) {
    if (!notice.method().equals(Notice.PROGRESS)) {
      return;
    }
    ObjectNode numbers = JsonNodeFactory.instance.objectNode();
    for (String name : NUMBERS) {
      JsonNode value = notice.params().path(name);
      if (value.isNumber() && Math.abs(value.doubleValue()) < LARGEST) {
        numbers.put(name, value.doubleValue());
      }
    }
    caller.hears(new Notice(Notice.PROGRESS, numbers));
  }

  @Override
  public Registration onLeave(Runnable abort) {
    return caller.onLeave(abort);
  }
}
