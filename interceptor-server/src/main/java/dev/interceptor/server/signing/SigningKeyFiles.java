package dev.interceptor.server.signing;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads Ed25519 keys from PEM files (PKCS#8 and SubjectPublicKeyInfo, RFC 8410).
///
/// In a directory, every `*.pem` and `*.pub` is a key. The private key that was changed last signs;
/// an older private key stopped signing when the one after it was put there, and a public key when
/// its file was last changed. Of a list of files, the first signs, and the others have no end.
///
/// What `read` answers lay there at one moment, also while keys are rotated. Not thread-safe.
public final class SigningKeyFiles {
  private static final int MOST_PASSES = 10;

  private final KeySource source;
  private final Ed25519Provider provider;
  private final boolean listed;
  private final Optional<KeyOwners> owners;
  private Optional<List<KeyFile>> accepted = Optional.empty();

  /// With keys that are looked at or changed, but not signed with: they may also belong to the
  /// owner of their folder, for whom another user, such as root, does it.
  public SigningKeyFiles(KeySource source) {
    this(source, Ed25519Provider.bouncyCastle(), Optional.empty());
  }

  /// With keys that belong to the user of this process or to root.
  ///
  /// @param provider signs with the keys, and verifies under them
  public SigningKeyFiles(KeySource source, Ed25519Provider provider) {
    this(source, provider, Optional.of(KeyOwners.ofThisProcess()));
  }

  /// @param owners of all files; empty for those of this process and the folder's
  SigningKeyFiles(KeySource source, Ed25519Provider provider, Optional<KeyOwners> owners) {
    this.source = source;
    this.provider = provider;
    this.listed = source.isFiles();
    this.owners = owners;
  }

  /// The keys as they lie there now.
  ///
  /// @throws InterceptorException SIGNING_UNAVAILABLE if there is no key that signs, or if a file
  ///   cannot be read, is not a key, or is open to others; names the file, never its content
  public StoredKeys read() {
    return stored(files())
        .orElseThrow(() ->
            KeyFile.unusable(
                listed
                    ? "`"
                        + source.paths().getFirst()
                        + "` has to be a private key: the first of the listed files signs"
                    : "there is no signing key in `"
                        + source
                        + "`; see `./interceptor signing-keys generate`"));
  }

  /// As `read`, empty where there is no private key.
  Optional<StoredKeys> find() {
    return stored(files());
  }

  /// Every key file. A directory is read as often as it takes to find it twice the same: a single
  /// pass may meet a key neither before nor after it was moved.
  List<KeyFile> files() {
    try {
      Optional<List<KeyFile>> before = accepted;
      for (int pass = 0; pass < MOST_PASSES; pass++) {
        Optional<List<KeyFile>> found = pass(before.orElse(List.of()));
        if (found.isPresent() && found.equals(before)) {
          accepted = before;
          return found.get();
        }
        before = found;
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw KeyFile.unusable(
          "the signing keys in `" + source + "` cannot be read: " + e.getMessage(), e);
    }
    throw KeyFile.unusable("the signing keys in `" + source + "` change all the time");
  }

  /// @return empty if a file went away meanwhile
  private Optional<List<KeyFile>> pass(List<KeyFile> known) throws IOException {
    var found = new ArrayList<KeyFile>();
    try {
      for (Path file : paths()) {
        found.add(KeyFile.read(file, known, provider, owners(file)));
      }
    } catch (NoSuchFileException e) {
      if (listed) {
        throw KeyFile.unusable("the signing key `" + e.getFile() + "` is missing", e);
      }
      return Optional.empty();
    }
    return Optional.of(List.copyOf(found));
  }

  private List<Path> paths() throws IOException {
    if (listed) {
      for (Path file : source.paths()) {
        KeyOwners.requireNoOthers(folderOf(file));
      }
      return source.paths();
    }
    Path directory = source.paths().getFirst();
    if (!Files.exists(directory)) {
      return List.of();
    }
    if (KeyFile.isWritableByOthers(Files.getPosixFilePermissions(directory))) {
      throw KeyFile.unusable("others can put keys into `" + directory + "`; set its mode to 0700");
    }
    owners(directory.resolve("any")).require("the directory", directory);
    KeyOwners.requireNoOthers(folderOf(directory.toRealPath()));
    var files = new ArrayList<Path>();
    try (var names = Files.newDirectoryStream(directory, "*.{pem,pub}")) {
      names.forEach(files::add);
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  private KeyOwners owners(Path file) throws IOException {
    return owners.isPresent() ? owners.get() : KeyOwners.ofThisProcess().and(folderOf(file));
  }

  private static Path folderOf(Path file) {
    return file.toAbsolutePath().resolveSibling(".");
  }

  private Optional<StoredKeys> stored(List<KeyFile> files) {
    return listed ? listed(files) : inDirectory(files);
  }

  private static Optional<StoredKeys> listed(List<KeyFile> files) {
    KeyFile first = files.getFirst();
    return first
        .signingKey()
        .map(key ->
            new StoredKeys(
                key,
                first.changed(),
                files.stream()
                    .skip(1)
                    .map(file ->
                        new StoredKeys.Predecessor(file.key().publicHalf(), Optional.empty()))
                    .filter(other -> !other.key().kid().equals(first.kid()))
                    .distinct()
                    .toList()));
  }

  private static Optional<StoredKeys> inDirectory(List<KeyFile> files) {
    List<KeyFile> signing = privateKeys(files);
    if (signing.isEmpty()) {
      return Optional.empty();
    }
    KeyFile first = signing.getFirst();
    Map<String, StoredKeys.Predecessor> stopped = new HashMap<>();
    for (int i = 1; i < signing.size(); i++) {
      add(signing.get(i), signing.get(i - 1).changed(), stopped);
    }
    for (KeyFile file : files) {
      if (file.signingKey().isEmpty()) {
        add(file, file.changed(), stopped);
      }
    }
    stopped.remove(first.kid());
    return Optional.of(
        new StoredKeys(
            first.signingKey().orElseThrow(),
            first.changed(),
            stopped.values().stream()
                .sorted(
                    Comparator.comparing(
                            (StoredKeys.Predecessor key) -> key.stopped().orElseThrow())
                        .reversed()
                        .thenComparing(key -> key.key().kid()))
                .toList()));
  }

  private static void add(KeyFile file, Instant at, Map<String, StoredKeys.Predecessor> stopped) {
    stopped.merge(
        file.kid(),
        new StoredKeys.Predecessor(file.key().publicHalf(), Optional.of(at)),
        (one, other) ->
            one.stopped().orElseThrow().isAfter(other.stopped().orElseThrow()) ? one : other);
  }

  /// The files with a private key, the one that signs first.
  static List<KeyFile> privateKeys(List<KeyFile> files) {
    return files.stream()
        .filter(file -> file.signingKey().isPresent())
        .sorted(Comparator.comparing(KeyFile::changed).reversed().thenComparing(KeyFile::kid))
        .toList();
  }
}
