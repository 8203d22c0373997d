package dev.interceptor.server.guard;

import dev.interceptor.core.policy.Detection;
import java.util.List;

/// Credentials: providers' keys by their form, private keys, JSON web tokens, passwords in
/// connection strings and headers, values assigned to names such as `api_key`, and secrets that are
/// known as they are.
final class SecretDetector implements Detector {
  private final List<String> known;

  private final SecretRules rules = SecretRules.standard();

  SecretDetector(List<String> known) {
    this.known = List.copyOf(known);
  }

  @Override
  public void scan(PlainText text, Findings findings) {
    rules.report(text, findings);
    new SecretScan(text, findings).run();
    String original = text.original();
    for (String secret : known) {
      for (int at = original.indexOf(secret);
          at >= 0;
          at = original.indexOf(secret, at + secret.length())) {
        int start = text.offset() + at;
        findings.addOriginal(Detection.SECRETS, start, start + secret.length());
      }
    }
  }

  @Override
  public List<String> known() {
    return known;
  }

  @Override
  public boolean knowsByName(String name, String value) {
    return AssignedSecrets.isSecret(name, value);
  }
}
