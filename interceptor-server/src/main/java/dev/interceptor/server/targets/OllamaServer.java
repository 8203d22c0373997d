package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.sse.JsonLines;
import dev.interceptor.server.targets.Exchange.Departure;
import dev.interceptor.server.upstream.ApacheClients;
import dev.interceptor.server.upstream.DeadlineWatch;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/// The part of Ollama's administration that the interceptor uses itself: which models are there,
/// and pulling one.
final class OllamaServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// A server verifies gigabytes between two lines.
  private static final Duration BETWEEN_LINES = Duration.ofMinutes(10);

  private static final long LONGEST = 64L * 1024 * 1024;
  private static final int LONGEST_LINE = 64 * 1024;

  private final CloseableHttpClient client = ApacheClients.open(Timeout.of(TIMEOUT), 4);
  private final DeadlineWatch watch = DeadlineWatch.start("ollama");
  private final Departure closing = new Departure();
  private final Progress progress;

  OllamaServer(Progress progress) {
    this.progress = progress;
  }

  /// How far a pull is.
  interface Progress {
    /// @param part of the layer that is coming, 0 to 1
    void at(String model, double part);
  }

  private interface Reader<T> {
    T read(InputStream body) throws IOException;
  }

  /// Names of the models that are there, with their tags.
  List<String> models(Provider server) throws IOException {
    var request = new HttpGet(Attempt.address(server, "/api/tags"));
    JsonNode answer = ask(server, request, JSON::readTree);
    List<String> names = new ArrayList<>();
    for (JsonNode model : answer.path("models")) {
      names.add(model.path("name").asText(model.path("model").asText("")));
    }
    return names;
  }

  /// Returns when the model is there.
  void pull(Provider server, String model) throws IOException {
    var request = new HttpPost(Attempt.address(server, "/api/pull"));
    byte[] body =
        JSON.writeValueAsBytes(
            JsonNodeFactory.instance.objectNode().put("model", model).put("stream", true));
    request.setEntity(new ByteArrayEntity(body, ContentType.create("application/json")));
    boolean success =
        ask(
            server,
            request,
            answer -> {
              var lines = new JsonLines(answer, LONGEST_LINE);
              boolean done = false;
              for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                done |= follow(model, JSON.readTree(line.get()));
              }
              return done;
            });
    if (!success) {
      throw ModelFault.protocol("pulling " + model + " ended without success");
    }
  }

  /// @return whether this line says that all is done
  private boolean follow(String model, JsonNode line) throws ModelFault {
    if (line.hasNonNull("error")) {
      throw ModelFault.protocol("the server cannot pull " + model);
    }
    long total = line.path("total").asLong(0);
    if (total > 0) {
      progress.at(model, Math.clamp((double) line.path("completed").asLong(0) / total, 0, 1));
    }
    return line.path("status").asText("").equals("success");
  }

  private <T> T ask(Provider server, HttpUriRequestBase request, Reader<T> reader)
      throws IOException {
    request.addHeader("Accept-Encoding", "identity");
    Attempt.authorize(request, server);
    try (var exchange = new Exchange(request, TIMEOUT, BETWEEN_LINES, watch, closing);
        var response = ProviderExchange.send(client, request, exchange)) {
      exchange.expectNothing();
      if (response.getCode() != 200 || response.getEntity() == null) {
        request.cancel();
        throw ModelFault.protocol("the server answers with status " + response.getCode());
      }
      InputStream content = response.getEntity().getContent();
      return reader.read(new AnswerBody(content, exchange, LONGEST));
    }
  }

  @Override
  public void close() {
    closing.leave();
    watch.close();
    client.close(CloseMode.IMMEDIATE);
  }
}
