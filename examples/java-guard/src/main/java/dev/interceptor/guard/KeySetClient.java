package dev.interceptor.guard;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.MalformedKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Fetches a key set from one address: no redirect is followed, at most 64 KiB are read, and all of
/// it takes at most 2 s.
final class KeySetClient implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(2);
  static final Duration MAX_AGE = Duration.ofSeconds(60);
  private static final Duration MIN_AGE = Duration.ofSeconds(1);
  private static final int MAX_BYTES = 64 * 1024;
  private static final Pattern DIRECTIVE =
      Pattern.compile(
          "(?i)(?:^|,)\\s*(no-store|no-cache|max-age\\s*=\\s*\"?(\\d{1,9})\"?)\\s*(?=,|$)");

  private final URI url;
  private final Ed25519Provider provider;
  private final HttpClient http;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param provider verifies under the keys
  KeySetClient(URI url, Ed25519Provider provider) {
    this.url = url;
    this.provider = provider;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
  }

  /// @param lifetime how long the set may be used, counted from before it was asked for
  record Answer(JwkSet keys, Duration lifetime) {}

  /// @throws IOException saying why there is no set
  Answer fetch() throws IOException {
    Future<Answer> answer = threads.submit(this::exchange);
    try {
      return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer within " + TIMEOUT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }

  private Answer exchange() throws IOException, InterruptedException, MalformedKeyException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("Accept", "application/json")
            .header("Cache-Control", "no-cache")
            .build();
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("status " + response.statusCode());
      }
      byte[] json = body.readNBytes(MAX_BYTES + 1);
      if (json.length > MAX_BYTES) {
        throw new IOException("longer than " + MAX_BYTES + " bytes");
      }
      return new Answer(JwkSet.parse(json, provider), lifetime(response.headers()));
    }
  }

  /// The shortest of what `Cache-Control` allows, less the `Age` that a cache on the way reports
  /// (RFC 9111 §4.2, §5.1), between 1 s and 60 s; 60 s where it says nothing.
  static Duration lifetime(HttpHeaders headers) {
    long seconds = MAX_AGE.toSeconds();
    for (String value : headers.allValues("Cache-Control")) {
      Matcher directive = DIRECTIVE.matcher(value);
      while (directive.find()) {
        String age = directive.group(2);
        seconds = Math.min(seconds, age == null ? 0 : Long.parseLong(age));
      }
    }
    for (String value : headers.allValues("Age")) {
      seconds -= value.matches("\\d{1,9}") ? Long.parseLong(value) : seconds;
    }
    return Duration.ofSeconds(Math.max(seconds, MIN_AGE.toSeconds()));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    http.shutdownNow();
  }
}
