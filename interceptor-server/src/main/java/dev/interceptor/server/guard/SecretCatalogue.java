package dev.interceptor.server.guard;

import com.google.re2j.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The rules that come with the product: the resource `secret-rules.yaml`.
final class SecretCatalogue {
  private static final String RESOURCE = "secret-rules.yaml";

  private SecretCatalogue() {}

  /// @throws IllegalStateException if the resource is missing or a rule in it is not understood
  static List<SecretRule> load() {
    try (InputStream in = SecretCatalogue.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      var file = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
      List<SecretRule> rules = new ArrayList<>();
      entries(file, "tokens").forEach(entry -> rules.add(token(entry)));
      entries(file, "assigned").forEach(entry -> rules.add(assigned(entry)));
      return List.copyOf(rules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Map<?, ?>> entries(Map<?, ?> file, String member) {
    List<Map<?, ?>> entries = new ArrayList<>();
    list(file, member).forEach(entry -> entries.add((Map<?, ?>) entry));
    return entries;
  }

  private static SecretRule token(Map<?, ?> entry) {
    boolean grows = entry.containsKey("grows");
    return new SecretRule.Token(
        text(entry, "id"),
        texts(entry, "keywords"),
        pattern(entry, "pattern"),
        entry.get("lead") instanceof Map<?, ?> lead
            ? new SecretRule.Lead(
                alphabet(lead, "of"), (int) number(lead, "min", 0), (int) number(lead, "max", 0))
            : SecretRule.Lead.ABSENT,
        alphabet(entry, "before"),
        alphabet(entry, grows ? "grows" : "ends"),
        grows,
        new SecretRule.Randomness(number(entry, "entropy", 0), (int) number(entry, "digits", 0)));
  }

  private static SecretRule assigned(Map<?, ?> entry) {
    return new SecretRule.Assigned(
        text(entry, "id"),
        texts(entry, "names"),
        pattern(entry, "value"),
        new SecretRule.Randomness(number(entry, "entropy", 0), (int) number(entry, "digits", 1)));
  }

  private static List<String> texts(Map<?, ?> entry, String member) {
    return list(entry, member).stream().map(String.class::cast).toList();
  }

  private static List<?> list(Map<?, ?> entry, String member) {
    return (List<?>) required(entry, member);
  }

  private static String text(Map<?, ?> entry, String member) {
    return (String) required(entry, member);
  }

  private static Object required(Map<?, ?> entry, String member) {
    @Nullable Object value = entry.get(member);
    if (value == null) {
      throw new IllegalStateException(RESOURCE + ": `" + member + "` is missing in " + entry);
    }
    return value;
  }

  private static Pattern pattern(Map<?, ?> entry, String member) {
    return Pattern.compile(text(entry, member));
  }

  private static double number(Map<?, ?> entry, String member, int otherwise) {
    return entry.get(member) instanceof Number number ? number.doubleValue() : otherwise;
  }

  private static Alphabet alphabet(Map<?, ?> entry, String member) {
    return entry.get(member) instanceof String name
        ? Alphabet.valueOf(name.toUpperCase(Locale.ROOT))
        : Alphabet.WORD;
  }
}
