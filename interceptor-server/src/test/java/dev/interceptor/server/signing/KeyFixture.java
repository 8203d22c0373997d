package dev.interceptor.server.signing;

import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.Spki;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Keys as files, each with its mode and time.
final class KeyFixture {
  static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  static final Duration LIFETIME = Duration.ofSeconds(5);

  /// 10 s, the lifetime, 2 s.
  static final Duration WINDOW = Duration.ofSeconds(17);

  static final SigningKey ONE = SigningKey.generate(new Random(1));
  static final SigningKey TWO = SigningKey.generate(new Random(2));
  static final SigningKey THREE = SigningKey.generate(new Random(3));

  private KeyFixture() {}

  static Path privateKey(Path file, SigningKey key, Instant changed) throws IOException {
    return write(file, Pkcs8.toPem(key), "rw-------", changed);
  }

  static Path publicKey(Path file, SigningKey key, Instant changed) throws IOException {
    return write(file, Spki.toPem(key.publicKey()), "rw-r--r--", changed);
  }

  static Path write(Path file, String text, String mode, Instant changed) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    return Files.setLastModifiedTime(file, FileTime.from(changed));
  }

  static StoredKeys read(Path directory) {
    return new SigningKeyFiles(KeySource.directory(directory)).read();
  }

  /// The names of the directory's files, hidden ones aside.
  static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /// What is published at `now`, the key that signs first.
  static List<String> published(StoredKeys keys, Instant now) {
    return keys.ring(now, WINDOW).published().keys().stream().map(key -> key.kid()).toList();
  }
}
