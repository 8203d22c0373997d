package dev.interceptor.server.chat;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.server.session.SeenContext;
import dev.interceptor.server.session.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one request and its answer have to do with what its session has seen before.
final class ConversationMemory {
  private final SeenContext store;
  private final SessionKey session;
  private final Map<ToolResult, Sha256> digests;
  private final SeenContext.Seen known;
  private final Set<Sha256> results = new HashSet<>();
  private int callsKept;
  private boolean answersKept;

  private ConversationMemory(
      SeenContext store,
      SessionKey session,
      Map<ToolResult, Sha256> digests,
      SeenContext.Seen known) {
    this.store = store;
    this.session = session;
    this.digests = digests;
    this.known = known;
  }

  /// Looks up all that a request refers to, as it came.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  static ConversationMemory of(
      SeenContext store, SessionKey session, List<ToolResult> results, List<StoredContext> stored) {
    Map<ToolResult, Sha256> digests = new HashMap<>();
    Set<String> calls = new HashSet<>();
    for (ToolResult result : results) {
      digests.put(result, digest(result));
      if (!result.callId().isEmpty()) {
        calls.add(result.callId());
      }
    }
    List<String> answers =
        stored.stream().map(StoredContext::id).filter(id -> !id.isEmpty()).toList();
    SeenContext.Seen known =
        store.known(session, new SeenContext.Asked(calls, Set.copyOf(digests.values()), answers));
    return new ConversationMemory(store, session, digests, known);
  }

  private static Sha256 digest(ToolResult result) {
    String whole =
        String.join(
            "\n",
            Integer.toString(result.callId().length()),
            result.callId(),
            result.tool().orElse(""),
            result.result().toString());
    return Sha256.of(whole.getBytes(StandardCharsets.UTF_8));
  }

  /// The tool of a call that was released in this session.
  Optional<String> toolOf(ToolResult result) {
    return known.call(result.callId()).map(SeenContext.ReleasedCall::tool);
  }

  /// Whether the session's state goes on from the one in which the result's call was released.
  boolean isCounted(ToolResult result) {
    return known.call(result.callId()).filter(SeenContext.ReleasedCall::counted).isPresent();
  }

  /// Whether the result was taken into account before.
  boolean isKnown(ToolResult result) {
    return known.results().contains(digests.get(result));
  }

  /// Whether an answer, or an item of one, went through this session whole.
  boolean isKnown(StoredContext stored) {
    return known.answers().contains(stored.id());
  }

  /// The result is on record.
  void taken(ToolResult result) {
    Sha256 digest = digests.get(result);
    if (digest != null && !isKnown(result)) {
      results.add(digest);
    }
  }

  /// Stores what is new, if anything is: before the client gets what it may refer to.
  ///
  /// @param referable ids of answers and items that a later request may refer to
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  void keep(List<PolicyGate.ReleasedCall> released, List<String> referable) {
    boolean news = !referable.isEmpty() && !answersKept;
    if (released.size() == callsKept && results.isEmpty() && !news) {
      return;
    }
    Map<String, SeenContext.ReleasedCall> calls = new HashMap<>();
    for (PolicyGate.ReleasedCall call : released.subList(callsKept, released.size())) {
      if (!call.id().isEmpty()) {
        calls.put(
            call.id(), new SeenContext.ReleasedCall(call.name(), call.arguments().digest(), false));
      }
    }
    store.add(session, new SeenContext.Seen(calls, results, Set.copyOf(referable)));
    callsKept = released.size();
    answersKept |= news;
    results.clear();
  }
}
