package dev.interceptor.server.http;

import java.util.List;

/// The header lines of a request. Names are compared without regard to case.
public interface Headers {
  /// The value of every line of that name, in order; empty where there is none. Lines are not
  /// joined, so a header that was sent twice shows.
  List<String> all(String name);

  /// Each name that occurs, once, as the client wrote it.
  List<String> names();
}
