package dev.interceptor.server.mcp;

import dev.interceptor.server.upstream.ArgumentMirrors;

/// What the checks of a modern request have to know of what stands behind them.
interface Served {
  /// Whether modern clients are served this method.
  boolean method(String name);

  /// Which arguments of a tool are repeated in headers, as the client knows it from the list of
  /// tools; [ArgumentMirrors#NONE] for a tool that is not listed.
  ArgumentMirrors mirrors(String tool);
}
