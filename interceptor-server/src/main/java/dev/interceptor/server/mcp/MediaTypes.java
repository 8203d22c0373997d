package dev.interceptor.server.mcp;

import dev.interceptor.server.http.Headers;
import java.util.List;
import java.util.Locale;

/// What a client says it sends and is ready to receive.
final class MediaTypes {
  static final String JSON = "application/json";
  static final String EVENT_STREAM = "text/event-stream";

  private static final String ACCEPT = "Accept";
  private static final String BOTH = JSON + ", " + EVENT_STREAM;

  private MediaTypes() {}

  /// For a POST: one JSON text in UTF-8, not compressed, answered as JSON or as a stream, whichever
  /// suits.
  ///
  /// @throws RefusedMessage with status 415 or 406, or 400 for a type that is sent twice
  static void requirePost(Headers headers) throws RefusedMessage {
    requireJson(headers);
    for (String encoding : headers.all("Content-Encoding")) {
      if (!encoding.strip().equalsIgnoreCase("identity")) {
        throw refused(415, "the body is encoded: send it without `Content-Encoding`");
      }
    }
    List<String> accept = headers.all(ACCEPT);
    boolean usual = accept.size() == 1 && accept.getFirst().equals(BOTH);
    if (!usual && !(isAccepted(JSON, accept) && isAccepted(EVENT_STREAM, accept))) {
      throw refused(406, "the header `Accept` does not list both kinds of answer: write " + BOTH);
    }
  }

  /// For a GET that opens a stream.
  ///
  /// @throws RefusedMessage with status 406
  static void requireEventStream(Headers headers) throws RefusedMessage {
    if (!isAccepted(EVENT_STREAM, headers.all(ACCEPT))) {
      throw refused(406, "the header `Accept` does not list the stream: write " + EVENT_STREAM);
    }
  }

  private static void requireJson(Headers headers) throws RefusedMessage {
    List<String> types = headers.all("Content-Type");
    if (types.size() > 1) {
      throw refused(400, "the header `Content-Type` stands there twice: send it once");
    }
    String[] parts = (types.isEmpty() ? "" : types.getFirst()).split(";", 2);
    boolean utf8 =
        parts.length == 1 || parts[1].strip().replace("\"", "").equalsIgnoreCase("charset=utf-8");
    if (!parts[0].strip().equalsIgnoreCase(JSON) || !utf8) {
      throw refused(415, "the header `Content-Type` is not " + JSON + " in UTF-8: write " + JSON);
    }
  }

  /// By the most specific range that matches, as RFC 9110 §12.5.1 has it: `q=0` refuses.
  private static boolean isAccepted(String type, List<String> accept) {
    int best = 0;
    boolean accepted = false;
    for (String value : accept) {
      for (String range : value.split(",", -1)) {
        String[] parts = range.split(";", -1);
        int specific = specificity(parts[0].strip().toLowerCase(Locale.ROOT), type);
        if (specific > best) {
          best = specific;
          accepted = hasWeight(parts);
        }
      }
    }
    return accepted;
  }

  private static int specificity(String range, String type) {
    if (range.equals(type)) {
      return 3;
    }
    if (range.equals(type.substring(0, type.indexOf('/')) + "/*")) {
      return 2;
    }
    return range.equals("*/*") ? 1 : 0;
  }

  private static boolean hasWeight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("q=")) {
        return !parameter.matches("q=0(\\.0{0,3})?");
      }
    }
    return true;
  }

  private static RefusedMessage refused(int status, String message) {
    return RefusedMessage.of(RpcError.invalidRequest(status, message));
  }
}
