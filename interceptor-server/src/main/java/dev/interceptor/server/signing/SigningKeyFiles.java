package dev.interceptor.server.signing;

import dev.interceptor.core.token.KeyRing;
import dev.interceptor.core.token.MalformedKeyException;
import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Ed25519 signing keys in a directory, each in `<kid>.pem` (PKCS#8, RFC 8410) with mode 0600.
///
/// The newest file signs; the older ones stay in the JWKS, so that their last tokens can be
/// verified. Every method throws `InterceptorException` SIGNING_UNAVAILABLE if the directory or a
/// file in it cannot be used, naming the file and never its content.
public final class SigningKeyFiles {
  private static final String SUFFIX = ".pem";
  private static final Set<PosixFilePermission> FOR_OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private SigningKeyFiles() {}

  /// A key in the directory.
  ///
  /// @param writtenAt the file's time of last change
  public record Entry(SigningKey key, FileTime writtenAt) {}

  /// The directory's keys as a ring in which the newest signs.
  ///
  /// @throws InterceptorException SIGNING_UNAVAILABLE also if there is no key, or if a file's group
  ///   or others may touch it, or if its name is not the key's
  public static KeyRing load(Path directory) {
    List<Entry> entries = list(directory);
    if (entries.isEmpty()) {
      throw unusable(
          "there is no signing key in `"
              + directory
              + "`; see `./interceptor signing-keys generate`");
    }
    return KeyRing.of(
        entries.getFirst().key(),
        entries.stream().skip(1).map(entry -> entry.key().publicKey()).toList());
  }

  /// Every key of the directory, newest first; empty for a directory that does not exist.
  public static List<Entry> list(Path directory) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    var entries = new ArrayList<Entry>();
    try (var files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        entries.add(read(file));
      }
    } catch (IOException e) {
      throw unusable("the signing keys in `" + directory + "` cannot be read", e);
    }
    entries.sort(
        Comparator.comparing(Entry::writtenAt)
            .reversed()
            .thenComparing(entry -> entry.key().kid()));
    return List.copyOf(entries);
  }

  /// Adds a new key, which signs from the next [#load] on. The file appears whole or not at all.
  ///
  /// @param directory created with mode 0700 if missing
  public static SigningKey generate(Path directory) {
    SigningKey key = SigningKey.generate(new SecureRandom());
    try {
      createPrivate(directory);
      Path draft =
          Files.createTempFile(
              directory,
              "key",
              ".new",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(draft, Pkcs8.toPem(key), StandardCharsets.US_ASCII);
      Files.move(draft, directory.resolve(key.kid() + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw unusable("no signing key can be written to `" + directory + "`", e);
    }
    return key;
  }

  /// Generates a key if the directory has none.
  public static void ensure(Path directory) {
    if (list(directory).isEmpty()) {
      var _ = generate(directory);
    }
  }

  private static Entry read(Path file) throws IOException {
    for (PosixFilePermission permission :
        Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)) {
      if (FOR_OTHERS.contains(permission)) {
        throw unusable("the signing key `" + file + "` is open to others; set its mode to 0600");
      }
    }
    SigningKey key;
    try {
      key = Pkcs8.ofPem(Files.readString(file, StandardCharsets.US_ASCII));
    } catch (MalformedKeyException e) {
      throw unusable("`" + file + "` is not one PKCS#8 Ed25519 private key", e);
    }
    if (!file.getFileName().toString().equals(key.kid() + SUFFIX)) {
      throw unusable("the signing key `" + file + "` is not named after its thumbprint");
    }
    return new Entry(key, Files.getLastModifiedTime(file));
  }

  private static void createPrivate(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static InterceptorException unusable(String detail) {
    return InterceptorException.of(ErrorCode.SIGNING_UNAVAILABLE, detail);
  }

  private static InterceptorException unusable(String detail, Exception cause) {
    return InterceptorException.of(ErrorCode.SIGNING_UNAVAILABLE, detail, cause);
  }
}
