package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.HttpFrame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What the stub provider says: one answer of 406 bytes, or the like of it in 23 events.
public final class ModelReplies {
  /// What an answer says, whole and in a stream.
  static final String TEXT =
      "The invoice is due within thirty days, so nothing has to be done today; remind us in a"
          + " week.";

  private static final int UNARY_LENGTH = 406;
  private static final int EVENTS = 23;

  /// The events that have no text: the role, the end, `[DONE]`.
  private static final int TEXTLESS = 3;

  private static final byte[] STREAM = "\"stream\":true".getBytes(StandardCharsets.US_ASCII);
  private static final ByteBuffer UNARY = response("application/json", unary());
  private static final ByteBuffer SSE = response("text/event-stream", stream());

  private ModelReplies() {}

  /// The whole response to the request whose body is `request[from, to)`.
  public static ByteBuffer to(byte[] request, int from, int to) {
    return (HttpFrame.after(request, from, to, STREAM) < 0 ? UNARY : SSE).duplicate();
  }

  private static ByteBuffer response(String type, String body) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(type, body.length());
    return ByteBuffer.wrap((head + body).getBytes(StandardCharsets.US_ASCII));
  }

  private static String unary() {
    String answer =
        """
        {"id":"chatcmpl-%s","object":"chat.completion","created":1790000000,"model":"stub-1","choices":[{"index":0,\
        "message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,"finish_reason":"stop"}],\
        "usage":{"prompt_tokens":52,"completion_tokens":20,"total_tokens":72}}\
        """;
    int padding = UNARY_LENGTH - answer.formatted("", TEXT).length();
    return answer.formatted("0".repeat(padding), TEXT);
  }

  private static String stream() {
    StringBuilder events = new StringBuilder();
    events.append(event("{\"role\":\"assistant\",\"content\":\"\"}", "null"));
    for (String part : parts(EVENTS - TEXTLESS)) {
      events.append(event("{\"content\":\"" + part + "\"}", "null"));
    }
    events.append(event("{}", "\"stop\""));
    return events.append("data: [DONE]\n\n").toString();
  }

  private static List<String> parts(int count) {
    int length = TEXT.length();
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> TEXT.substring(length * i / count, length * (i + 1) / count))
        .toList();
  }

  private static String event(String delta, String finish) {
    return """
    data: {"id":"chatcmpl-0000000000","object":"chat.completion.chunk","created":1790000000,"model":"stub-1",\
    "choices":[{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}]}

    """
        .formatted(delta, finish);
  }
}
