package dev.interceptor.server.targets;

import static dev.interceptor.server.targets.TestModels.chat;
import static dev.interceptor.server.targets.TestModels.request;
import static dev.interceptor.server.targets.TestModels.target;
import static dev.interceptor.server.targets.TestModels.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.live.Await;
import dev.interceptor.server.session.RedisSettings;
import dev.interceptor.server.targets.ModelFault.Kind;
import dev.interceptor.server.targets.ModelRequest.Delivery;
import dev.interceptor.server.targets.TestModels.Client;
import dev.interceptor.server.targets.TestModels.OpenGate;
import dev.interceptor.server.upstream.ScriptedServer;
import dev.interceptor.server.upstream.TraceContext;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ModelServersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String HELLO = "{\"model\":\"m\",\"messages\":[]}";
  private static final String ANSWER = "{\"choices\":[]}";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final OpenGate gate = new OpenGate();
  private final HttpModelServers servers = keep(new HttpModelServers(gate, () -> 0.5));

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
    assertThat(gate.inside.get()).isZero();
  }

  private ScriptedServer server(ScriptedServer.Script script) throws IOException {
    return keep(ScriptedServer.start(script));
  }

  private static String root(ScriptedServer server) {
    return server.url().resolve("/").toString();
  }

  private ScriptedServer answering(int status, String body) throws IOException {
    return server((_, wire) -> wire.json(status, body));
  }

  private static Target one(String url, String members) {
    return target(
        """
        providers: {p: {url: "%s", key_env: ALPHA_KEY%s}}
        models: {m: {provider: p, model: real-name}}
        """
            .formatted(url, members),
        "m");
  }

  private static Target two(String first, String second, String fallback) {
    return two(first, second, "10s", fallback);
  }

  /// @param timeout of the first one
  private static Target two(String first, String second, String timeout, String fallback) {
    return target(
        """
        providers:
          a: {url: "%s", key_env: ALPHA_KEY, timeout: %s}
          b: {url: "%s", key_env: BETA_KEY}
        models:
          m:
            strategy: priority
            pool: [{provider: a, model: model-a}, {provider: b, model: model-b}]
            fallback: {enabled: true, %s}
        """
            .formatted(first, timeout, second, fallback),
        "m");
  }

  private String ask(Target target) throws IOException {
    return servers.ask(target, chat(HELLO), Leaving.NEVER, TestModels::text);
  }

  private String askedProvider(Target target) throws IOException {
    return servers.ask(
        target,
        chat(HELLO),
        Leaving.NEVER,
        answer -> answer.provider() + " " + answer.attempts() + " " + answer.status());
  }

  private Kind fault(Target target) {
    return catchThrowableOfType(ModelFault.class, () -> ask(target)).kind();
  }

  @Test
  void aRequestIsBuiltFromNothingAndNamesTheProvidersModel() throws Exception {
    ScriptedServer server = answering(200, ANSWER);
    var trace = new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    var asked =
        new ModelRequest(
            Dialect.CHAT,
            TestModels.json("{\"model\":\"m\",\"temperature\":1.50,\"messages\":[]}"),
            Delivery.WHOLE,
            Optional.of(trace));

    String answer = servers.ask(one(root(server), ""), asked, Leaving.NEVER, TestModels::text);

    assertThat(answer).isEqualTo(ANSWER);
    var received = server.received().getFirst();
    assertThat(received.startLine()).isEqualTo("POST /v1/chat/completions HTTP/1.1");
    assertThat(received.headers().keySet())
        .containsExactlyInAnyOrder(
            "host",
            "connection",
            "content-length",
            "content-type",
            "accept",
            "accept-encoding",
            "authorization",
            "traceparent");
    assertThat(received.header("authorization")).contains("Bearer sk-alpha-0123456789");
    assertThat(received.header("accept-encoding")).contains("identity");
    assertThat(received.json().path("model").asText()).isEqualTo("real-name");
    assertThat(asked.body().path("model").asText()).isEqualTo("m");
  }

  @Test
  void theVersionInAPathIsNotDoubled() {
    for (String base : List.of("http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/")) {
      Provider provider = Provider.keyless("p", Provider.Kind.OLLAMA, URI.create(base));
      assertThat(Attempt.address(provider, "/v1/embeddings"))
          .hasToString("http://h:1/v1/embeddings");
      assertThat(Attempt.address(provider, "/api/chat")).hasToString("http://h:1/api/chat");
    }
    Provider below = Provider.keyless("p", Provider.Kind.OPENAI, URI.create("http://h/openai/v1"));
    assertThat(Attempt.address(below, "/v1/responses")).hasToString("http://h/openai/v1/responses");
  }

  @Test
  void aConnectionIsUsedAgainAlsoWhenTheReaderStopsAtTheEndOfTheContent() throws Exception {
    ScriptedServer server =
        server((_, wire) -> {
          wire.startStream();
          wire.event("[DONE]");
          wire.endStream();
        });
    Target target = one(root(server), "");
    servers.keep(target.config());
    AnswerReader<Integer> untilDone =
        answer -> answer.body().readNBytes("data: [DONE]\n\n".length()).length;
    var _ =
        Await.until(
            "a request over a connection that was there",
            PATIENCE,
            () -> {
              int before = server.connections();
              var _ =
                  servers.ask(
                      target,
                      request(Dialect.CHAT, HELLO, Delivery.STREAM),
                      Leaving.NEVER,
                      untilDone);
              return before > 0 && server.connections() == before;
            });
  }

  @Test
  void aProviderWhoseLimitIsReachedIsLeftOutOnlyWhereThatIsWanted() throws Exception {
    var settings =
        new RedisSettings(
            TestServices.shared().redisUri().toString(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMinutes(1));
    ModelLimits limits = keep(ModelLimits.redis(settings, "servers-test"));
    HttpModelServers limited = keep(new HttpModelServers(limits, () -> 0.5));
    ScriptedServer server = answering(200, ANSWER);
    String text =
        """
        providers:
          narrow: {url: "%1$s", limits: {concurrent: 1}}
          wide: {url: "%1$s"}
        models:
          m:
            strategy: priority
            pool: [{provider: narrow, model: n}, {provider: wide, model: w}]
            fallback: {enabled: true, on_rate_limit: %2$s}
        """;
    Target moving = target(text.formatted(root(server), true), "m");
    Target staying = target(text.formatted(root(server), false), "m");

    String inside =
        limited.ask(
            moving,
            chat(HELLO),
            Leaving.NEVER,
            held -> {
              String other = limited.ask(moving, chat(HELLO), Leaving.NEVER, ModelAnswer::provider);
              ModelFault fault =
                  catchThrowableOfType(
                      ModelFault.class,
                      () ->
                          limited.ask(staying, chat(HELLO), Leaving.NEVER, ModelAnswer::provider));
              return held.provider()
                  + ' '
                  + other
                  + ' '
                  + fault.error().status()
                  + ' '
                  + fault.error().headers().get("retry-after");
            });
    assertThat(inside).isEqualTo("narrow wide 429 1");

    assertThatThrownBy(() ->
            limited.ask(
                staying,
                chat(HELLO),
                Leaving.NEVER,
                _ -> {
                  throw new IOException("the client's side broke");
                }))
        .hasMessage("the client's side broke");
    String again = limited.ask(staying, chat(HELLO), Leaving.NEVER, ModelAnswer::provider);
    assertThat(again).isEqualTo("narrow");
  }

  @Test
  void aStatusOfTheListIsAskedElsewhereAndOthersAreNot() throws Exception {
    ScriptedServer good = answering(200, ANSWER);
    for (int status : List.of(500, 503, 599, 502, 418)) {
      ScriptedServer bad = answering(status, "{}");
      assertThat(askedProvider(two(root(bad), root(good), "on_status: [5, 418]")))
          .isEqualTo("b 2 200");
    }
    for (int status : List.of(400, 404, 429)) {
      ScriptedServer bad = answering(status, "{}");
      assertThat(askedProvider(two(root(bad), root(good), "on_status: [5, 418]")))
          .isEqualTo("a 1 " + status);
    }
    ScriptedServer limited = answering(429, "{}");
    assertThat(askedProvider(two(root(limited), root(good), "on_rate_limit: true")))
        .isEqualTo("b 2 200");
    ScriptedServer teapot = answering(504, "{}");
    assertThat(askedProvider(two(root(teapot), root(good), "on_status: [50]")))
        .isEqualTo("b 2 200");
  }

  @Test
  void eachProviderGetsItsOwnKeyAndItsOwnName() throws Exception {
    ScriptedServer bad = answering(500, "{}");
    ScriptedServer good = answering(200, ANSWER);

    var _ = ask(two(root(bad), root(good), "on_status: [5]"));

    assertThat(bad.received().getFirst().header("authorization"))
        .contains("Bearer sk-alpha-0123456789");
    assertThat(good.received().getFirst().header("authorization"))
        .contains("Bearer sk-beta-0123456789");
    assertThat(good.received().getFirst().json().path("model").asText()).isEqualTo("model-b");
  }

  @Test
  void theLastAnswerIsTheClientsWhateverItIs() throws Exception {
    ScriptedServer bad = answering(500, "{\"error\":1}");
    ScriptedServer worse = answering(503, "{\"error\":2}");
    assertThat(askedProvider(two(root(bad), root(worse), "on_status: [5]"))).isEqualTo("b 2 503");
    assertThat(askedProvider(two(root(bad), root(worse), "on_status: [5], max_attempts: 1")))
        .isEqualTo("a 1 500");
    assertThat(
            askedProvider(
                two(
                    root(bad),
                    root(worse),
                    "on_status: [5], with_replacement: true, max_attempts: 4,"
                        + " backoff: {initial: 1ms, jitter: none}")))
        .isEqualTo("a 4 500");
  }

  @Test
  void aProviderThatCannotBeReachedIsReplaced() throws Exception {
    ScriptedServer good = answering(200, ANSWER);
    ScriptedServer hangsUp = server((_, wire) -> wire.hangUp());
    ScriptedServer silent = server((_, wire) -> wire.awaitHangUp());
    for (String bad : List.of("http://127.0.0.1:1", root(hangsUp), root(silent))) {
      assertThat(askedProvider(two(bad, root(good), "2s", "max_attempts: 2"))).isEqualTo("b 2 200");
    }
  }

  @Test
  void withoutFallbackAFaultSaysWhatHappened() throws Exception {
    ScriptedServer silent = server((_, wire) -> wire.awaitHangUp());
    assertThat(fault(one("http://127.0.0.1:1", ""))).isEqualTo(Kind.UNREACHABLE);
    assertThat(fault(one(root(silent), ", timeout: 50ms"))).isEqualTo(Kind.TIMEOUT);
    ScriptedServer chatty =
        server((_, wire) -> {
          wire.startStream();
          wire.raw("zz\r\n");
        });
    assertThat(fault(one(root(chatty), ", timeout: 5s"))).isEqualTo(Kind.PROTOCOL);
    ScriptedServer elsewhere =
        server((_, wire) -> wire.json(302, "{}", "Location: http://127.0.0.1:1/"));
    assertThat(fault(one(root(elsewhere), ""))).isEqualTo(Kind.PROTOCOL);
    ScriptedServer zipped = server((_, wire) -> wire.json(200, "zip", "Content-Encoding: gzip"));
    assertThat(fault(one(root(zipped), ""))).isEqualTo(Kind.PROTOCOL);
    assertThat(elsewhere.received()).hasSize(1);
  }

  @Test
  void anErrorUnderASuccessIsAFailure() throws Exception {
    ScriptedServer good = answering(200, ANSWER);
    ScriptedServer limited =
        answering(200, "{\"error\":{\"message\":\"x\",\"code\":\"rate_limit_exceeded\"}}");
    ScriptedServer numbered = answering(200, "{\"error\":{\"message\":\"x\",\"code\":\"418\"}}");
    ScriptedServer plain = answering(200, "{\"error\":\"out of memory\"}");
    ScriptedServer empty = answering(200, "");
    var expected = List.of(429, 418, 500, 502);
    var bad = List.of(limited, numbered, plain, empty);
    for (int i = 0; i < bad.size(); i++) {
      assertThat(
              servers.<Integer>ask(
                  one(root(bad.get(i)), ""),
                  chat(HELLO),
                  Leaving.NEVER,
                  answer -> answer.failure().orElse(0)))
          .isEqualTo(expected.get(i));
      assertThat(
              askedProvider(
                  two(root(bad.get(i)), root(good), "on_status: [4, 5], on_rate_limit: true")))
          .isEqualTo("b 2 200");
    }
  }

  @Test
  void anAnswerThatSpeaksOfErrorsIsNoFailure() throws Exception {
    String body =
        "{\"choices\":[{\"message\":{\"content\":\"{\\\"error\\\":{}}\"}}],\"error\":null,"
            + "\"x\":{\"error\":{\"code\":500}}}";
    ScriptedServer server = answering(200, body);
    assertThat(
            servers.<String>ask(
                one(root(server), ""),
                chat(HELLO),
                Leaving.NEVER,
                answer -> answer.failure().isPresent() + text(answer)))
        .isEqualTo("false" + body);
  }

  @Test
  void onceTheReaderSawAnAnswerNobodyElseIsAsked() throws Exception {
    ScriptedServer cut =
        server((_, wire) -> {
          wire.startStream();
          wire.event("{}");
          wire.hangUp();
        });
    ScriptedServer good = answering(200, ANSWER);
    Target target = two(root(cut), root(good), "on_status: [5]");
    assertThatThrownBy(() ->
            servers.ask(
                target,
                request(Dialect.CHAT, HELLO, Delivery.STREAM),
                Leaving.NEVER,
                TestModels::text))
        .isInstanceOfSatisfying(
            ModelFault.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
    assertThat(good.received()).isEmpty();
  }

  @Test
  void anAnswerThatStopsIsGivenUpAfterTheIdleTime() throws Exception {
    ScriptedServer stops =
        server((_, wire) -> {
          wire.startStream();
          wire.event("{}");
          wire.awaitHangUp();
        });
    assertThatThrownBy(() -> ask(one(root(stops), ", idle_timeout: 50ms")))
        .isInstanceOfSatisfying(
            ModelFault.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
  }

  @Test
  void theReadersOwnTimeIsNotTheProviders() throws Exception {
    ScriptedServer silent = server((_, wire) -> wire.awaitHangUp());
    ScriptedServer server =
        server((_, wire) -> {
          wire.startStream();
          wire.event("1");
          wire.event("2");
          wire.endStream();
        });
    Target hasty = one(root(server), ", timeout: 4s, idle_timeout: 4s");
    String read =
        servers.ask(
            hasty,
            request(Dialect.CHAT, HELLO, Delivery.STREAM),
            Leaving.NEVER,
            answer -> {
              assertThat(fault(one(root(silent), ", timeout: 4100ms"))).isEqualTo(Kind.TIMEOUT);
              return text(answer);
            });
    assertThat(read).isEqualTo("data: 1\n\ndata: 2\n\n");
  }

  @Test
  void aClientThatLeavesEndsTheExchangeBeforeAndWithinTheAnswer() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(2);
    ScriptedServer silent = server((_, wire) -> untilHungUp(wire, hungUp));
    ScriptedServer endless =
        server((_, wire) -> {
          wire.startStream();
          wire.event("1");
          untilHungUp(wire, hungUp);
        });
    leaves(silent, () -> !silent.received().isEmpty(), TestModels::text);
    AtomicBoolean reading = new AtomicBoolean();
    leaves(
        endless,
        reading::get,
        answer -> {
          var _ = answer.body().read();
          reading.set(true);
          return text(answer);
        });
    assertThat(hungUp.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  private void leaves(ScriptedServer server, Await.Condition moment, AnswerReader<String> reader)
      throws Exception {
    Client client = new Client();
    var asked = request(Dialect.CHAT, HELLO, Delivery.STREAM);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var kind =
          threads.submit(() ->
              catchThrowableOfType(
                      ModelFault.class,
                      () -> servers.ask(one(root(server), ""), asked, client, reader))
                  .kind());
      var _ = Await.until("the moment", PATIENCE, moment);
      client.leave();
      assertThat(kind.get()).isEqualTo(Kind.ABANDONED);
    }
  }

  private static void untilHungUp(ScriptedServer.Wire wire, CountDownLatch hungUp)
      throws IOException {
    try {
      wire.awaitHangUp();
    } finally {
      hungUp.countDown();
    }
  }

  @Test
  void aClientThatLeavesEndsTheWaitBetweenTwoAttempts() throws Exception {
    ScriptedServer bad = answering(500, "{}");
    Client client = new Client();
    Target target =
        two(
            root(bad),
            root(bad),
            "on_status: [5], backoff: {initial: 1m, max: 1m, jitter: none}, max_total_backoff: 5m");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var kind =
          threads.submit(() ->
              catchThrowableOfType(
                      ModelFault.class,
                      () -> servers.ask(target, chat(HELLO), client, TestModels::text))
                  .kind());
      var _ = Await.until("the first attempt", PATIENCE, () -> !bad.received().isEmpty());
      client.leave();
      assertThat(kind.get()).isEqualTo(Kind.ABANDONED);
    }
    assertThat(bad.received()).hasSize(1);
  }

  @Test
  void aProvidersPermitIsHeldUntilTheReaderIsDone() throws Exception {
    ScriptedServer server = answering(200, ANSWER);
    assertThat(
            servers.<Integer>ask(
                one(root(server), ""), chat(HELLO), Leaving.NEVER, _ -> gate.inside.get()))
        .isEqualTo(1);
    assertThatThrownBy(() ->
            servers.ask(
                one(root(server), ""),
                chat(HELLO),
                Leaving.NEVER,
                _ -> {
                  throw new IOException("the client's side broke");
                }))
        .hasMessage("the client's side broke");
    assertThat(gate.inside.get()).isZero();
  }

  @Test
  void connectionsOutliveChangesThatDoNotConcernThem() throws Exception {
    ScriptedServer server = answering(200, ANSWER);
    String text =
        """
        providers: {p: {url: "%s", max_connections: 5%s}}
        models: {m: {provider: p, model: x}}
        """;
    var models = new TestModels.Fixed(text.formatted(root(server), ""));
    models.eachConfig(servers::keep);
    var _ = ask(models.find("m", TestModels.SOMEBODY).orElseThrow());
    models.change(text.formatted(root(server), ", trust: full, limits: {concurrent: 3}"));
    var _ = ask(models.find("m", TestModels.SOMEBODY).orElseThrow());
    assertThat(server.connections()).isEqualTo(1);

    models.change(text.formatted(root(server), ", timeout: 7s"));
    var _ = ask(models.find("m", TestModels.SOMEBODY).orElseThrow());
    assertThat(server.connections()).isEqualTo(2);
  }
}
