package dev.interceptor.server.signing;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.Spki;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One PEM file with an Ed25519 key, as it was at one moment. Two are equal if file, time of change
/// and content are.
///
/// @param changed the file's time of last change
/// @param content digest of its bytes
record KeyFile(Path file, Instant changed, Sha256 content, Key key) {
  /// A key's file is about 120 bytes.
  private static final int MAX_BYTES = 4096;

  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /// What a file holds.
  sealed interface Key {
    VerificationKey publicHalf();

    record Private(SigningKey key) implements Key {
      @Override
      public VerificationKey publicHalf() {
        return key.publicKey();
      }
    }

    record Public(VerificationKey publicHalf) implements Key {}
  }

  /// Reads the file, through links.
  ///
  /// @param known files read before, so that what did not change is not worked out again
  /// @throws IOException if it cannot be read
  /// @throws InterceptorException SIGNING_UNAVAILABLE if it is not a key or open to others
  static KeyFile read(Path file, List<KeyFile> known, Ed25519Provider provider, KeyOwners owners)
      throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw unusable("`" + file + "` is not a file");
    }
    byte[] content = bytes(file);
    Sha256 digest = Sha256.of(content);
    Key key =
        known.stream()
            .filter(before -> before.content.equals(digest))
            .findFirst()
            .map(KeyFile::key)
            .orElseGet(
                () -> parse(file, new String(content, StandardCharsets.ISO_8859_1), provider));
    requireMode(file, key, attributes.permissions());
    owners.require("the key", file);
    return new KeyFile(file, attributes.lastModifiedTime().toInstant(), digest, key);
  }

  private static byte[] bytes(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw unusable("`" + file + "` is too long for a key");
      }
      return content;
    }
  }

  private static Key parse(Path file, String text, Ed25519Provider provider) {
    try {
      return text.contains("-----BEGIN PUBLIC KEY-----")
          ? new Key.Public(Spki.ofPem(text, provider))
          : new Key.Private(Pkcs8.ofPem(text, provider));
    } catch (MalformedKeyException e) {
      throw unusable(
          "`"
              + file
              + "` is not one Ed25519 key in PEM (PRIVATE KEY or PUBLIC KEY): "
              + e.getMessage());
    }
  }

  private static void requireMode(Path file, Key key, Set<PosixFilePermission> mode) {
    switch (key) {
      case Key.Private _ -> {
        if (!OWNERS.containsAll(mode)) {
          throw unusable("the signing key `" + file + "` is open to others; set its mode to 0600");
        }
      }
      case Key.Public _ -> {
        if (isWritableByOthers(mode)) {
          throw unusable(
              "the public key `" + file + "` can be changed by others; set its mode to 0644");
        }
      }
    }
  }

  static boolean isWritableByOthers(Set<PosixFilePermission> mode) {
    return !Collections.disjoint(
        mode, EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
  }

  String kid() {
    return key.publicHalf().kid();
  }

  Optional<SigningKey> signingKey() {
    return key instanceof Key.Private(SigningKey held) ? Optional.of(held) : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyFile that
        && file.equals(that.file)
        && changed.equals(that.changed)
        && content.equals(that.content);
  }

  @Override
  public int hashCode() {
    return file.hashCode() * 31 + content.hashCode();
  }

  static InterceptorException unusable(String detail) {
    return InterceptorException.of(ErrorCode.SIGNING_UNAVAILABLE, detail);
  }

  static InterceptorException unusable(String detail, Exception cause) {
    return InterceptorException.of(ErrorCode.SIGNING_UNAVAILABLE, detail, cause);
  }
}
