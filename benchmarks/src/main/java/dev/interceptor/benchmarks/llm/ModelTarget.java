package dev.interceptor.benchmarks.llm;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// Who is asked in a window of load.
///
/// @param name as the report has it
/// @param url of chat completions
/// @param headers that it wants
/// @param pid of the gateway, whose CPU time and memory are measured; empty without one
record ModelTarget(String name, URI url, Map<String, String> headers, Optional<Long> pid) {
  static final String DIRECT = "direct";

  /// Stands for the number of the connection.
  private static final String NUMBER = "{number}";

  static final String SESSION = "llm-" + NUMBER;

  /// The request that connection number `number` sends again and again.
  byte[] request(Shape shape, int number) {
    String body = body(shape);
    StringBuilder head =
        new StringBuilder("POST ").append(url.getRawPath()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(url.getRawAuthority()).append("\r\n");
    head.append("Content-Type: application/json\r\n");
    headers.forEach((name, value) ->
        head.append(name + ": " + value.replace(NUMBER, Integer.toString(number)) + "\r\n"));
    head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
    return (head + body).getBytes(StandardCharsets.US_ASCII);
  }

  static String body(Shape shape) {
    return """
    {"model":"stub-1","messages":[{"role":"system","content":"You are the assistant of a mail desk. Be brief."},\
    {"role":"user","content":"An invoice of 1249.50 EUR came in this morning. When is it due, and is there anything that \
    I have to do about it today?"}],"tools":[{"type":"function","function":{"name":"send_email","description":"Sends a \
    mail","parameters":{"type":"object","properties":{"to":{"type":"array","items":{"type":"string"}},"body":{"type":\
    "string"}},"required":["to","body"]}}}],"temperature":0.2%s}\
    """
        .formatted(shape == Shape.SSE ? ",\"stream\":true" : "");
  }
}
