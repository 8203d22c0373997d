package dev.interceptor.server.policy;

import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.policy.PolicyParser;
import dev.interceptor.core.policy.PolicySet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One policy file for everybody.
final class FilePolicyStore implements PolicyStore {
  private final PolicySet policy;

  FilePolicyStore(Path file) {
    this.policy = parse(file);
  }

  private static PolicySet parse(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException _) {
      throw new InvalidPolicyException(List.of(file + " cannot be read as UTF-8 text"));
    }
    return switch (PolicyParser.parse(text, file.getFileName().toString())) {
      case PolicyParser.Result.Parsed parsed -> parsed.policies();
      case PolicyParser.Result.Rejected rejected ->
          throw new InvalidPolicyException(
              rejected.problems().stream().map(Object::toString).toList());
    };
  }

  @Override
  public PolicySet load(Principal principal) {
    return policy;
  }
}
