package dev.interceptor.server.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.targets.Fallback.Backoff;
import dev.interceptor.server.targets.Fallback.Jitter;
import dev.interceptor.server.targets.Model.Strategy;
import dev.interceptor.server.targets.ModelsConfig.AnswerTreatment;
import dev.interceptor.server.targets.ModelsConfig.Bodies;
import dev.interceptor.server.targets.ModelsConfig.GuardMode;
import dev.interceptor.server.targets.ModelsConfig.OnDenied;
import dev.interceptor.server.targets.ModelsConfig.PromptTreatment;
import dev.interceptor.server.targets.ModelsConfig.Sensitivity;
import dev.interceptor.server.targets.ModelsConfig.StoredContext;
import dev.interceptor.server.targets.ModelsConfig.Strictness;
import dev.interceptor.server.targets.ModelsConfig.TokenAttachment;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ModelsFileTest {
  private static final String WHOLE =
      """
      strict_mode: true
      providers:
        alpha:
          url: https://alpha.example/v1
          key_env: ALPHA_KEY
          trust: errors
          timeout: 30s
          idle_timeout: 5s
          max_connections: 10
          limits: {requests_per_second: 2.5, burst: 7, concurrent: 3}
        beta: {url: "http://beta.example:8000", key_env: BETA_KEY, auth_header: api-key, trusted: true}
        local: {kind: ollama, url: "http://127.0.0.1:11434"}
      models:
        small: {provider: alpha, model: alpha-small, keys: [abcd1234]}
        big:
          strategy: priority
          pool:
            - {provider: alpha, model: alpha-big, weight: 3}
            - {provider: beta, model: beta-big, trust: none}
          fallback:
            enabled: true
            on_status: [5, 42, 418]
            on_rate_limit: true
            with_replacement: true
            max_attempts: 4
            backoff: {initial: 10ms, max: 1s, factor: 3, jitter: none}
            max_total_backoff: 2s
          limits: {concurrent: 9}
        llama3: {provider: local, model: llama3}
      keys:
        default: {requests_per_second: 10}
        abcd1234: {concurrent: 2}
      guards:
        prompt: {mode: remote, sensitivity: high, remote: {url: "http://127.0.0.1:11434", model: llama-guard3, timeout: 2s}}
        prompts: {secrets: block, pii: allow}
        answers: {secrets: redact, pii: allow, arguments: allow}
      tools: {on_denied: refuse, provider_side: [web_search], attach_tokens: true}
      stored_context: allow
      ollama: {provider: local, pull: [llama3]}
      log: {bodies: redacted, max_bytes: 100}
      """;

  @Test
  void everyMemberIsRead() {
    ModelsConfig config = TestModels.parse(WHOLE);

    assertThat(config.strictness()).isEqualTo(Strictness.STRICT);
    Provider alpha = TestModels.provider(config, "alpha");
    assertThat(alpha.url()).isEqualTo(URI.create("https://alpha.example/v1"));
    assertThat(alpha.key().map(ProviderKey::insecureText)).contains("sk-alpha-0123456789");
    assertThat(alpha.authHeader() + ": " + alpha.authPrefix()).isEqualTo("Authorization: Bearer ");
    assertThat(alpha.trust()).isEqualTo(Trust.ERRORS);
    assertThat(alpha.timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(alpha.idleTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(alpha.maxConnections()).isEqualTo(10);
    assertThat(alpha.limits()).isEqualTo(new Limits(2.5, 7, 3));
    Provider beta = TestModels.provider(config, "beta");
    assertThat(beta.authHeader() + ": " + beta.authPrefix()).isEqualTo("api-key: ");
    assertThat(beta.trust()).isEqualTo(Trust.FULL);

    assertThat(config.models().keySet()).containsExactly("small", "big", "llama3");
    assertThat(TestModels.model(config, "small").keys())
        .isEqualTo(Optional.of(Set.of(new ApiKeyId("abcd1234"))));
    Model big = TestModels.model(config, "big");
    assertThat(big.strategy()).isEqualTo(Strategy.PRIORITY);
    assertThat(big.pool())
        .extracting(Model.PoolMember::model)
        .containsExactly("alpha-big", "beta-big");
    assertThat(big.pool()).extracting(Model.PoolMember::weight).containsExactly(3, 1);
    assertThat(big.pool())
        .extracting(Model.PoolMember::trust)
        .containsExactly(Trust.ERRORS, Trust.NONE);
    assertThat(big.fallback())
        .isEqualTo(
            new Fallback(
                List.of(5, 42, 418),
                true,
                4,
                true,
                new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), 3, Jitter.NONE),
                Duration.ofSeconds(2)));
    assertThat(big.limits()).isEqualTo(new Limits(0, 0, 9));

    assertThat(config.limitsOf(new ApiKeyId("abcd1234"))).isEqualTo(new Limits(0, 0, 2));
    assertThat(config.limitsOf(new ApiKeyId("other123"))).isEqualTo(new Limits(10, 10, 0));
    assertThat(config.guards().prompt().mode()).isEqualTo(GuardMode.REMOTE);
    assertThat(config.guards().prompt().sensitivity()).isEqualTo(Sensitivity.HIGH);
    assertThat(config.guards().prompt().remote().orElseThrow().timeout())
        .isEqualTo(Duration.ofSeconds(2));
    assertThat(config.guards().prompts().secrets()).isEqualTo(PromptTreatment.BLOCK);
    assertThat(config.guards().answers().arguments()).isEqualTo(AnswerTreatment.ALLOW);
    assertThat(config.tools().onDenied()).isEqualTo(OnDenied.REFUSE);
    assertThat(config.tools().providerSide()).containsExactly("web_search");
    assertThat(config.tools().tokens()).isEqualTo(TokenAttachment.ATTACHED);
    assertThat(config.storedContext()).isEqualTo(StoredContext.ALLOW);
    assertThat(config.ollama().orElseThrow().pull()).containsExactly("llama3");
    assertThat(config.log()).isEqualTo(new ModelsConfig.BodyLog(Bodies.REDACTED, 100));
  }

  @Test
  void whatIsLeftOutIsSafe() {
    ModelsConfig config =
        TestModels.parse(
            """
            providers: {one: {url: "http://127.0.0.1:1"}}
            models: {m: {provider: one, model: m}}
            """);

    assertThat(config.strictness()).isEqualTo(Strictness.STRICT);
    assertThat(TestModels.provider(config, "one").trust()).isEqualTo(Trust.NONE);
    assertThat(TestModels.model(config, "m").fallback()).isEqualTo(Fallback.NONE);
    assertThat(config.guards().prompt().mode()).isEqualTo(GuardMode.LOCAL);
    assertThat(config.guards().prompts().pii()).isEqualTo(PromptTreatment.REDACT);
    assertThat(config.guards().answers().secrets()).isEqualTo(AnswerTreatment.REDACT);
    assertThat(config.tools().tokens()).isEqualTo(TokenAttachment.OFF);
    assertThat(config.storedContext()).isEqualTo(StoredContext.DENY);
    assertThat(config.log().bodies()).isEqualTo(Bodies.OFF);
  }

  @Test
  void everyFaultIsInOneMessageWithItsPathAndNoValue() {
    String text =
        """
        strict: true
        providers:
          alpha: {url: "ftp://user:hunter2@alpha.example", key: sk-hunter2, timeout: soon}
          beta: {url: "http://beta.example", key_env: NO_SUCH_VARIABLE, trust: hunter2}
        models:
          a: {provider: gamma, model: 4}
          b: {pool: [{provider: beta}], fallback: {enabled: true, on_status: [3]}}
          c: {provider: beta, model: c, limits: {burst: 3}, keys: [hunter2!]}
        keys: {somebody-else: {concurrent: 1}}
        guards: {prompt: {mode: remote}}
        ollama: {provider: beta}
        """;

    assertThatThrownBy(() -> TestModels.parse(text))
        .isInstanceOfSatisfying(
            InvalidModelsException.class,
            e ->
                assertThat(e.problems())
                    .allMatch(problem -> problem.startsWith("models.yaml: "))
                    .extracting(problem -> problem.split("`", -1)[1])
                    .containsExactlyInAnyOrder(
                        "strict",
                        "providers.alpha.url",
                        "providers.alpha.key",
                        "providers.alpha.timeout",
                        "providers.beta.key_env",
                        "providers.beta.trust",
                        "models.a.provider",
                        "models.a.model",
                        "models.b.pool[0].model",
                        "models.b.fallback.on_status",
                        "models.c.limits.burst",
                        "models.c.keys",
                        "keys.somebody-else",
                        "guards.prompt.remote",
                        "ollama.provider"))
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aGuardModelHasAFamily() {
    String text =
        """
        providers: {one: {url: "http://127.0.0.1:1"}}
        models: {m: {provider: one, model: m}}
        guards: {prompt: {mode: remote, remote: {url: "http://127.0.0.1:2", model: mine%s}}}
        """;
    assertThatThrownBy(() -> TestModels.parse(text.formatted("")))
        .hasMessageContaining("`guards.prompt.remote.family` cannot be told");
    assertThatThrownBy(() -> TestModels.parse(text.formatted(", family: other")))
        .hasMessageContaining("`guards.prompt.remote.family` cannot be told");
    assertThat(TestModels.parse(text.formatted(", family: llama-guard")).guards().prompt().mode())
        .isEqualTo(GuardMode.REMOTE);
  }

  @Test
  void aTextThatIsNoYamlIsNotRepeated() {
    assertThatThrownBy(() -> TestModels.parse("providers: {hunter2"))
        .isInstanceOf(InvalidModelsException.class)
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> TestModels.parse("providers: {}\nproviders: {}"))
        .isInstanceOf(InvalidModelsException.class);
  }

  @Test
  void withoutAFileThereAreNoModelsAndTheDefaultsAreSafe() {
    try (Models none = Models.start(ModelSettings.NONE)) {
      assertThat(none.visibleTo(TestModels.SOMEBODY)).isEmpty();
      assertThat(none.find("m", TestModels.SOMEBODY)).isEmpty();
      assertThat(none.config().strictness()).isEqualTo(Strictness.STRICT);
      assertThat(none.config().storedContext()).isEqualTo(StoredContext.DENY);
    }
  }

  @Test
  void aConfigurationPrintsWithoutKeys() {
    assertThat(TestModels.parse(WHOLE).toString()).doesNotContain("sk-").contains("redacted");
  }
}
