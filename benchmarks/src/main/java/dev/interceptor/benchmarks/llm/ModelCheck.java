package dev.interceptor.benchmarks.llm;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Looks once, before anything is measured, whether a target says what the stub says: the windows
/// only look at how an answer ends.
final class ModelCheck {
  private static final Pattern CONTENT = Pattern.compile("\"content\":\"([^\"]*)\"");

  private ModelCheck() {}

  /// @throws IOException if it says something else
  static void check(ModelTarget target, Shape shape) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.url())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(ModelTarget.body(shape)));
    target.headers().forEach(request::header);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String text =
          CONTENT
              .matcher(answer.body())
              .results()
              .map(ModelCheck::text)
              .collect(Collectors.joining());
      if (answer.statusCode() != 200 || !text.equals(ModelReplies.TEXT)) {
        throw new IOException(
            "%s answers %d: %s".formatted(target.name(), answer.statusCode(), answer.body()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String text(MatchResult content) {
    return content.group(1);
  }
}
