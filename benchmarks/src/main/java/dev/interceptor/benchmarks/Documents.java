package dev.interceptor.benchmarks;

import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import java.nio.charset.StandardCharsets;

/// Arguments of tool calls, of a given length.
final class Documents {
  private static final String MAIL_START =
      """
      {"to":["anna.kowalska@acme.example","b.okafor@acme.example"],"subject":"Invoice 2026-0417 \
      for November","priority":2,"amount":1249.5,"internal":true,"thread_id":null,"body":"\
      """;

  private Documents() {}

  /// Arguments of a mail: eight members, most of the text in one of them.
  ///
  /// @param length in bytes, at least 300
  static byte[] mail(int length) {
    String end = "\",\"label\":\"Gr\u00fc\u00dfe\"}";
    int fill = length - MAIL_START.length() - end.getBytes(StandardCharsets.UTF_8).length;
    String sentence = "Please find the invoice attached; payment is due within thirty days. ";
    String body = sentence.repeat(fill / sentence.length() + 1).substring(0, fill);
    return (MAIL_START + body + end).getBytes(StandardCharsets.UTF_8);
  }

  /// A list of orders: many short members, numbers and nested objects.
  ///
  /// @param length in bytes, at least 300
  static byte[] orders(int length) {
    StringBuilder text = new StringBuilder("{\"orders\":[");
    for (int i = 0; length - text.length() > 200; i++) {
      text.append(i == 0 ? "" : ",").append(order(i));
    }
    text.append("],\"note\":\"");
    text.append("x".repeat(length - text.length() - 2)).append("\"}");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String order(int i) {
    return """
    {"sku":"A-%04d","quantity":%d,"unit_price":%d.%02d,"gift":%b,"address":{"zip":"%05d",\
    "city":"Example"}}\
    """
        .formatted(i, i % 7 + 1, i * 13 % 400, i % 100, i % 3 == 0, i * 997 % 100_000);
  }

  static JsonObject parse(byte[] document) {
    try {
      return StrictJson.parseObject(document, JsonLimits.DEFAULT);
    } catch (MalformedJsonException e) {
      throw new IllegalStateException("a document of the benchmark is not JSON", e);
    }
  }
}
