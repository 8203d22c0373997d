package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntSupplier;

/// Prints what looking through 4 KB costs, in microseconds: the best of many rounds, for a machine
/// that does other things besides. `docs/detectors.md` says how it is started.
final class DetectorTimes {
  private static final int LENGTH = 4096;
  private static final int CALLS = 2_000;
  private static final int ROUNDS = 20;
  private static final String WITNESS = "AKIA" + "ABCDEFGHIJ234567";
  private static final List<String> WORDS =
      List.of(
          "the",
          "report",
          "of",
          "last",
          "quarter",
          "shows",
          "that",
          "orders",
          "from",
          "new",
          "customers",
          "grew",
          "while",
          "those",
          "who",
          "had",
          "bought",
          "before",
          "asked",
          "for",
          "more",
          "support",
          "path",
          "key",
          "is",
          "under",
          "mat",
          "linear",
          "risk");

  private DetectorTimes() {}

  public static void main(String[] arguments) {
    List<SecretRule> rules = SecretCatalogue.load();
    RuleGate gate =
        RuleGate.hyperscan(rules.stream().map(SecretRule::gate).toList(), "key " + WITNESS);
    SecretRules gated = new SecretRules(rules, gate);
    SecretRules open = new SecretRules(rules, RuleGate.OPEN);
    Detectors detectors = Detectors.standard();
    System.out.println("gate: " + gate.getClass().getSimpleName());
    texts()
        .forEach((name, text) -> {
          PlainText plain = PlainText.of(text);
          System.out.printf("%s, %d characters%n", name, text.length());
          print("fold", () -> PlainText.of(text).length());
          print("catalogue with the gate", () -> gated.matches(plain).size());
          print("catalogue without", () -> open.matches(plain).size());
          for (Detection kind : Detection.values()) {
            print(kind.name(), () -> detectors.find(text, EnumSet.of(kind)).size());
          }
          print(
              "SECRETS and PII",
              () -> detectors.find(text, EnumSet.of(Detection.SECRETS, Detection.PII)).size());
        });
  }

  private static Map<String, String> texts() {
    Random random = new Random(1);
    StringBuilder prose = new StringBuilder();
    StringBuilder rows = new StringBuilder("[");
    while (prose.length() < LENGTH) {
      prose.append(WORDS.get(random.nextInt(WORDS.size())));
      prose.append(random.nextInt(12) == 0 ? ". " : " ");
    }
    while (rows.length() < LENGTH) {
      rows.append("{\"id\":").append(random.nextInt(100_000)).append(",\"state\":\"open\",");
      rows.append("\"link\":\"https://shop.example/a/b?c=d\",\"at\":\"2026-11-21T05:29:47Z\"},");
    }
    String plain = prose.substring(0, LENGTH);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("prose", plain);
    texts.put("rows of JSON", rows.substring(0, LENGTH));
    texts.put("prose with four findings", plain.substring(0, LENGTH - 160) + hits());
    return texts;
  }

  private static String hits() {
    return " id "
        + WITNESS
        + ", adafruit_key = \"abcdefgh12345678abcdefgh1234567x\", mail "
        + "jonas@okafor.example, card 4111 1111 1111 1111.";
  }

  private static void print(String what, IntSupplier call) {
    int found = 0;
    for (int warm = 0; warm < 10 * CALLS; warm++) {
      found = Math.max(found, call.getAsInt());
    }
    long best = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        found = Math.max(found, call.getAsInt());
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    System.out.printf("  %-26s %6.1f  (%d)%n", what, best / 1000.0 / CALLS, found);
  }
}
