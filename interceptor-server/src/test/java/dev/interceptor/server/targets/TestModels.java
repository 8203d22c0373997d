package dev.interceptor.server.targets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.targets.ModelRequest.Delivery;
import dev.interceptor.server.upstream.Caller.Registration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What the tests of this package share: texts of configurations, requests and an open gate.
final class TestModels {
  static final Principal SOMEBODY = principal("abcd1234");
  static final Map<String, String> ENVIRONMENT =
      Map.of("ALPHA_KEY", "sk-alpha-0123456789", "BETA_KEY", "sk-beta-0123456789");

  private static final ObjectMapper JSON = new ObjectMapper();

  private TestModels() {}

  static Principal principal(String key) {
    return new Principal(new CustomerId("acme"), new ApiKeyId(key));
  }

  static ModelsConfig parse(String text) {
    return ModelsFile.parse(
        "models.yaml",
        text,
        new ModelsFile.Secrets() {
          @Override
          public Optional<String> variable(String name) {
            return Optional.ofNullable(ENVIRONMENT.get(name));
          }

          @Override
          public Optional<String> file(Path path) {
            return Optional.empty();
          }
        });
  }

  static Target target(String text, String alias) {
    ModelsConfig config = parse(text);
    return new Target(alias, model(config, alias), config);
  }

  static Model model(ModelsConfig config, String alias) {
    return Optional.ofNullable(config.models().get(alias)).orElseThrow();
  }

  static Provider provider(ModelsConfig config, String name) {
    return Optional.ofNullable(config.providers().get(name)).orElseThrow();
  }

  static ObjectNode json(String text) {
    try {
      return (ObjectNode) JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static ModelRequest chat(String body) {
    return request(Dialect.CHAT, body, Delivery.WHOLE);
  }

  static ModelRequest request(Dialect dialect, String body, Delivery delivery) {
    return new ModelRequest(dialect, json(body), delivery, Optional.empty());
  }

  static String text(ModelAnswer answer) throws IOException {
    return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  /// Models of a configuration that a test changes.
  static final class Fixed implements Models {
    private volatile ModelsConfig config;
    private final List<Consumer<ModelsConfig>> takers = new CopyOnWriteArrayList<>();

    Fixed(String text) {
      this.config = parse(text);
    }

    void change(String text) {
      config = parse(text);
      takers.forEach(taker -> taker.accept(config));
    }

    @Override
    public ModelsConfig config() {
      return config;
    }

    @Override
    public Optional<Target> find(String asked, Principal principal) {
      return Optional.ofNullable(config.models().get(asked))
          .map(model -> new Target(asked, model, config));
    }

    @Override
    public List<String> visibleTo(Principal principal) {
      return List.copyOf(config.models().keySet());
    }

    @Override
    public List<String> held() {
      return List.of();
    }

    @Override
    public void eachConfig(Consumer<ModelsConfig> taker) {
      takers.add(taker);
      taker.accept(config);
    }

    @Override
    public void close() {}
  }

  /// Admits everybody and counts who is inside.
  static final class OpenGate implements ModelLimits {
    final AtomicInteger inside = new AtomicInteger();

    @Override
    public Admission take(List<Scope> scopes) {
      inside.incrementAndGet();
      return new Admission.Admitted(inside::decrementAndGet);
    }

    @Override
    public void close() {}
  }

  /// A client that leaves when it is told to.
  static final class Client implements Leaving {
    private final List<Runnable> aborts = new CopyOnWriteArrayList<>();
    private volatile boolean gone;

    void leave() {
      gone = true;
      aborts.forEach(Runnable::run);
    }

    @Override
    public Registration onLeave(Runnable abort) {
      aborts.add(abort);
      if (gone) {
        abort.run();
      }
      return () -> aborts.remove(abort);
    }
  }
}
