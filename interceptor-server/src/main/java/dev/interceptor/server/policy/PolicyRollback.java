package dev.interceptor.server.policy;

import dev.interceptor.core.policy.PolicyProblem;
import java.util.List;
import java.util.Optional;

/// An old text put in force again, as a new version.
public sealed interface PolicyRollback {
  record Done(PolicyVersions.Applied applied) implements PolicyRollback {}

  record NoSuchVersion() implements PolicyRollback {}

  /// The old text is none that this release would accept.
  record Unreadable(List<PolicyProblem> problems) implements PolicyRollback {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }

  static PolicyRollback to(PolicyVersions versions, String name, int version, PolicyChange change) {
    Optional<String> source = versions.source(name, version);
    if (source.isEmpty()) {
      return new NoSuchVersion();
    }
    return switch (PolicyText.read(source.get(), name + " version " + version)) {
      case PolicyText.Reading.Bad bad -> new Unreadable(bad.problems());
      case PolicyText.Reading.Good good -> new Done(versions.apply(good.text().only(name), change));
    };
  }
}
