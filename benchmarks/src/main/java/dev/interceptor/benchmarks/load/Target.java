package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.net.URI;

/// Where a window of load goes.
///
/// @param name as the report has it
/// @param opening what comes before a connection's first call
/// @param sessions how the requests are numbered
record Target(String name, URI url, Opening opening, LoadGenerator.Sessions sessions) {

  /// Agrees with the server on what has to be agreed on, and says how calls look then.
  interface Opening {
    RequestTemplate open() throws IOException;
  }
}
