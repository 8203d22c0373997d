package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.List;

/// Credentials: providers' keys by their shape, private keys, JSON web tokens, passwords in
/// connection strings and headers, values assigned to names such as `api_key`, and secrets that are
/// known as they are.
final class SecretDetector implements Detector {
  private final List<String> known;

  SecretDetector(List<String> known) {
    this.known = List.copyOf(known);
  }

  @Override
  public void scan(PlainText text, Findings findings) {
    new SecretScan(text, findings).run();
    for (String secret : known) {
      for (int at = text.original().indexOf(secret);
          at >= 0;
          at = text.original().indexOf(secret, at + secret.length())) {
        findings.addOriginal(Detection.SECRETS, at, at + secret.length());
      }
    }
  }

  @Override
  public boolean knowsByName(String name, String value) {
    return AssignedSecrets.isSecret(name, value);
  }
}
