package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.ProtocolMethod;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What of MCP besides tools a configuration may turn on for an upstream. Everything is off by
/// default.
public enum Feature {
  RESOURCES,
  PROMPTS,
  COMPLETION,
  /// Notices that lists or resources have changed.
  SUBSCRIPTIONS,
  /// Log messages that belong to a call.
  LOGGING,
  /// Questions to the user, asked through the client.
  ELICITATION,
  /// Questions to the client's model.
  SAMPLING,
  /// The client's folders.
  ROOTS;

  /// What lets a server ask. Clients declare in the same words that they can be asked.
  public static final Set<Feature> QUESTIONS = Set.of(ELICITATION, SAMPLING, ROOTS);

  /// What a server has to expose for a method to be served.
  public static Feature of(ProtocolMethod method) {
    return switch (method) {
      case RESOURCES_READ -> RESOURCES;
      case RESOURCES_SUBSCRIBE -> SUBSCRIPTIONS;
      case PROMPTS_GET -> PROMPTS;
      case COMPLETION_COMPLETE -> COMPLETION;
    };
  }

  /// Reads what a configuration says: words separated by commas, or `all`.
  ///
  /// @throws IllegalArgumentException naming the words to choose from
  public static Set<Feature> parse(String text) {
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    if (text.isBlank()) {
      return features;
    }
    for (String word : text.split(",", -1)) {
      String name = word.strip();
      if (name.equals("all")) {
        return EnumSet.allOf(Feature.class);
      }
      features.add(
          Arrays.stream(values())
              .filter(feature -> feature.word().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "`expose` has a word that cannot be used: write some of all, "
                          + Arrays.stream(values())
                              .map(Feature::word)
                              .collect(Collectors.joining(", ")))));
    }
    return features;
  }

  /// As configurations write it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
