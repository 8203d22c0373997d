package dev.interceptor.server.guard;

/// Credentials: providers' keys by their shape, private keys, JSON web tokens, passwords in
/// connection strings and headers, values assigned to names such as `api_key`.
final class SecretDetector implements Detector {
  @Override
  public void scan(PlainText text, Findings findings) {
    new SecretScan(text, findings).run();
  }

  @Override
  public boolean knowsByName(String name, String value) {
    return AssignedSecrets.isSecret(name, value);
  }
}
