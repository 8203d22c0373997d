package dev.interceptor.server.mcp;

import dev.interceptor.server.upstream.Caller.Registration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// What of legacy clients this instance works on: requests that may be cancelled, and questions to
/// the client that wait for its answer.
final class UnderWay {
  private final Map<Key, Runnable> requests = new ConcurrentHashMap<>();
  private final Map<Key, CompletableFuture<ClientMessage.Response>> questions =
      new ConcurrentHashMap<>();

  private final Map<String, Set<Runnable>> ears = new ConcurrentHashMap<>();

  private record Key(String session, RequestId id) {}

  /// @param cancel what to do when the client gives the request up
  /// @return empty if a request of that id is under way already
  Optional<Registration> request(String session, RequestId id, Runnable cancel) {
    Key key = new Key(session, id);
    return requests.putIfAbsent(key, cancel) == null
        ? Optional.of(() -> requests.remove(key, cancel))
        : Optional.empty();
  }

  boolean cancel(String session, RequestId id) {
    Runnable cancel = requests.get(new Key(session, id));
    if (cancel != null) {
      cancel.run();
    }
    return cancel != null;
  }

  /// A question that the client has to answer; it is forgotten once the answer is there or the
  /// future is cancelled.
  CompletableFuture<ClientMessage.Response> question(String session, RequestId id) {
    Key key = new Key(session, id);
    CompletableFuture<ClientMessage.Response> answer = new CompletableFuture<>();
    questions.put(key, answer);
    var _ = answer.whenComplete((_, _) -> questions.remove(key, answer));
    return answer;
  }

  /// The first answer counts.
  boolean answer(String session, ClientMessage.Response response) {
    CompletableFuture<ClientMessage.Response> question =
        questions.get(new Key(session, response.id()));
    return question != null && question.complete(response);
  }

  /// @param refresh what to do when the session wants to hear of something else
  Registration refreshed(String session, Runnable refresh) {
    ears.compute(
        session,
        (_, listening) -> {
          Set<Runnable> all = listening == null ? ConcurrentHashMap.newKeySet() : listening;
          all.add(refresh);
          return all;
        });
    return () ->
        ears.computeIfPresent(
            session,
            (_, listening) -> {
              listening.remove(refresh);
              return listening.isEmpty() ? null : listening;
            });
  }

  void refresh(String session) {
    ears.getOrDefault(session, Set.of()).forEach(Runnable::run);
  }
}
