package dev.interceptor.server.policy;

import java.nio.file.Path;

/// Where a server takes its policies from.
public sealed interface PolicyOrigin {
  /// From PostgreSQL, where `policy apply` and the admin API put them.
  record Stored() implements PolicyOrigin {}

  /// From a file, or from the files of a folder; what changes there is taken over.
  record Files(Path path) implements PolicyOrigin {}
}
