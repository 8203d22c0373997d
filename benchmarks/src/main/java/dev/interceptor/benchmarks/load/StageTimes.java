package dev.interceptor.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What the product's own metrics say about its steps: every `_count` and `_sum`, by name and tags.
///
/// @param values as in Prometheus text
record StageTimes(Map<String, Double> values) {
  private static final Pattern LINE =
      Pattern.compile("^(interceptor_\\w+_(?:count|sum|total)(?:\\{[^}]*\\})?) (\\S+)$");

  static StageTimes read(URI adminUrl, String adminKey) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(adminUrl.resolve("/metrics")).header("X-API-Key", adminKey).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String text = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      return parse(text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static StageTimes parse(String text) {
    var values = new LinkedHashMap<String, Double>();
    text.lines()
        .map(LINE::matcher)
        .filter(java.util.regex.Matcher::matches)
        .forEach(line -> values.put(line.group(1), Double.parseDouble(line.group(2))));
    return new StageTimes(values);
  }

  /// What was added since `earlier`; entries that did not move are left out.
  StageTimes since(StageTimes earlier) {
    var added = new LinkedHashMap<String, Double>();
    values.forEach((name, value) -> {
      double difference = value - earlier.values.getOrDefault(name, 0.0);
      if (difference > 0) {
        added.put(name, difference);
      }
    });
    return new StageTimes(added);
  }
}
