package dev.interceptor.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RemoteGuardTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "the text that is judged";

  private final List<JsonNode> questions = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private volatile int status = 200;
  private volatile String answer = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/base/api/chat",
        exchange -> {
          questions.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
          if (answer.equals("never")) {
            awaitEnd();
          }
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Location", "/base/api/chat");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  private void awaitEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private PromptGuard guard(Sensitivity sensitivity, String model, Duration timeout) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/base/");
    GuardFamily family = GuardFamily.ofModel(model).orElseThrow();
    return PromptGuard.remote(sensitivity, GuardServer.http(base, timeout), model, family);
  }

  private PromptGuard guard(Sensitivity sensitivity, String model) {
    return guard(sensitivity, model, Duration.ofSeconds(30));
  }

  private void says(String content) throws IOException {
    answer =
        JSON.writeValueAsString(
            JSON.createObjectNode()
                .put("done", true)
                .put("prompt_eval_count", 40)
                .set("message", JSON.createObjectNode().put("content", content)));
  }

  private static List<PromptText> one(PromptRole role, String text) {
    return List.of(GivenText.of(role, text));
  }

  private void assertNoVerdict(PromptGuard guard) {
    assertThatThrownBy(() -> guard.judge(one(PromptRole.USER, TEXT)))
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.GUARD_UNAVAILABLE);
              assertThat(failure.getMessage()).doesNotContain(TEXT);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "granite3-guardian:8b, LOW, No, clear",
    "granite3-guardian:8b, LOW, Yes, injection",
    "granite3-guardian:8b, LOW, Yes|<confidence> Low </confidence>, clear",
    "granite3-guardian:8b, MEDIUM, Yes|<confidence> Low </confidence>, injection",
    "granite3.3-guardian, MEDIUM, <think>|no harm?|</think>|<score> yes </score>, injection",
    "granite3.3-guardian, MEDIUM, <think></think><score> no </score>, clear",
    "shieldgemma:2b, MEDIUM, No, clear",
    "shieldgemma:2b, LOW, 'Yes, it does', injection",
    "llama-guard3:1b, HIGH, safe, clear",
    "llama-guard3:1b, LOW, unsafe|S3, S3",
    "llama-guard3:1b, LOW, unsafe|S2, clear",
    "llama-guard3:1b, LOW, 'unsafe|S2,S1', S1",
    "llama-guard3:1b, LOW, unsafe|S13, clear",
    "llama-guard3:1b, MEDIUM, unsafe|S13, S13",
    "llama-guard3:1b, LOW, unsafe, unsafe",
    "llama-guard3:1b, LOW, unsafe|S99, unsafe",
  })
  void aVerdictIsReadAsTheFamilyWritesIt(
      String model, Sensitivity sensitivity, String said, String kind) throws IOException {
    says(said.replace('|', '\n'));
    PromptVerdict expected =
        kind.equals("clear")
            ? PromptVerdict.CLEAR
            : new PromptVerdict.Flagged(kind, PromptRole.TOOL);
    assertThat(guard(sensitivity, model).judge(one(PromptRole.TOOL, TEXT))).isEqualTo(expected);
    JsonNode question = questions.getFirst();
    assertThat(question.path("model").asText()).isEqualTo(model);
    assertThat(question.path("stream").asBoolean(true)).isFalse();
    JsonNode messages = question.path("messages");
    assertThat(messages.path(messages.size() - 1).path("content").asText()).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "maybe", "I cannot say yes", "Sure! No", "safe but unsafe", "nothing"})
  void anAnswerThatIsNoVerdictLetsNothingPass(String said) throws IOException {
    says(said);
    for (String model : List.of("granite3-guardian", "shieldgemma", "llama-guard3")) {
      assertNoVerdict(guard(Sensitivity.LOW, model));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "{}",
        "[]",
        "{\"error\":\"boom\"}",
        "{\"message\":{\"content\":\"No\"}}",
        "{\"message\":{\"content\":\"No\"},\"done\":false}",
        "{\"message\":{\"content\":1},\"done\":true}",
        "{\"message\":{\"content\":\"No\"},\"done\":true,\"prompt_eval_count\":16384}"
      })
  void whatIsNotAWholeAnswerLetsNothingPass(String body) {
    answer = body;
    assertNoVerdict(guard(Sensitivity.LOW, "granite3-guardian"));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 400, 401, 404, 500, 503})
  void anyStatusBut200LetsNothingPass(int given) throws IOException {
    says("No");
    status = given;
    assertNoVerdict(guard(Sensitivity.LOW, "granite3-guardian"));
    assertThat(questions).hasSize(1);
  }

  @Test
  void aServerThatDoesNotAnswerInTimeLetsNothingPass() {
    answer = "never";
    assertNoVerdict(guard(Sensitivity.LOW, "granite3-guardian", Duration.ofMillis(200)));
  }

  @Test
  void aServerThatIsNotThereLetsNothingPass() {
    PromptGuard guard = guard(Sensitivity.LOW, "granite3-guardian");
    server.stop(0);
    assertNoVerdict(guard);
  }

  @Test
  void anAnswerWithoutEndLetsNothingPass() {
    answer = "x".repeat(2 * 1024 * 1024);
    assertNoVerdict(guard(Sensitivity.LOW, "granite3-guardian"));
  }

  @Test
  void whatWasClearIsNotAskedAgainAndWhatWasFlaggedIs() throws IOException {
    PromptGuard guard = guard(Sensitivity.LOW, "granite3-guardian");
    says("No");
    guard.judge(one(PromptRole.USER, "first"));
    List<PromptText> both =
        List.of(
            GivenText.of(PromptRole.USER, "first"), GivenText.of(PromptRole.ASSISTANT, "second"));
    guard.judge(both);
    assertThat(questions).hasSize(2);
    says("Yes");
    for (int i = 0; i < 2; i++) {
      assertThat(guard.judge(one(PromptRole.USER, "third")))
          .isInstanceOf(PromptVerdict.Flagged.class);
    }
    assertThat(questions).hasSize(4);
  }

  @Test
  void aLongTextIsJudgedWholeInPiecesThatOverlap() throws IOException {
    says("No");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append("word").append(i).append(' ');
    }
    guard(Sensitivity.LOW, "granite3-guardian").judge(one(PromptRole.USER, text.toString()));
    assertThat(questions.size()).isBetween(3, 4);
    for (int i = 0; i < 2_000; i++) {
      String word = "word" + i + " ";
      assertThat(questions)
          .anyMatch(question ->
              question.path("messages").path(1).path("content").asText().contains(word));
    }
  }

  @Test
  void noCharacterIsCutInTwo() throws IOException {
    says("No");
    String text = "\uD83D\uDE00".repeat(10_000);
    for (String before : List.of("", "a")) {
      guard(Sensitivity.LOW, "granite3-guardian").judge(one(PromptRole.USER, before + text));
    }
    assertThat(questions).hasSizeGreaterThan(6);
    for (JsonNode question : questions) {
      String asked = question.path("messages").path(1).path("content").asText();
      assertThat(asked.replace("\uD83D\uDE00", "")).isIn("", "a");
    }
  }

  @Test
  void moreNewTextThanAGuardIsAskedAboutIsRefused() throws IOException {
    says("No");
    String text = "word ".repeat(6_000 * (ModelGuard.MOST_PIECES + 1) / 5);
    assertThatThrownBy(
            () -> guard(Sensitivity.LOW, "granite3-guardian").judge(one(PromptRole.USER, text)))
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
    assertThat(questions).isEmpty();
  }

  @Test
  void aModelOfNoKnownFamilyHasNone() {
    assertThat(GuardFamily.ofModel("llama3.2")).isEqualTo(Optional.empty());
    assertThat(GuardFamily.ofModel("library/Llama-Guard3:8b-q4")).contains(GuardFamily.LLAMA_GUARD);
  }
}
