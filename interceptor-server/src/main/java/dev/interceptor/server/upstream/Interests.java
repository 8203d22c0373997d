package dev.interceptor.server.upstream;

import java.util.Set;

/// The changes that a subscriber wants to hear of.
///
/// @param resources URIs of single resources
public record Interests(
    boolean toolsList, boolean promptsList, boolean resourcesList, Set<String> resources) {
  public Interests {
    resources = Set.copyOf(resources);
  }

  public boolean isEmpty() {
    return !toolsList && !promptsList && !resourcesList && resources.isEmpty();
  }
}
