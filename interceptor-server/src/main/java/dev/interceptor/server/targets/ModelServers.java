package dev.interceptor.server.targets;

import java.io.IOException;
import java.util.function.DoubleSupplier;

/// Asks providers.
///
/// *Guarantees*: headers are built from nothing; redirects, cookies and encodings are not followed,
/// kept or undone; a client that leaves ends the exchange at once; after the reader saw an answer
/// no other provider is asked. *Does not*: redact, decide, or bound what the whole answer is long.
public interface ModelServers extends AutoCloseable {
  /// @param models whose changes decide which connections are kept
  /// @param chance 0 to 1, evenly
  static ModelServers http(Models models, ModelLimits limits, DoubleSupplier chance) {
    var servers = new HttpModelServers(limits, chance);
    models.eachConfig(servers::keep);
    return servers;
  }

  /// Asks the target's providers until one answers, and lets `reader` read while the exchange is
  /// open. Errors of a provider are answers, too.
  ///
  /// @throws ModelFault if no provider answered, or one stopped in the middle
  /// @throws IOException whatever the reader throws
  /// @throws dev.interceptor.server.failure.InterceptorException STATE_UNAVAILABLE if a provider's
  ///   limits cannot be asked for
  <T> T ask(Target target, ModelRequest request, Leaving leaving, AnswerReader<T> reader)
      throws IOException;

  @Override
  void close();
}
