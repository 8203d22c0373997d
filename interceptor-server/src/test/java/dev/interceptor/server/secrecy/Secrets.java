package dev.interceptor.server.secrecy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Values that nobody can guess, each with a name, and the search for them.
final class Secrets {
  private static final Map<String, Pattern> SHAPES =
      Map.of(
          "something like a token",
          Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{16,}"),
          "something like an API key",
          Pattern.compile("ik_[a-z0-9]{8}_[a-z2-7]{32}"));

  private final Map<String, String> values = new LinkedHashMap<>();
  private final SecureRandom random = new SecureRandom();

  /// A fresh value of letters and digits that is looked for under this name.
  String fresh(String name) {
    byte[] chosen = new byte[12];
    random.nextBytes(chosen);
    return keep(name, "mk" + HexFormat.of().formatHex(chosen));
  }

  /// Looks for this value too.
  String keep(String name, String value) {
    if (value.length() < 12) {
      throw new IllegalArgumentException(name + " is too short to be looked for");
    }
    values.put(name, value);
    return value;
  }

  /// The names of what the text gives away.
  List<String> foundIn(String text) {
    var found = new ArrayList<String>();
    values.forEach((name, value) -> {
      if (text.contains(value)) {
        found.add(name);
      }
    });
    SHAPES.forEach((name, shape) -> {
      if (shape.matcher(text).find()) {
        found.add(name);
      }
    });
    return found;
  }
}
