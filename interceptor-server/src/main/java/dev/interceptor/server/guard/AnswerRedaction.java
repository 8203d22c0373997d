package dev.interceptor.server.guard;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.policy.Detection;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/// What is replaced in a model's answer.
public final class AnswerRedaction {
  private final Detectors detectors;
  private final Set<Detection> kinds;
  private final Set<Detection> inCalls;

  /// @param kinds SECRETS, PII, both, or nothing
  public AnswerRedaction(Detectors detectors, Set<Detection> kinds) {
    this(detectors, kinds, kinds);
  }

  /// @param inCalls the same for what tools are called with
  public AnswerRedaction(Detectors detectors, Set<Detection> kinds, Set<Detection> inCalls) {
    this.detectors = detectors;
    this.kinds = copy(kinds);
    this.inCalls = copy(inCalls);
  }

  private static Set<Detection> copy(Set<Detection> kinds) {
    return kinds.isEmpty() ? EnumSet.noneOf(Detection.class) : EnumSet.copyOf(kinds);
  }

  /// Whether texts can change at all.
  public boolean looksForAnything() {
    return !kinds.isEmpty();
  }

  /// The redaction of a whole text.
  public String whole(String text) {
    return redacted(text, kinds);
  }

  private String redacted(String text, Set<Detection> wanted) {
    return wanted.isEmpty() ? text : Redaction.redacted(text, detectors.find(text, wanted));
  }

  /// The redaction of the text that a custom tool is called with.
  public String input(String text) {
    return redacted(text, inCalls);
  }

  /// The redaction of a tool call's arguments, value by value; char for char the same text if
  /// nothing is found. A text that is not one JSON object is redacted as a text.
  public String arguments(String json) {
    if (inCalls.isEmpty()) {
      return json;
    }
    JsonObject given;
    try {
      given = StrictJson.parseObject(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (MalformedJsonException _) {
      return input(json);
    }
    JsonObject screened = new JsonScreen(detectors, inCalls).screened(given);
    return screened.equals(given)
        ? json
        : new String(CanonicalJson.bytes(screened), StandardCharsets.UTF_8);
  }

  /// As `whole`, for a text that comes in pieces.
  public TextStream stream() {
    if (kinds.isEmpty()) {
      return TextStream.unchanged();
    }
    return new StreamRedaction(detectors, kinds);
  }
}
