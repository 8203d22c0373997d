package dev.interceptor.guard;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.TokenClaims;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Tells the interceptor which tokens were executed, so that its audit log has both sides of a
/// call: `audit query --unpermitted` and `--unexecuted` join them.
///
/// *Guarantees*: never holds a call up. What cannot be delivered waits, in order, until the
/// interceptor takes it. *Does not*: keep more than 10,000 reports or outlive the process; what is
/// lost is a permit that looks unexecuted, never the other way round. Thread-safe.
public final class ExecutionReports implements AutoCloseable {
  private static final int CAPACITY = 10_000;
  private static final int BATCH = 256;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final URI url;
  private final String key;
  private final HttpClient http;
  private final BlockingQueue<JsonValue> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong lost = new AtomicLong();
  private final Thread thread = Thread.ofVirtual().name("execution-reports").unstarted(this::run);
  private volatile boolean closing;

  /// How an execution ended.
  public enum Status {
    COMPLETED,
    TOOL_ERROR
  }

  private ExecutionReports(URI url, String key) {
    this.url = url;
    this.key = key;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
  }

  /// @param interceptor the public address, such as `https://interceptor.example`
  /// @param key an API key of the role `server`
  public static ExecutionReports to(URI interceptor, String key) {
    var reports = new ExecutionReports(interceptor.resolve("/proxy/executions"), key);
    reports.thread.start();
    return reports;
  }

  /// Queues a report.
  ///
  /// @param claims of the token that was executed
  /// @param result digest of what was answered, if the log shall have it
  /// @return false if too many wait already: the report is lost, and counted
  public boolean report(TokenClaims claims, Status status, Optional<Sha256> result) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("jti", new JsonString(claims.id()));
    members.put("tool", new JsonString(claims.tool().value()));
    members.put("p_hash", new JsonString(claims.arguments().hex()));
    members.put("status", new JsonString(status.name().toLowerCase(Locale.ROOT)));
    result.ifPresent(digest -> members.put("result_digest", new JsonString(digest.hex())));
    boolean queued = !closing && waiting.offer(new JsonObject(members));
    if (!queued) {
      lost.incrementAndGet();
    }
    return queued;
  }

  /// How many reports were lost: too many waited, or the interceptor refused them.
  public long lost() {
    return lost.get();
  }

  private void run() {
    try {
      while (!closing || !waiting.isEmpty()) {
        JsonValue first = waiting.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          List<JsonValue> batch = new ArrayList<>(List.of(first));
          waiting.drainTo(batch, BATCH - 1);
          deliver(batch);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver(List<JsonValue> batch) throws InterruptedException {
    byte[] body = CanonicalJson.bytes(new JsonObject(Map.of("executions", new JsonArray(batch))));
    while (!isTaken(body, batch.size())) {
      Thread.sleep(PAUSE);
    }
  }

  /// Refused for good counts as taken.
  private boolean isTaken(byte[] body, int reports) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .header("X-API-Key", key)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status == 400 || status == 413) {
        lost.addAndGet(reports);
        return true;
      }
      return status == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Delivers what waits, for at most two seconds.
  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      http.shutdownNow();
    }
  }
}
