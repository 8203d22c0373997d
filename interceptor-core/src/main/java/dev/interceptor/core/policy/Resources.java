package dev.interceptor.core.policy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The ways in which a tool may read a path or a URI: as it is written, and percent-decoded up to
/// {@value #MAX_DECODINGS} times, each also with `\` as a separator and `.` and `..` resolved.
final class Resources {
  private static final int MAX_DECODINGS = 8;
  private static final String FILE = "file://";

  private Resources() {}

  /// What kind of text an argument holds.
  enum Kind {
    /// With or without `file://` in front.
    PATH,
    URI
  }

  /// Empty if there may be more ways, or one that is not text.
  static Optional<Set<String>> readings(String text, Kind kind) {
    Set<String> readings = new LinkedHashSet<>();
    String reading = text;
    for (int i = 0; i <= MAX_DECODINGS; i++) {
      String plain =
          kind == Kind.PATH && reading.startsWith(FILE)
              ? reading.substring(FILE.length())
              : reading;
      readings.add(plain);
      readings.add(resolved(plain));
      Optional<String> decoded = Containment.decodeOnce(reading);
      if (decoded.isEmpty() || decoded.get().equals(reading)) {
        return decoded.map(same -> readings);
      }
      reading = decoded.get();
    }
    return Optional.empty();
  }

  private static String resolved(String text) {
    int scheme = text.indexOf("://");
    int from = scheme < 0 ? 0 : scheme + 3;
    List<String> names = new ArrayList<>();
    for (String name : text.substring(from).replace('\\', '/').split("/", -1)) {
      if (name.equals("..") && !names.isEmpty() && !names.getLast().equals("..")) {
        if (names.size() > 1 || !names.getLast().isEmpty()) {
          names.removeLast();
        }
      } else if (!name.equals(".") && (!name.isEmpty() || names.isEmpty())) {
        names.add(name);
      }
    }
    return text.substring(0, from) + String.join("/", names);
  }
}
