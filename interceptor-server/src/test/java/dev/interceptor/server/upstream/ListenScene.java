package dev.interceptor.server.upstream;

import dev.interceptor.server.upstream.ScriptedServer.Received;
import dev.interceptor.server.upstream.ScriptedServer.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Somebody who listens to a tool server, and what a modern server sends to one.
abstract class ListenScene {
  static final Interests LISTS = new Interests(true, true, false, Set.of());

  final List<Notice> heard = new CopyOnWriteArrayList<>();
  final AtomicInteger ended = new AtomicInteger();

  Caller.Registration listen(ToolServer client, Interests interests) {
    return client.listen(interests, heard::add, ended::incrementAndGet);
  }

  static void notice(Wire wire, Received request, String method, String params) throws IOException {
    String members = params.isEmpty() ? "" : params + ",";
    wire.notice(
        method,
        "{"
            + members
            + "\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
            + request.id()
            + "}}");
  }

  static void acknowledge(Received request, Wire wire) throws IOException {
    wire.startStream();
    wire.chunk(": hello\n\n");
    notice(wire, request, "notifications/subscriptions/acknowledged", "\"notifications\":{}");
  }
}
