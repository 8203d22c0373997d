package dev.interceptor.server.targets;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.guard.GuardFamily;
import dev.interceptor.server.targets.ModelsConfig.AnswerTreatment;
import dev.interceptor.server.targets.ModelsConfig.Answers;
import dev.interceptor.server.targets.ModelsConfig.Bodies;
import dev.interceptor.server.targets.ModelsConfig.BodyLog;
import dev.interceptor.server.targets.ModelsConfig.GuardMode;
import dev.interceptor.server.targets.ModelsConfig.Guards;
import dev.interceptor.server.targets.ModelsConfig.Ollama;
import dev.interceptor.server.targets.ModelsConfig.OnDenied;
import dev.interceptor.server.targets.ModelsConfig.PromptGuard;
import dev.interceptor.server.targets.ModelsConfig.PromptTreatment;
import dev.interceptor.server.targets.ModelsConfig.Prompts;
import dev.interceptor.server.targets.ModelsConfig.RemoteGuard;
import dev.interceptor.server.targets.ModelsConfig.Sensitivity;
import dev.interceptor.server.targets.ModelsConfig.StoredContext;
import dev.interceptor.server.targets.ModelsConfig.Strictness;
import dev.interceptor.server.targets.ModelsConfig.TokenAttachment;
import dev.interceptor.server.targets.ModelsConfig.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// The text of `models.file`, turned into a [ModelsConfig] or into every problem it has.
final class ModelsFile {
  private final Secrets secrets;
  private final List<String> problems = new ArrayList<>();

  private ModelsFile(Secrets secrets) {
    this.secrets = secrets;
  }

  /// Where providers' keys come from.
  interface Secrets {
    Optional<String> variable(String name);

    /// Empty if it cannot be read as text.
    Optional<String> file(Path path);
  }

  /// @throws InvalidModelsException with every problem
  static ModelsConfig parse(String name, String text, Secrets secrets) {
    var file = new ModelsFile(secrets);
    Map<?, ?> values = file.yaml(name, text);
    file.requireNoProblem(name);
    ModelsConfig config = file.config(Members.root(values, file.problems));
    file.requireNoProblem(name);
    return config;
  }

  /// No provider and no model, everything else as where a file says nothing.
  static ModelsConfig nothing() {
    var unasked =
        new Secrets() {
          @Override
          public Optional<String> variable(String name) {
            return Optional.empty();
          }

          @Override
          public Optional<String> file(Path path) {
            return Optional.empty();
          }
        };
    return new ModelsFile(unasked).config(Members.root(Map.of(), new ArrayList<>()));
  }

  private void requireNoProblem(String name) {
    if (!problems.isEmpty()) {
      throw new InvalidModelsException(
          problems.stream().map(problem -> name + ": " + problem).toList());
    }
  }

  private Map<?, ?> yaml(String name, String text) {
    try {
      Object root = new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(text);
      if (root instanceof Map<?, ?> map) {
        return map;
      }
      problems.add("is not a map: write `providers: {…}` and `models: {…}`");
    } catch (YamlEngineException _) {
      problems.add("is not well-formed YAML, or has a key twice");
    }
    return Map.of();
  }

  private ModelsConfig config(Members root) {
    boolean strict = root.flag("strict_mode", true);
    Map<String, Provider> providers = new ProviderMembers(secrets).read(root.map("providers"));
    Map<String, Model> models = new ModelMembers(providers).read(root.map("models"));
    Members keys = root.map("keys");
    Limits everyKey = LimitMembers.read(keys.map("default"));
    var config =
        new ModelsConfig(
            strict ? Strictness.STRICT : Strictness.LENIENT,
            providers,
            models,
            everyKey,
            keyLimits(keys),
            guards(root.map("guards")),
            tools(root.map("tools")),
            root.word("stored_context", StoredContext.DENY),
            root.has("ollama") ? ollama(root.map("ollama"), providers) : Optional.empty(),
            log(root.map("log")));
    root.nothingElse();
    return config;
  }

  private static Map<ApiKeyId, Limits> keyLimits(Members keys) {
    Map<ApiKeyId, Limits> limits = new HashMap<>();
    keys.named()
        .forEach((name, members) -> {
          if (!name.equals("default")) {
            keyId(name)
                .ifPresentOrElse(
                    id -> limits.put(id, LimitMembers.read(members)),
                    () -> keys.problem(name, "is no key's id: write 8 of a-z 0-9, or `default`"));
          }
        });
    return limits;
  }

  static Optional<ApiKeyId> keyId(String text) {
    try {
      return Optional.of(new ApiKeyId(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Guards guards(Members members) {
    var prompt = promptGuard(members.map("prompt"));
    Members prompts = members.map("prompts");
    Members answers = members.map("answers");
    var guards =
        new Guards(
            prompt,
            new Prompts(
                prompts.word("secrets", PromptTreatment.REDACT),
                prompts.word("pii", PromptTreatment.REDACT)),
            new Answers(
                answers.word("secrets", AnswerTreatment.REDACT),
                answers.word("pii", AnswerTreatment.REDACT),
                answers.word("arguments", AnswerTreatment.REDACT)));
    prompts.nothingElse();
    answers.nothingElse();
    members.nothingElse();
    return guards;
  }

  private static PromptGuard promptGuard(Members members) {
    GuardMode mode = members.word("mode", GuardMode.LOCAL);
    Optional<Path> folder = members.text("model_folder").map(Path::of);
    if (folder.isPresent() && mode != GuardMode.LOCAL) {
      members.problem("model_folder", "has a meaning with `mode: local` only: leave it out");
    }
    boolean remote = members.has("remote");
    if (remote != (mode == GuardMode.REMOTE)) {
      members.problem(
          "remote",
          remote
              ? "has a meaning with `mode: remote` only: leave it out"
              : "is missing: write {url: http://host:port, model: NAME}");
    }
    var guard =
        new PromptGuard(
            mode,
            members.word("sensitivity", Sensitivity.MEDIUM),
            folder,
            remote ? remoteGuard(members.map("remote")) : Optional.empty());
    members.nothingElse();
    return guard;
  }

  private static Optional<RemoteGuard> remoteGuard(Members members) {
    String model = members.required("model", "-", "the guard model's name");
    Optional<String> family = members.text("family");
    if (GuardFamily.ofModel(family.orElse(model)).isEmpty()) {
      members.problem(
          "family",
          "cannot be told from the model's name: write granite-guardian, shieldgemma or"
              + " llama-guard");
    }
    Duration timeout =
        members.duration(
            "timeout", Duration.ofSeconds(10), Duration.ofMillis(10), Duration.ofMinutes(10));
    Optional<RemoteGuard> guard =
        members.url("url").map(url -> new RemoteGuard(url, model, family, timeout));
    members.nothingElse();
    return guard;
  }

  private static Tools tools(Members members) {
    var tools =
        new Tools(
            members.word("on_denied", OnDenied.REMOVE),
            Set.copyOf(members.texts("provider_side")),
            members.flag("attach_tokens", false) ? TokenAttachment.ATTACHED : TokenAttachment.OFF);
    members.nothingElse();
    return tools;
  }

  private static Optional<Ollama> ollama(Members members, Map<String, Provider> providers) {
    String name = members.required("provider", "", "a name of `providers`");
    Provider provider = providers.get(name);
    if (!name.isEmpty() && (provider == null || provider.kind() != Provider.Kind.OLLAMA)) {
      members.problem("provider", "is no provider of `kind: ollama`: write the name of one");
    }
    List<String> pull = members.texts("pull");
    members.nothingElse();
    return Optional.ofNullable(provider).map(server -> new Ollama(server, pull));
  }

  private static BodyLog log(Members members) {
    var log =
        new BodyLog(
            members.word("bodies", Bodies.OFF),
            members.integer("max_bytes", 16 * 1024, 1, 1024 * 1024));
    members.nothingElse();
    return log;
  }
}
