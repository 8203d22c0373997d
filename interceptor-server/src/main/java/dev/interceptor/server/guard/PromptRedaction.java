package dev.interceptor.server.guard;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.Detection;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Keeps credentials and personal data from models: replaces them in a request's texts, or refuses
/// the request.
///
/// *Guarantees*: afterwards nothing that the detectors find is left in a text, values of JSON
/// included; JSON stays JSON; what cannot be looked at is replaced as a whole, or refused. *Does
/// not*: repeat what it found, or find what is spread over several texts.
public final class PromptRedaction {
  private static final int PASSES = 3;
  private static final JsonLimits LIMITS = new JsonLimits(128, 64 * 1024 * 1024);

  private final Detectors detectors;
  private final Set<Detection> blocked = EnumSet.noneOf(Detection.class);
  private final Set<Detection> redacted = EnumSet.noneOf(Detection.class);
  private final Set<Detection> wanted;
  private final Map<Detection, JsonScreen> screens = new EnumMap<>(Detection.class);

  public PromptRedaction(Detectors detectors, Handling secrets, Handling pii) {
    this.detectors = detectors;
    sort(Detection.SECRETS, secrets);
    sort(Detection.PII, pii);
    wanted = EnumSet.copyOf(blocked);
    wanted.addAll(redacted);
    wanted.forEach(kind -> screens.put(kind, new JsonScreen(detectors, EnumSet.of(kind))));
  }

  private void sort(Detection kind, Handling handling) {
    switch (handling) {
      case BLOCK -> blocked.add(kind);
      case REDACT -> redacted.add(kind);
      case ALLOW -> {}
    }
  }

  /// What becomes of a request that holds something of a kind.
  public enum Handling {
    BLOCK,
    REDACT,
    ALLOW
  }

  /// What became of a request.
  public sealed interface Outcome {
    /// @param redacted kinds of which something was replaced; empty if every text is as it was
    record Passed(Set<Detection> redacted) implements Outcome {}

    /// The request must not leave; texts before the one that it is refused for may be changed.
    ///
    /// @param role whose text holds something of the kind
    record Blocked(Detection kind, PromptRole role) implements Outcome {}
  }

  /// @param texts in the order in which they were given by the request
  public Outcome apply(List<? extends PromptText> texts) {
    Set<Detection> replaced = EnumSet.noneOf(Detection.class);
    if (wanted.isEmpty()) {
      return new Outcome.Passed(replaced);
    }
    for (PromptText text : texts) {
      Screened screened = screened(text);
      for (Detection kind : blocked) {
        if (screened.found().contains(kind)) {
          return new Outcome.Blocked(kind, text.role());
        }
      }
      if (!screened.found().isEmpty()) {
        text.replace(screened.text());
        replaced.addAll(screened.found());
      }
    }
    return new Outcome.Passed(replaced);
  }

  private record Screened(String text, Set<Detection> found) {}

  private Screened screened(PromptText text) {
    String original = text.text();
    Set<Detection> found = EnumSet.noneOf(Detection.class);
    try {
      Optional<JsonValue> json = json(original);
      if (json.isPresent()) {
        String screened = byValue(text.name(), json.get(), original, found);
        return text.form() == PromptText.Form.JSON
            ? new Screened(screened, found)
            : new Screened(byText(text.name(), screened, found), found);
      }
      return new Screened(byText(text.name(), original, found), found);
    } catch (BudgetExceededException e) {
      return new Screened(Redaction.placeholder(wanted), wanted);
    }
  }

  private static Optional<JsonValue> json(String text) {
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      return Optional.of(StrictJson.parse(text.getBytes(StandardCharsets.UTF_8), LIMITS));
    } catch (MalformedJsonException e) {
      return Optional.empty();
    }
  }

  /// @param name what the value is stored under, which says what the elements of an array are
  private String byValue(String name, JsonValue json, String text, Set<Detection> found) {
    JsonObject shown = json instanceof JsonObject object ? object : held(name, json);
    boolean changing = true;
    for (int pass = 0; changing && pass <= PASSES; pass++) {
      JsonObject before = shown;
      for (Detection kind : wanted) {
        JsonObject screened = Objects.requireNonNull(screens.get(kind)).screened(shown);
        if (!screened.equals(shown)) {
          found.add(kind);
          shown = screened;
        }
      }
      changing = !shown.equals(before);
    }
    if (changing) {
      return json instanceof JsonObject ? "{}" : "[]";
    }
    if (found.isEmpty()) {
      return text;
    }
    JsonValue value = json instanceof JsonObject ? shown : content(shown);
    return new String(CanonicalJson.bytes(value), StandardCharsets.UTF_8);
  }

  private static JsonObject held(String name, JsonValue json) {
    return new JsonObject(Map.of(name, json));
  }

  private static JsonValue content(JsonObject holder) {
    return holder.members().values().iterator().next();
  }

  private String byText(String name, String text, Set<Detection> found) {
    String shown = text;
    for (int pass = 0; pass < PASSES; pass++) {
      List<Finding> findings = detectors.find(name, shown, wanted);
      if (findings.isEmpty()) {
        return shown;
      }
      findings.forEach(finding -> found.add(finding.kind()));
      shown = Redaction.redacted(shown, findings);
    }
    return detectors.find(name, shown, wanted).isEmpty() ? shown : Redaction.placeholder(found);
  }
}
