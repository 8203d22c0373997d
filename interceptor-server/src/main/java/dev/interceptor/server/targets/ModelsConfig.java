package dev.interceptor.server.targets;

import dev.interceptor.core.identity.ApiKeyId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that `models.file` says, checked whole.
///
/// @param strictness whether answers are reduced to what the OpenAI API documents
/// @param providers by name
/// @param models by alias, in the order of the file
/// @param defaultLimits of every key that is not in `keyLimits`
public record ModelsConfig(
    Strictness strictness,
    Map<String, Provider> providers,
    Map<String, Model> models,
    Limits defaultLimits,
    Map<ApiKeyId, Limits> keyLimits,
    Guards guards,
    Tools tools,
    StoredContext storedContext,
    Optional<Ollama> ollama,
    BodyLog log) {
  /// Whether what providers send is reduced to the schema.
  public enum Strictness {
    STRICT,
    LENIENT
  }

  /// What happens to a request that refers to content the interceptor has not seen, such as
  /// `previous_response_id`.
  public enum StoredContext {
    DENY,
    ALLOW
  }

  /// What happens to a finding in a prompt.
  public enum PromptTreatment {
    BLOCK,
    REDACT,
    ALLOW
  }

  /// What happens to a finding in an answer.
  public enum AnswerTreatment {
    REDACT,
    ALLOW
  }

  /// What is looked for in requests and answers.
  public record Guards(PromptGuard prompt, Prompts prompts, Answers answers) {}

  /// What looks for injected instructions.
  public record PromptGuard(
      GuardMode mode,
      Sensitivity sensitivity,
      Optional<Path> modelFolder,
      Optional<RemoteGuard> remote) {}

  /// Where the look-out for injected instructions is.
  public enum GuardMode {
    OFF,
    LOCAL,
    REMOTE
  }

  /// How little is enough to block a prompt.
  public enum Sensitivity {
    LOW,
    MEDIUM,
    HIGH
  }

  /// A guard model on an Ollama server.
  ///
  /// @param family which prompt the model understands, where its name does not tell
  public record RemoteGuard(URI url, String model, Optional<String> family, Duration timeout) {}

  /// Treatment of findings in prompts.
  public record Prompts(PromptTreatment secrets, PromptTreatment pii) {}

  /// Treatment of findings in answers; `arguments` are those of tool calls.
  public record Answers(AnswerTreatment secrets, AnswerTreatment pii, AnswerTreatment arguments) {}

  /// How requests that offer tools are treated.
  ///
  /// @param providerSide types of tools that run at the provider and may be offered
  /// @param tokens whether permitted calls come with their tokens
  public record Tools(OnDenied onDenied, Set<String> providerSide, TokenAttachment tokens) {
    public Tools {
      providerSide = Set.copyOf(providerSide);
    }
  }

  /// What happens to an offered tool that may never be called.
  public enum OnDenied {
    REMOVE,
    REFUSE
  }

  /// Whether `interceptor.tool_tokens` is part of answers.
  public enum TokenAttachment {
    OFF,
    ATTACHED
  }

  /// Models that an Ollama server shall have.
  public record Ollama(Provider provider, List<String> pull) {
    public Ollama {
      pull = List.copyOf(pull);
    }
  }

  /// What the log of model calls keeps of bodies.
  ///
  /// @param maxBytes of one body at most
  public record BodyLog(Bodies bodies, int maxBytes) {}

  /// Whether bodies are kept.
  public enum Bodies {
    OFF,
    REDACTED
  }

  public ModelsConfig {
    providers = Map.copyOf(providers);
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    keyLimits = Map.copyOf(keyLimits);
  }

  /// The providers' keys, to be redacted wherever they stand; not to be printed.
  public List<String> insecureKeys() {
    return providers.values().stream()
        .flatMap(provider -> provider.key().stream())
        .map(ProviderKey::insecureText)
        .toList();
  }

  Limits limitsOf(ApiKeyId key) {
    return keyLimits.getOrDefault(key, defaultLimits);
  }
}
