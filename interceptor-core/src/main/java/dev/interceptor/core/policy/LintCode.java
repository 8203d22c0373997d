package dev.interceptor.core.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a lint finding is about. The words are stable: people mute and search for them.
public enum LintCode {
  /// The text does not load.
  INVALID,
  /// It loads, and does not mean what it seems to say, or what it meant elsewhere.
  MEANING,
  /// A tag is checked or removed that nothing adds.
  TAG_NEVER_ADDED,
  /// A tag is added that nothing looks at.
  TAG_NEVER_CHECKED,
  /// A class is named that no tool has.
  CLASS_WITHOUT_TOOLS,
  /// A class of the policy's own is given to tools, and no rule names it.
  CLASS_NEVER_USED,
  /// A rule is about tools that the static rules deny or do not list.
  TOOL_NOT_PERMITTED,
  /// A limit that no permitted call is charged to.
  LIMIT_NEVER_APPLIES,
  /// Another rule denies all of these calls, or does the same.
  RULE_SHADOWED,
  /// An exception whose condition never holds.
  EXCEPTION_NEVER_APPLIES,
  /// A pattern or `when` that never holds.
  CONDITION_NEVER_TRUE,
  /// An expression that looks at nothing and is the same for every call.
  CONSTANT_CONDITION,
  /// A step that no permitted call can be.
  IMPOSSIBLE_SEQUENCE,
  /// A condition or sum on an argument that the tool's schema does not have.
  UNKNOWN_ARGUMENT,
  /// A tool that adds a tag and is closed by it.
  SOURCE_AND_SINK,
  /// A tag may be removed without a person.
  SANITIZER_WITHOUT_APPROVAL,
  /// A glob permits every tool of every upstream.
  ALLOW_EVERYTHING;

  /// `tag-never-added`.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The code that is written so.
  public static Optional<LintCode> of(String word) {
    return Arrays.stream(values()).filter(code -> code.word().equals(word)).findFirst();
  }
}
