package dev.interceptor.core.policy;

import dev.interceptor.core.tool.ToolRef;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;

/// How a policy names tools: bare (`send_email`, on every upstream), qualified (`mail__send_email`,
/// on that upstream), either with `*`.
///
/// A name with `__` after something that can be an upstream's name is always qualified. So a tool
/// server cannot pass for another one by calling its tool `mail__send_email`.
record NamePattern(String text, boolean qualified, Optional<Glob> glob) {
  static final Pattern SYNTAX = Pattern.compile("[A-Za-z0-9_./*-]{1,192}");
  private static final Pattern QUALIFIED = Pattern.compile("[a-z0-9*][a-z0-9*-]{0,31}__.+");

  /// The name of no tool.
  static final NamePattern NOTHING = new NamePattern("", false, Optional.empty());

  static final NamePattern EVERYTHING = of("*");

  static NamePattern of(String text) {
    return new NamePattern(
        text,
        looksQualified(text),
        Glob.isGlob(text) ? Optional.of(Glob.of(text)) : Optional.empty());
  }

  static boolean looksQualified(String text) {
    return QUALIFIED.matcher(text).matches();
  }

  boolean isExact() {
    return glob.isEmpty();
  }

  boolean matches(ToolRef tool) {
    String name = qualified ? tool.qualified() : tool.name().value();
    return glob.isPresent() ? glob.get().matches(name) : text.equals(name);
  }

  /// Whether one of a session's tools, as {@link ToolPlan} names them there, is meant.
  boolean matchesAny(SortedSet<String> recorded) {
    if (glob.isEmpty()) {
      return recorded.contains(text);
    }
    for (String name : recorded) {
      if (looksQualified(name)) {
        int bare = name.indexOf(ToolRef.SEPARATOR) + ToolRef.SEPARATOR.length();
        if (glob.get().matches(qualified ? name : name.substring(bare))) {
          return true;
        }
      }
    }
    return false;
  }
}
