package dev.interceptor.server.rotation;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Has a copy of every retired private key and signs with it, all the time, tokens that are good
/// but for that.
final class Thief {
  private static final long BETWEEN_ROUNDS_NANOS = 250_000_000;

  /// How long a key is tried after its window.
  private static final Duration LONG_AFTER = Duration.ofSeconds(10);

  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Stolen> keys = new CopyOnWriteArrayList<>();
  private final AtomicBoolean done = new AtomicBoolean();
  private final List<String> tooLate = new CopyOnWriteArrayList<>();
  private final LongAdder inTime = new LongAdder();
  private final LongAdder judged = new LongAdder();
  private final ToolCalls calls;
  private final URI audience;
  private final Duration bound;
  private final Future<?> running;

  /// @param at when the rotation that retired it was acknowledged
  private record Stolen(SigningKey key, Instant at) {}

  /// @param bound how long after its rotation a key may be accepted
  Thief(ToolCalls calls, URI audience, Duration bound) {
    this.calls = calls;
    this.audience = audience;
    this.bound = bound;
    this.running =
        thread.submit(() -> {
          steal();
          return true;
        });
  }

  void keep(SigningKey key, Instant retired) {
    keys.add(new Stolen(key, retired));
  }

  private void steal() throws IOException, InterruptedException {
    while (!done.get()) {
      for (Stolen key : new ArrayList<>(keys)) {
        if (Instant.now().isAfter(key.at().plus(bound).plus(LONG_AFTER))) {
          keys.remove(key);
        } else {
          tryIt(key);
        }
      }
      LockSupport.parkNanos(BETWEEN_ROUNDS_NANOS);
    }
  }

  private void tryIt(Stolen key) throws IOException, InterruptedException {
    Instant sent = Instant.now();
    boolean accepted = calls.call(token(key.key(), sent, audience)).isEmpty();
    boolean late = sent.isAfter(key.at().plus(bound));
    if (late) {
      judged.increment();
    }
    if (accepted && late) {
      tooLate.add(key.key().kid() + " after " + Duration.between(key.at(), sent));
    } else if (accepted) {
      inTime.increment();
    }
  }

  /// A token that is good but for its key.
  static String token(SigningKey key, Instant now, URI audience) {
    String header =
        "{\"alg\":\"EdDSA\",\"typ\":\"tool-call+jwt\",\"kid\":\"%s\"}".formatted(key.kid());
    String claims =
        """
        {"iss":"sentinel-interceptor","sub":"stolen","aud":"%s","iat":%d,"nbf":%2$d,"exp":%d,\
        "jti":"%s","scope":"tool:%s","p_hash":"%s"}\
        """
            .formatted(
                audience,
                now.getEpochSecond(),
                now.getEpochSecond() + 5,
                UUID.randomUUID(),
                ToolCalls.TOOL,
                Sha256.of("{}".getBytes(StandardCharsets.UTF_8)).hex());
    String signed = base64(header) + "." + base64(claims);
    byte[] signature = key.sign(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Tokens that were sent after their key's time and accepted all the same.
  List<String> acceptedTooLate() {
    return List.copyOf(tooLate);
  }

  /// Tokens that were accepted while their key's time was not over.
  long acceptedInTime() {
    return inTime.sum();
  }

  /// Tokens that were sent after their key's time.
  long judged() {
    return judged.sum();
  }

  /// @throws Exception that ended it early
  void stop() throws Exception {
    done.set(true);
    var _ = running.get();
    thread.close();
  }
}
