package dev.interceptor.server.mcp;

import dev.interceptor.server.http.Headers;
import dev.interceptor.server.upstream.HeaderValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The headers that mean something to a legacy session. `Mcp-Method` and its kind are not among
/// them and are not looked at.
///
/// @param version empty where the client sent none
/// @param session names a transport session and proves nothing about who sends it
record LegacyHeaders(Optional<LegacyVersion> version, Optional<String> session) {
  static final String SESSION = "Mcp-Session-Id";

  private static final Pattern SESSION_ID = Pattern.compile("[!-~]{1,256}");
  private static final String VERSIONS =
      Arrays.stream(LegacyVersion.values())
          .map(LegacyVersion::text)
          .collect(Collectors.joining(", "));

  /// @throws RefusedMessage with status 400 for a version that is not supported, a session id that
  ///   no server gave out, or either header sent twice
  static LegacyHeaders of(Headers headers) throws RefusedMessage {
    Optional<String> version = single(headers, Era.VERSION_HEADER);
    return new LegacyHeaders(
        version.isEmpty() ? Optional.empty() : Optional.of(supported(version.get())),
        session(headers));
  }

  /// The same for `initialize`, which negotiates the version in its body.
  static LegacyHeaders ofInitialize(Headers headers) throws RefusedMessage {
    return new LegacyHeaders(Optional.empty(), session(headers));
  }

  private static LegacyVersion supported(String version) throws RefusedMessage {
    return LegacyVersion.of(version)
        .orElseThrow(() ->
            refused(
                "the header `"
                    + Era.VERSION_HEADER
                    + "` names a version that is not supported: write one of "
                    + VERSIONS));
  }

  private static Optional<String> session(Headers headers) throws RefusedMessage {
    Optional<String> session = single(headers, SESSION);
    if (session.isPresent() && !SESSION_ID.matcher(session.get()).matches()) {
      throw refused(
          "the header `" + SESSION + "` cannot be used: send back what `initialize` was answered");
    }
    return session;
  }

  private static Optional<String> single(Headers headers, String name) throws RefusedMessage {
    List<String> values = headers.all(name);
    if (values.size() > 1) {
      throw refused("the header `" + name + "` stands there twice: send it once");
    }
    return values.stream().findFirst().map(HeaderValue::stripped);
  }

  private static RefusedMessage refused(String message) {
    return RefusedMessage.of(RpcError.invalidRequest(message));
  }
}
