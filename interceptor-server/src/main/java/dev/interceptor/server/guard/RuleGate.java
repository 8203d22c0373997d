package dev.interceptor.server.guard;

import java.util.List;

/// Says quickly that a text holds nothing that is looked for, which is so of most texts.
interface RuleGate {
  /// Open for every text.
  RuleGate OPEN = _ -> true;

  /// Whether a rule may find something.
  boolean opens(PlainText text);

  /// A gate that opens for texts that one of the patterns matches, where Hyperscan can be used;
  /// elsewhere one that is always open.
  ///
  /// @param patterns RE2 syntax, without assertions
  /// @param witness a text that one of them matches
  static RuleGate hyperscan(List<String> patterns, String witness) {
    return HyperscanGate.of(patterns, witness).orElse(OPEN);
  }
}
