package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.upstream.ToolReply.Fault;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls through a command on this machine.
class StdioUpstreamTest extends StdioUpstreams {
  @ParameterizedTest
  @ValueSource(strings = {"modern", "legacy", "legacy mute", "modern slow", "legacy modern slow"})
  void aServerOfEitherEraIsListedAndCalled(String words) {
    ToolServer server = open(words.split(" ", -1));
    assertThat(server.tools()).extracting(tool -> tool.name().value()).contains("echo");
    JsonNode params = said(server, "echo", "{\"text\":\"grüße 😀 \\\"\\n\"}").path("params");
    assertThat(params.path("arguments").path("text").asText()).isEqualTo("grüße 😀 \"\n");
    boolean modern = params.path("_meta").has("io.modelcontextprotocol/protocolVersion");
    assertThat(modern).isEqualTo(words.contains("modern"));
  }

  @Test
  void aServerThatEndsAtTheQuestionForItsEraIsNotAskedAgain() throws Exception {
    ToolServer server = open("legacy", "fatal");
    AuthorizedCall call = calls.to(server, "echo", "{}");
    Await.until(
        "the second process is greeted with `initialize`",
        PATIENCE,
        () -> server.forward(call) instanceof ToolReply.Completed);
  }

  @Test
  void theTokenIsInTheMetadataAndVerifies() throws Exception {
    ToolServer server = open("modern");
    assertThat(server.audience()).isEqualTo(Audience.of(URI.create("stdio://up")));
    // The process is there before the token, which lives a few seconds.
    said(server, "echo", "{}");
    String arguments = "{\"b\":[1,{\"c\":\"ü\"}],\"a\":0.5}";
    JsonNode params = said(server, "echo", arguments).path("params");
    String token = params.path("_meta").path("dev.interceptor/token").asText();
    var verifier =
        new TokenVerifier(
            AuthorizedCalls.ISSUER,
            calls.keys()::find,
            Duration.ofSeconds(1),
            InstantSource.system(),
            ReplayGuard.inMemory(10, Instant.EPOCH, InstantSource.system()));
    assertThat(verifier.verify(token, expected(params.path("arguments"), "echo")))
        .isInstanceOf(VerifiedToken.class);
    assertThat(verifier.verify(token, expected(JsonNodeFactory.instance.objectNode(), "echo")))
        .isNotInstanceOf(VerifiedToken.class);
  }

  private static ExpectedCall expected(JsonNode arguments, String tool) throws Exception {
    byte[] received = arguments.toString().getBytes(StandardCharsets.UTF_8);
    return new ExpectedCall(
        Audience.of(URI.create("stdio://up")),
        new ToolName(tool),
        Arguments.of(StrictJson.parseObject(received, JsonLimits.DEFAULT)).digest());
  }

  @Test
  void theEnvironmentIsWhatWasConfigured(@TempDir Path folder) throws Exception {
    Target.Command plain = StdioServer.command("legacy");
    Path real = folder.toRealPath();
    ToolServer server =
        opened(
            config(new Target.Command(plain.arguments(), plain.environment(), Optional.of(real)))
                .withTimeout(PATIENCE));
    JsonNode said = said(server, "environment", "{}");
    assertThat(said.path("cwd").asText()).isEqualTo(real.toString());
    List<String> names = new ArrayList<>();
    said.path("variables").fieldNames().forEachRemaining(names::add);
    assertThat(names).containsExactlyInAnyOrder("PATH", "GREETING", ProcessTree.MARK);
    assertThat(said.toString()).doesNotContain("eyJ");
  }

  @Test
  void manyCallsAtOnceFindTheirAnswersInAnyOrder() throws Exception {
    ToolServer server = open("modern");
    said(server, "echo", "{}");
    List<Future<ToolReply>> replies = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String arguments = "{\"n\":" + i + "}";
      replies.add(begin(() -> server.forward(calls.to(server, "hold", arguments))));
    }
    awaitWaiting(server, 60);
    said(server, "release", "{}");
    for (int i = 0; i < replies.size(); i++) {
      JsonNode arguments = said(replies.get(i).get()).path("params").path("arguments");
      assertThat(arguments.path("n").asInt()).isEqualTo(i);
    }
  }

  @Test
  void aSecondAnswerIsDropped() {
    ToolServer server = open("modern");
    assertThat(said(server, "twice", "{}").has("second")).isFalse();
    assertThat(said(server, "echo", "{}").has("params")).isTrue();
  }

  @Test
  void aCallThatIsNotAnsweredTimesOutIsCancelledAndDisturbsNothing() throws Exception {
    ToolServer server = open(SHORT, "legacy");
    Await.until(
        "the server has started",
        PATIENCE,
        () -> server.forward(calls.to(server, "echo", "{}")) instanceof ToolReply.Completed);
    assertThat(server.forward(calls.to(server, "never", "{}")))
        .isEqualTo(new ToolReply.Unknown(Fault.TIMEOUT, "no answer in time"));
    Await.until(
        "the server was told",
        PATIENCE,
        () -> !said(server, "cancelled", "{}").path("ids").isEmpty());
  }

  @Test
  void whoLeavesEndsTheCallAndTheServerIsTold() throws Exception {
    ToolServer server = open("modern");
    said(server, "echo", "{}");
    TestCaller leaver = TestCaller.listening();
    Future<ToolReply> reply = begin(() -> server.forward(calls.to(server, "never", "{}"), leaver));
    awaitWaiting(server, 1);
    leaver.leave();
    assertThat(reply.get()).isEqualTo(new ToolReply.Unknown(Fault.ABANDONED, "the caller left"));
    Await.until(
        "the server was told",
        PATIENCE,
        () -> !said(server, "cancelled", "{}").path("ids").isEmpty());
  }

  @Test
  void progressReachesItsCaller() {
    ToolServer server = open("modern");
    TestCaller listener = TestCaller.listening();
    assertThat(server.forward(calls.to(server, "progress", "{}"), listener))
        .isInstanceOf(ToolReply.Completed.class);
    assertThat(listener.heard())
        .extracting(notice -> notice.params().path("progress").asInt())
        .containsExactly(1, 2, 3);
  }

  @Test
  void aLegacyServersPingIsAnsweredAndItsOtherQuestionsAreRefused() throws Exception {
    ToolServer server = open("legacy");
    said(server, "ask", "{}");
    var answers = new CompletableFuture<JsonNode>();
    Await.until(
        "both answers",
        PATIENCE,
        () -> {
          JsonNode said = said(server, "asked", "{}");
          return said.size() == 2 && answers.complete(said);
        });
    assertThat(answers.get().path("q-ping").has("result")).isTrue();
    assertThat(answers.get().path("q-sampling/createMessage").path("error").path("code").asInt())
        .isEqualTo(-32601);
  }
}
