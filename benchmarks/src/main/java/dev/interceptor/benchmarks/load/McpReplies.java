package dev.interceptor.benchmarks.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What the stub says: MCP 2026-07-28, with the id of the request put in.
final class McpReplies {
  private static final byte[] DISCOVERY =
      bytes(
          """
          {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},\
          "serverInfo":{"name":"stub","version":"1"},"ttlMs":60000,"cacheScope":"private"}\
          """);
  private static final byte[] TOOLS =
      bytes(
          """
          {"resultType":"complete","tools":[{"name":"send_email","description":"Sends a mail",\
          "inputSchema":{"type":"object"}},{"name":"read_mail","description":"Reads a mail",\
          "inputSchema":{"type":"object"}}],"ttlMs":60000,"cacheScope":"private"}\
          """);

  /// What every form of the answer to a call has.
  private static final String OUTCOME =
      """
      "content":[{"type":"text","text":"queued as message 4711 for 2 recipients; delivery is \
      expected within a minute"}],"structuredContent":{"message_id":"4711","recipients":2},\
      "isError":false\
      """;

  private static final byte[] CALLED = bytes("{\"resultType\":\"complete\"," + OUTCOME + "}");
  private static final byte[] OUTCOME_BYTES = bytes(OUTCOME);

  private static final byte[] START = bytes("{\"jsonrpc\":\"2.0\",\"id\":");
  private static final byte[] RESULT = bytes(",\"result\":");
  private static final byte[] ID = bytes("\"id\":");
  private static final byte[] METHOD = bytes("\"method\":\"");

  private McpReplies() {}

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// The whole response to the request whose body is `request[from, to)`.
  static ByteBuffer to(byte[] request, int from, int to) {
    int idFrom = after(request, from, to, ID);
    int idTo = idFrom;
    while (idTo < to && request[idTo] != ',' && request[idTo] != '}') {
      idTo++;
    }
    byte[] result = result(request, after(request, from, to, METHOD));
    int length = START.length + (idTo - idFrom) + RESULT.length + result.length + 1;
    byte[] head =
        bytes(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + length
                + "\r\n\r\n");
    return ByteBuffer.allocate(head.length + length)
        .put(head)
        .put(START)
        .put(request, idFrom, idTo - idFrom)
        .put(RESULT)
        .put(result)
        .put((byte) '}')
        .flip();
  }

  private static byte[] result(byte[] request, int method) {
    return switch (request[method]) {
      case 's' -> DISCOVERY;
      case 't' -> request[method + "tools/".length()] == 'l' ? TOOLS : CALLED;
      default -> CALLED;
    };
  }

  private static int after(byte[] request, int from, int to, byte[] word) {
    return Math.max(from, HttpFrame.after(request, from, to, word));
  }

  /// Whether `answer[from, to)` holds what this stub said to a call.
  static boolean isIn(byte[] answer, int from, int to) {
    return HttpFrame.after(answer, from, to, OUTCOME_BYTES) >= 0;
  }
}
