package dev.interceptor.server.audit;

import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How much of a call's arguments the decision log holds, by tool.
///
/// @param byTool by the tool's name, bare or qualified; a qualified one counts more
public record ArgumentTerms(Detail otherwise, Map<String, Detail> byTool) {
  public static final ArgumentTerms DEFAULT = new ArgumentTerms(Detail.DIGEST, Map.of());

  private static final UpstreamName ANY = new UpstreamName("any");

  /// How much of them.
  public enum Detail {
    /// Their digest, and what the policy looks at.
    DIGEST,
    /// All, without credentials and personal data.
    REDACTED,
    /// All, without credentials.
    FULL;

    /// As it stands in the configuration.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> words() {
      return Arrays.stream(values()).map(Detail::word).toList();
    }

    /// @throws IllegalArgumentException for anything but a [#word]
    public static Detail of(String word) {
      return Arrays.stream(values())
          .filter(detail -> detail.word().equals(word))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("not one of " + words()));
    }
  }

  public ArgumentTerms {
    byTool = Map.copyOf(byTool);
  }

  /// Reads `TOOL=DETAIL`, several separated by commas; empty text is none.
  ///
  /// @throws IllegalArgumentException if a part breaks its syntax or a tool stands there twice
  public static Map<String, Detail> parseTools(String text) {
    Map<String, Detail> byTool = new HashMap<>();
    if (text.isBlank()) {
      return byTool;
    }
    for (String entry : text.split(",", -1)) {
      String[] parts = entry.split("=", 2);
      if (parts.length != 2) {
        throw new IllegalArgumentException("not TOOL=DETAIL");
      }
      String tool = parts[0].strip();
      var _ = ToolRef.of(tool, ANY);
      if (byTool.put(tool, Detail.of(parts[1].strip())) != null) {
        throw new IllegalArgumentException("a tool stands there twice");
      }
    }
    return byTool;
  }

  Detail of(ToolRef tool) {
    return byTool.isEmpty()
        ? otherwise
        : named(tool.qualified()).or(() -> named(tool.name().value())).orElse(otherwise);
  }

  private Optional<Detail> named(String name) {
    return Optional.ofNullable(byTool.get(name));
  }
}
