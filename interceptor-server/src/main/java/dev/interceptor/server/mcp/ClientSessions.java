package dev.interceptor.server.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.session.RedisSettings;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.BiConsumer;

/// The transport sessions of legacy clients, shared by all instances, and the way from the instance
/// that a client's message reaches to the one that waits for it.
///
/// *Guarantees*: a session is found only by the key that opened it; one that is not used ends by
/// itself. *Does not*: survive a loss of Redis, which makes clients begin again.
interface ClientSessions extends AutoCloseable {
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  ClientSession open(Principal owner, LegacyVersion version, ObjectNode capabilities);

  /// Finds a session and prolongs it.
  ///
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE
  Optional<ClientSession> find(Principal owner, String id);

  void logLevel(ClientSession session, String level);

  /// @param wanted whether the client wants to hear of the resource's changes
  /// @throws dev.interceptor.server.failure.InterceptorException also CONCURRENCY_LIMITED, if the
  ///   session watches too many
  void watches(ClientSession session, WatchedResource resource, boolean wanted);

  void end(ClientSession session);

  /// This instance's name among those that share the sessions.
  String instance();

  /// Passes a message on to the other instances; one that nobody waits for is dropped.
  void tellOthers(ClientSession session, String message);

  /// The same to one of them.
  void tell(String instance, ClientSession session, String message);

  /// Takes what other instances pass on: a session's id and a message.
  void listen(BiConsumer<String, String> ear);

  @Override
  void close();

  /// @param random chooses the sessions' ids
  static ClientSessions redis(RedisSettings settings, SecureRandom random) {
    return RedisClientSessions.start(settings, random);
  }
}
