package dev.interceptor.server.database;

import java.nio.charset.StandardCharsets;

/// The password of a database user. It has no equality and prints as redacted.
public final class DatabasePassword {
  private final String value;

  public DatabasePassword(String value) {
    this.value = value;
  }

  /// The password in UTF-8, for the driver only.
  public byte[] insecureBytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "DatabasePassword[redacted]";
  }
}
