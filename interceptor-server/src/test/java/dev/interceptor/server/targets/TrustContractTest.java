package dev.interceptor.server.targets;

import static dev.interceptor.server.targets.TestModels.json;
import static dev.interceptor.server.targets.TestModels.request;
import static dev.interceptor.server.targets.TestModels.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.server.targets.ModelRequest.Delivery;
import dev.interceptor.server.targets.TestModels.OpenGate;
import dev.interceptor.server.upstream.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The contract of trusted targets in strict mode, from the original design: what a trusted
/// provider sends passes untouched, what another sends is reduced and masked, and the trust that
/// counts is that of the provider that answered.
final class TrustContractTest {
  private static final String CHAT =
      "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":7,\"model\":\"real-name\","
          + "\"provider_metadata\":{\"cost\":1.50},\"choices\":[{\"index\":0,\"message\":{\"role\":"
          + "\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\",\"seed\":1}]}";
  private static final String ERROR =
      "{\"error\":{\"message\":\"org-123 is out of credit\",\"type\":\"billing\",\"param\":null,"
          + "\"code\":\"quota\",\"metadata\":{\"account\":\"org-123\"}}}";
  private static final String RESPONSE =
      "{\"id\":\"r1\",\"object\":\"response\",\"model\":\"real-name\",\"cost\":2,\"output\":[]}";
  private static final String EMBEDDINGS =
      "{\"object\":\"list\",\"cost\":2,\"data\":[{\"object\":\"embedding\",\"index\":0,"
          + "\"embedding\":[0.10,1e-7,-0.0]}],\"model\":\"real-name\",\"usage\":{\"total_tokens\":1}}";
  private static final String CHUNK =
      "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"real-name\","
          + "\"provider\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpModelServers servers = keep(new HttpModelServers(new OpenGate(), () -> 0));

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  /// What a client gets.
  private record Seen(int status, String body) {}

  private String provider(int status, String body) throws IOException {
    var server = keep(ScriptedServer.start((_, wire) -> wire.json(status, body)));
    return server.url().resolve("/").toString();
  }

  private String streaming(String events) throws IOException {
    var server =
        keep(
            ScriptedServer.start((_, wire) -> {
              wire.startStream();
              wire.chunk(events);
              wire.endStream();
            }));
    return server.url().resolve("/").toString();
  }

  private static Target one(String url, String trust) {
    return target(
        """
        providers: {p: {url: "%s", %s}}
        models: {the-alias: {provider: p, model: real-name}}
        """
            .formatted(url, trust),
        "the-alias");
  }

  /// As an endpoint puts the parts together.
  private Seen ask(Target target, Dialect dialect) throws IOException {
    return servers.ask(
        target,
        request(dialect, "{\"model\":\"whatever\"}", Delivery.WHOLE),
        Leaving.NEVER,
        answer -> seen(answer, target, dialect));
  }

  private static Seen seen(ModelAnswer answer, Target target, Dialect dialect) throws IOException {
    byte[] body = answer.body().readAllBytes();
    String text = new String(body, StandardCharsets.UTF_8);
    if (answer.failure().isPresent()) {
      var mask = ErrorTable.mask(answer);
      return answer.trust().keepsErrors()
          ? new Seen(answer.status(), text)
          : new Seen(mask.status(), mask.envelope().toString());
    }
    if (answer.trust().keepsAnswers()) {
      return new Seen(answer.status(), text);
    }
    var schema = new StrictSchema(target.asked(), "1", answer.trust());
    return new Seen(
        answer.status(),
        switch (dialect) {
          case RESPONSES -> schema.response(json(text)).toString();
          case EMBEDDINGS ->
              new String(EmbeddingSplice.spliced(body, target.asked()), StandardCharsets.UTF_8);
          default -> schema.chat(json(text)).toString();
        });
  }

  @Test
  void trustedTargetBypassesSanitisingOfASuccess() throws Exception {
    for (String trust : List.of("trusted: true", "trust: full")) {
      assertThat(ask(one(provider(200, CHAT), trust), Dialect.CHAT)).isEqualTo(new Seen(200, CHAT));
    }
  }

  @Test
  void trustedTargetKeepsTheContentLength() throws Exception {
    Target target = one(provider(200, CHAT), "trusted: true");
    assertThat(
            servers.<Long>ask(
                target,
                request(Dialect.CHAT, "{}", Delivery.WHOLE),
                Leaving.NEVER,
                answer -> answer.contentLength().orElse(-1)))
        .isEqualTo(CHAT.length());
  }

  @Test
  void trustedTargetBypassesSanitisingOfAnError() throws Exception {
    for (String trust : List.of("trusted: true", "trust: errors")) {
      assertThat(ask(one(provider(402, ERROR), trust), Dialect.CHAT))
          .isEqualTo(new Seen(402, ERROR));
    }
  }

  @Test
  void untrustedTargetStillGetsSanitised() throws Exception {
    for (String trust : List.of("trust: none", "trusted: false", "trust: errors")) {
      Seen seen = ask(one(provider(200, CHAT), trust), Dialect.CHAT);
      ObjectNode body = json(seen.body());
      assertThat(body.path("model").asText()).isEqualTo("the-alias");
      assertThat(seen.body()).doesNotContain("provider_metadata").doesNotContain("seed");
      assertThat(body.at("/choices/0/message/content").asText()).isEqualTo("hi");
    }
    assertThat(ask(one(provider(402, ERROR), "trust: none"), Dialect.CHAT))
        .isEqualTo(
            new Seen(
                502,
                "{\"error\":{\"message\":\"Bad gateway\",\"type\":\"api_error\",\"param\":null,"
                    + "\"code\":null}}"));
  }

  @Test
  void anErrorUnderASuccessIsMaskedToo() throws Exception {
    Seen seen = ask(one(provider(200, ERROR), "trust: none"), Dialect.CHAT);
    assertThat(seen.status()).isEqualTo(500);
    assertThat(seen.body()).doesNotContain("org-123").contains("Internal server error");
    assertThat(ask(one(provider(200, ERROR), "trusted: true"), Dialect.CHAT))
        .isEqualTo(new Seen(200, ERROR));
  }

  @Test
  void trustedTargetPassesStreamsByteForByte() throws Exception {
    String events =
        ": hello\r\nevent: x\r\ndata:" + CHUNK + "\r\n\r\ndata: " + ERROR + "\n\ndata: [DONE]\n\n";
    Target target = one(streaming(events), "trusted: true");
    Seen seen =
        servers.ask(
            target,
            request(Dialect.CHAT, "{\"stream\":true}", Delivery.STREAM),
            Leaving.NEVER,
            answer -> {
              assertThat(answer.trust().keepsAnswers()).isTrue();
              return new Seen(answer.status(), TestModels.text(answer));
            });
    assertThat(seen).isEqualTo(new Seen(200, events));
  }

  @Test
  void untrustedStreamsAreReducedAndTheirErrorsMasked() throws Exception {
    var schema = new StrictSchema("the-alias", "1", Trust.NONE);
    ObjectNode chunk = schema.chunk(json(CHUNK));
    assertThat(chunk.path("model").asText()).isEqualTo("the-alias");
    assertThat(chunk.has("provider")).isFalse();

    Optional<ObjectNode> masked = ErrorTable.inStream(json(ERROR), Dialect.CHAT, Trust.NONE);
    assertThat(masked.orElseThrow().toString()).doesNotContain("org-123");
    assertThat(masked.orElseThrow().at("/error/message").asText())
        .isEqualTo("Internal server error");
    for (Trust trust : List.of(Trust.ERRORS, Trust.FULL)) {
      assertThat(ErrorTable.inStream(json(ERROR), Dialect.CHAT, trust)).contains(json(ERROR));
    }
    assertThat(ErrorTable.inStream(json(CHUNK), Dialect.CHAT, Trust.NONE)).isEmpty();
  }

  @Test
  void theSameHoldsForResponses() throws Exception {
    assertThat(ask(one(provider(200, RESPONSE), "trusted: true"), Dialect.RESPONSES))
        .isEqualTo(new Seen(200, RESPONSE));
    ObjectNode reduced =
        json(ask(one(provider(200, RESPONSE), "trust: none"), Dialect.RESPONSES).body());
    assertThat(reduced.path("model").asText()).isEqualTo("the-alias");
    assertThat(reduced.has("cost")).isFalse();
    assertThat(ask(one(provider(451, ERROR), "trusted: true"), Dialect.RESPONSES))
        .isEqualTo(new Seen(451, ERROR));
    assertThat(ask(one(provider(451, ERROR), "trust: none"), Dialect.RESPONSES).status())
        .isEqualTo(502);
  }

  @Test
  void theSameHoldsForEmbeddings() throws Exception {
    assertThat(ask(one(provider(200, EMBEDDINGS), "trusted: true"), Dialect.EMBEDDINGS))
        .isEqualTo(new Seen(200, EMBEDDINGS));
    assertThat(ask(one(provider(200, EMBEDDINGS), "trust: none"), Dialect.EMBEDDINGS).body())
        .isEqualTo(EMBEDDINGS.replace("\"cost\":2,", "").replace("real-name", "the-alias"));
    assertThat(ask(one(provider(429, ERROR), "trust: none"), Dialect.EMBEDDINGS).body())
        .contains("Rate limit exceeded")
        .doesNotContain("org-123");
  }

  @Test
  void withoutStrictModeEverythingPasses() throws Exception {
    Target lenient =
        target(
            """
            strict_mode: false
            providers: {p: {url: "%s"}}
            models: {the-alias: {provider: p, model: real-name}}
            """
                .formatted(provider(402, ERROR)),
            "the-alias");
    assertThat(ask(lenient, Dialect.CHAT)).isEqualTo(new Seen(402, ERROR));
  }

  /// The body names a trusted model, the request goes to an untrusted one.
  @Test
  void theTrustIsThatOfTheModelThatIsAskedNotOfTheOneInTheBody() throws Exception {
    String text =
        """
        providers: {good: {url: "%s", trusted: true}, bad: {url: "%s"}}
        models: {trusted: {provider: good, model: g}, overriding: {provider: bad, model: b}}
        """
            .formatted(provider(402, ERROR), provider(402, ERROR));
    var asked = request(Dialect.CHAT, "{\"model\":\"trusted\"}", Delivery.WHOLE);
    Target overriding = target(text, "overriding");
    assertThat(
            servers.<Seen>ask(
                overriding, asked, Leaving.NEVER, answer -> seen(answer, overriding, Dialect.CHAT)))
        .matches(seen -> seen.status() == 502 && !seen.body().contains("org-123"));
    Target trusted = target(text, "trusted");
    assertThat(
            servers.<Seen>ask(
                trusted, asked, Leaving.NEVER, answer -> seen(answer, trusted, Dialect.CHAT)))
        .isEqualTo(new Seen(402, ERROR));
  }

  @Test
  void afterAFallbackTheTrustIsThatOfTheProviderThatAnswered() throws Exception {
    String pool =
        """
        providers: {first: {url: "%s", %s}, second: {url: "%s", %s}}
        models:
          the-alias:
            strategy: priority
            pool: [{provider: first, model: f}, {provider: second, model: s%s}]
            fallback: {enabled: true, on_status: [5]}
        """;
    Seen untrusted =
        ask(
            target(
                pool.formatted(
                    provider(500, "{}"), "trusted: true", provider(402, ERROR), "trust: none", ""),
                "the-alias"),
            Dialect.CHAT);
    assertThat(untrusted.status()).isEqualTo(502);
    assertThat(untrusted.body()).doesNotContain("org-123");

    Seen trusted =
        ask(
            target(
                pool.formatted(
                    provider(500, "{}"), "trust: none", provider(402, ERROR), "trusted: true", ""),
                "the-alias"),
            Dialect.CHAT);
    assertThat(trusted).isEqualTo(new Seen(402, ERROR));

    Seen lowered =
        ask(
            target(
                pool.formatted(
                    provider(500, "{}"),
                    "trust: none",
                    provider(402, ERROR),
                    "trusted: true",
                    ", trust: none"),
                "the-alias"),
            Dialect.CHAT);
    assertThat(lowered.status()).isEqualTo(502);
  }

  @Test
  void ownErrorsAreNeverMasked() {
    Target nowhere = one("http://127.0.0.1:1", "trust: none");
    assertThat(
            catchThrowableOfType(ModelFault.class, () -> ask(nowhere, Dialect.CHAT))
                .error()
                .message())
        .isEqualTo("An internal error occurred. Please try again later.");
  }
}
