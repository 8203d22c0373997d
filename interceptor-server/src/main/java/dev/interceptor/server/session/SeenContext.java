package dev.interceptor.server.session;

import dev.interceptor.core.json.Sha256;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What has gone through a session's conversations with models: the calls that were released to
/// their client, the tools' results that were taken into account, and the answers and output items
/// that a later request may refer to.
///
/// *Guarantees*: nothing of one session or customer is known in another. What was forgotten, which
/// the oldest is beyond {@value #MOST} entries and everything is after the session's idle time, is
/// unknown again. A result is known, and a call counts, only as long as the session's state is the
/// one, or goes on from the one, in which it was taken into account. *Does not*: take a result into
/// account; that is to be on record before it is added here.
///
/// Every method throws `InterceptorException` STATE_UNAVAILABLE when the store cannot be asked in
/// time.
public interface SeenContext extends AutoCloseable {
  /// Most entries of one session.
  int MOST = 4096;

  /// A call as it was released.
  ///
  /// @param arguments digest of the arguments that the client got
  /// @param counted whether what the call brought into the session is certain to be in its state;
  ///   for `known` to say, `add` does not look at it
  record ReleasedCall(String tool, Sha256 arguments, boolean counted) {}

  /// What a request is about; any part may be empty.
  ///
  /// @param calls ids of calls
  /// @param results digests of tools' results
  /// @param answers ids of answers and of output items
  record Asked(Collection<String> calls, Collection<Sha256> results, Collection<String> answers) {
    boolean isEmpty() {
      return calls.isEmpty() && results.isEmpty() && answers.isEmpty();
    }
  }

  /// Entries; any part may be empty.
  record Seen(Map<String, ReleasedCall> calls, Set<Sha256> results, Set<String> answers) {
    public static final Seen NOTHING = new Seen(Map.of(), Set.of(), Set.of());

    public Seen {
      calls = Map.copyOf(calls);
      results = Set.copyOf(results);
      answers = Set.copyOf(answers);
    }

    public Optional<ReleasedCall> call(String id) {
      return Optional.ofNullable(calls.get(id));
    }

    boolean isEmpty() {
      return calls.isEmpty() && results.isEmpty() && answers.isEmpty();
    }
  }

  /// What is known of that. Being asked about keeps the session and its entries alive.
  Seen known(SessionKey session, Asked asked);

  /// Adds all of it or nothing.
  void add(SessionKey session, Seen seen);

  /// Connects in the background; calls before that, or without Redis, are refused.
  static SeenContext redis(RedisSettings settings) {
    var link = new RedisLink(settings.url(), settings.timeout());
    link.open();
    return new RedisSeenContext(link, settings.idle());
  }

  @Override
  void close();
}
