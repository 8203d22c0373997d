package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds credentials, personal data and injected instructions in text.
///
/// Pure, thread-safe and linear. What it does not find may still be there.
public final class Detectors {
  /// Longest text that is looked at, in chars.
  static final int MAX_LENGTH = 4 * 1024 * 1024;

  /// A shorter one would be found in ordinary text.
  static final int SHORTEST_SECRET = 12;

  private final Map<Detection, Detector> byKind;

  Detectors(Map<Detection, Detector> byKind) {
    this.byKind = new EnumMap<>(byKind);
  }

  public static Detectors standard() {
    return knowing(List.of());
  }

  /// @param secrets found wherever they stand, if they have at least {@value #SHORTEST_SECRET}
  ///   characters
  public static Detectors knowing(List<String> secrets) {
    List<String> known =
        secrets.stream().filter(secret -> secret.length() >= SHORTEST_SECRET).toList();
    return new Detectors(
        Map.of(
            Detection.SECRETS, new SecretDetector(known),
            Detection.PII, new PiiDetector(),
            Detection.INJECTION, new InjectionDetector()));
  }

  /// @return in the order of the text; they may overlap
  /// @throws RuntimeException if the text could not be looked at whole
  public List<Finding> find(String text, Set<Detection> kinds) {
    if (text.length() > MAX_LENGTH) {
      throw new BudgetExceededException("a text of more than " + MAX_LENGTH + " characters");
    }
    return find(PlainText.of(text), kinds);
  }

  /// As `find`, in the part of a text that is to be looked at: no finding of the whole text goes
  /// over its beginning.
  List<Finding> find(PlainText plain, Set<Detection> kinds) {
    Findings findings = new Findings(plain);
    for (Detection kind : kinds) {
      detector(kind).scan(plain, findings);
    }
    return findings.all();
  }

  /// As `find`, for the value of an object's member: what is stored under `password` is a secret
  /// whatever it looks like.
  public List<Finding> find(String name, String value, Set<Detection> kinds) {
    for (Detection kind : kinds) {
      if (detector(kind).knowsByName(name, value)) {
        return List.of(new Finding(kind, 0, value.length()));
      }
    }
    return find(value, kinds);
  }

  /// The secrets that are known as they are.
  List<String> known() {
    return byKind.values().stream().flatMap(detector -> detector.known().stream()).toList();
  }

  private Detector detector(Detection kind) {
    Detector detector = byKind.get(kind);
    if (detector == null) {
      throw new IllegalStateException("nothing detects " + kind);
    }
    return detector;
  }
}
