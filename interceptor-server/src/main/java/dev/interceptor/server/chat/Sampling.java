package dev.interceptor.server.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Checks the members that say how many answers are wanted, and how they come.
final class Sampling {
  private static final int MOST_ANSWERS = 128;

  private Sampling() {}

  static void check(ObjectNode body) {
    Members.count(body, Place.ROOT, "n", MOST_ANSWERS);
    Members.count(body, Place.ROOT, "best_of", MOST_ANSWERS);
    Members.optionalObject(body, Place.ROOT, "stream_options")
        .ifPresent(options -> {
          Place place = Place.ROOT.member("stream_options");
          Members.flag(options, place, "include_usage");
          Members.flag(options, place, "include_obfuscation");
        });
  }
}
