package dev.interceptor.server.demo;

import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.VerificationKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Public keys from one fixed address. A token can make it look again, never elsewhere.
final class RemoteKeys implements Function<String, Optional<VerificationKey>>, AutoCloseable {
  private static final Duration MAX_AGE = Duration.ofMinutes(5);
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int MAX_BYTES = 64 * 1024;

  private final URI url;
  private final InstantSource clock;
  private final HttpClient client;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Fetched last = new Fetched(JwkSet.of(List.of()), Instant.MIN);
  private Instant lastAttempt = Instant.MIN;

  RemoteKeys(URI url, InstantSource clock) {
    this.url = url;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
  }

  private record Fetched(JwkSet keys, Instant at) {}

  /// @throws IllegalStateException if keys are needed and cannot be fetched
  @Override
  public Optional<VerificationKey> apply(String kid) {
    Fetched known = last;
    Optional<VerificationKey> key = known.keys().find(kid);
    if (key.isPresent() && isFresh(known)) {
      return key;
    }
    return refreshed().keys().find(kid);
  }

  private boolean isFresh(Fetched fetched) {
    return !fetched.at().equals(Instant.MIN)
        && clock.instant().isBefore(fetched.at().plus(MAX_AGE));
  }

  private Fetched refreshed() {
    lock.lock();
    try {
      Instant now = clock.instant();
      boolean tooSoon =
          !lastAttempt.equals(Instant.MIN) && now.isBefore(lastAttempt.plus(MIN_INTERVAL));
      if (!tooSoon) {
        lastAttempt = now;
        last = new Fetched(fetch(), now);
      }
      if (!isFresh(last)) {
        throw new IllegalStateException("the key set could not be fetched");
      }
      return last;
    } finally {
      lock.unlock();
    }
  }

  private JwkSet fetch() {
    HttpRequest request =
        HttpRequest.newBuilder(url).timeout(TIMEOUT).header("Accept", "application/json").build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        byte[] json = body.readNBytes(MAX_BYTES + 1);
        if (response.statusCode() != 200 || json.length > MAX_BYTES) {
          throw new IllegalStateException("the key set could not be fetched");
        }
        return JwkSet.parse(json);
      }
    } catch (IOException | MalformedKeyException e) {
      throw new IllegalStateException("the key set could not be fetched", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the key set could not be fetched", e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
