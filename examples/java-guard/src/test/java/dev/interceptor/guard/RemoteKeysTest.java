package dev.interceptor.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.VerificationKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RemoteKeysTest {
  private static final VerificationKey OLD = KeySetServer.key(1);
  private static final VerificationKey NEW = KeySetServer.key(2);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Instant time = START;
  private final KeySetServer server;
  private final RemoteKeys keys;

  RemoteKeysTest() throws IOException {
    server = new KeySetServer();
    keys = RemoteKeys.at(server.url(), Ed25519Provider.bouncyCastle(), () -> time);
  }

  @BeforeEach
  void publish() {
    server.answer = KeySetServer.set("public, max-age=60", OLD);
  }

  @AfterEach
  void close() {
    keys.close();
    server.close();
    threads.shutdownNow();
  }

  private Future<Optional<VerificationKey>> ask(String kid) {
    Callable<Optional<VerificationKey>> question = () -> keys.apply(kid);
    return threads.submit(question);
  }

  @Test
  void aSetIsFetchedOnceForAllItsTime() {
    for (int i = 0; i < 100; i++) {
      assertThat(keys.apply(OLD.kid())).contains(OLD);
    }
    time = START.plusSeconds(44);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    assertThat(server.asked).hasValue(1);
  }

  @Test
  void callersThatComeTogetherCauseOneFetchAfterTheFirst() throws Exception {
    List<Future<Optional<VerificationKey>>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(ask(OLD.kid()));
    }
    for (Future<Optional<VerificationKey>> answer : answers) {
      assertThat(answer.get()).contains(OLD);
    }
    assertThat(server.asked).hasValueLessThanOrEqualTo(2);
  }

  @Test
  void aKeyThatIsPublishedDuringAFetchIsFoundByTheNext() throws Exception {
    server.sendable.drainPermits();
    var first = ask(OLD.kid());
    Await.until("the first fetch is under way", ofSeconds(5), () -> server.asked.get() == 1);
    server.answer = KeySetServer.set("max-age=60", OLD, NEW);
    var second = ask(NEW.kid());
    Await.until("the second caller waits", ofSeconds(5), () -> keys.waiting() == 2);
    server.sendable.release(1000);
    assertThat(first.get()).contains(OLD);
    assertThat(second.get()).contains(NEW);
    assertThat(server.asked).hasValue(2);
  }

  @Test
  void aKeyThatLeftTheSetIsUnknown() {
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    server.answer = KeySetServer.set("max-age=60", NEW);
    assertThat(keys.apply(NEW.kid())).contains(NEW);
    assertThat(keys.apply(OLD.kid())).isEmpty();
  }

  @Test
  void aSetIsRenewedBeforeItsTimeIsOverAndNobodyWaits() throws Exception {
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    server.sendable.drainPermits();
    server.answer = KeySetServer.set("max-age=60", OLD, NEW);
    time = START.plusSeconds(45);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    Await.until("a renewal is under way", ofSeconds(5), () -> server.asked.get() == 2);
    server.sendable.release(1000);
    assertThat(keys.apply(NEW.kid())).contains(NEW);
    time = START.plusSeconds(104);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
  }

  @ParameterizedTest
  @ValueSource(longs = {60, -1})
  void aSetIsNotUsedWhenItsTimeIsOverOrTheClockWasSetBack(long seconds) {
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    server.answer = new KeySetServer.Answer(500, "", ".", -1);
    time = START.plusSeconds(seconds);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
    server.answer = KeySetServer.set("max-age=60", OLD);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
  }

  @Test
  void failedFetchesDoNotExtendTheTimeOfASet() throws Exception {
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    server.answer = new KeySetServer.Answer(500, "", ".", -1);
    time = START.plusSeconds(59);
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    Await.until("a renewal has failed", ofSeconds(5), () -> server.asked.get() == 2);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply("made-up"));
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    time = START.plusSeconds(60);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 301, 302, 307, 308, 404, 500})
  void onlyStatus200BringsKeysAndNoRedirectIsFollowed(int status) {
    String body = KeySetServer.json(OLD);
    server.answer = new KeySetServer.Answer(status, "", body, -1);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
  }

  @Test
  void aSetThatIsTooLongOrNotOneIsRefused() {
    String padded = KeySetServer.json(OLD) + " ".repeat(64 * 1024);
    server.answer = new KeySetServer.Answer(200, "", padded, -1);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
    server.answer = new KeySetServer.Answer(200, "", "{\"keys\":[{}]}", -1);
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void anAnswerThatStallsIsGivenUp(int after) {
    server.answer = new KeySetServer.Answer(200, "", KeySetServer.json(OLD), after);
    long start = RunningTime.nanoTime();
    assertThatIllegalStateException().isThrownBy(() -> keys.apply(OLD.kid()));
    assertThat(RunningTime.since(start)).isLessThan(ofSeconds(4));
  }

  /// The control is the number of questions: without the allowance each of them is a fetch.
  @Test
  void madeUpNamesNeitherFloodTheIssuerNorLockOutANewKey() throws Exception {
    assertThat(keys.apply(OLD.kid())).contains(OLD);
    var over = new AtomicBoolean();
    var questions = new AtomicInteger();
    var found = new AtomicInteger();
    long start = System.nanoTime();
    for (int i = 0; i < 64; i++) {
      int thread = i;
      threads.execute(() -> {
        for (int n = 0; !over.get(); n++) {
          questions.incrementAndGet();
          try {
            found.addAndGet(keys.apply("made-up-" + thread + "-" + n).isPresent() ? 1 : 0);
          } catch (IllegalStateException e) {
            Thread.onSpinWait();
          }
        }
      });
    }
    try {
      Await.until("the allowance is used up", ofSeconds(10), () -> server.asked.get() >= 7);
      server.answer = KeySetServer.set("max-age=60", OLD, NEW);
      long published = RunningTime.nanoTime();
      assertThat(keys.apply(OLD.kid())).contains(OLD);
      Await.until("the new key is known", ofSeconds(10), () -> isKnown(NEW));
      assertThat(RunningTime.since(published)).isLessThan(ofSeconds(4));
    } finally {
      over.set(true);
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + 1;
    assertThat(server.asked.get()).isLessThanOrEqualTo((int) (6 + seconds));
    assertThat(questions).hasValueGreaterThan(100);
    assertThat(found).hasValue(0);
  }

  private boolean isKnown(VerificationKey key) {
    try {
      return keys.apply(key.kid()).isPresent();
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://keys.example/jwks.json",
        "http://127.0.0.1.example/jwks.json",
        "ftp://localhost/jwks.json",
        "https:///jwks.json",
        "https://user@keys.example/jwks.json",
        "https://keys.example/jwks.json#a",
        "jwks.json"
      })
  void keysComeOverTlsOrFromThisMachine(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> RemoteKeys.at(URI.create(url)));
  }

  @Test
  void anInsecureNetworkIsTrustedOnlyByName() {
    RemoteKeys.atInsecureHttp(URI.create("http://keys.example/jwks.json")).close();
    RemoteKeys.at(URI.create("https://keys.example/jwks.json")).close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                          | ''  | 60
          public, max-age=5           | ''  | 5
          max-age=5, max-age=7        | ''  | 5
          MAX-AGE = 5                 | ''  | 5
          max-age="5"                 | ''  | 5
          max-age=600                 | ''  | 60
          max-age=0                   | ''  | 1
          max-age=60, no-cache        | ''  | 1
          no-store                    | ''  | 1
          max-age=-1                  | ''  | 60
          x-max-age=5                 | ''  | 60
          max-age=60                  | 50  | 10
          max-age=60                  | 90  | 1
          max-age=60                  | x   | 1
          """)
  void theTimeOfASetIsWhatItsHeadersSayWithinBounds(String control, String age, long seconds) {
    Map<String, List<String>> headers =
        Map.of(
            "Cache-Control", control.isEmpty() ? List.of() : List.of(control),
            "Age", age.isEmpty() ? List.of() : List.of(age));
    assertThat(KeySetClient.lifetime(HttpHeaders.of(headers, (name, value) -> true)))
        .isEqualTo(ofSeconds(seconds));
  }

  private static Duration ofSeconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}
