package dev.interceptor.server.signing;

import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.core.token.Spki;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.token.VerificationKey;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Changes the signing keys of a directory, one change at a time over all processes.
///
/// *Guarantees*: a change that is killed at any moment leaves a directory that
/// [SigningKeyFiles#read] takes, in which the old or the new key signs and the tokens of the other
/// can still be verified. New files belong to the directory's owner. Every method throws
/// `InterceptorException` SIGNING_UNAVAILABLE if the directory cannot be used as it is.
public final class KeyDirectory {
  /// The longest that a predecessor's tokens may be good, whatever lifetime tokens are given.
  public static final Duration LONGEST_WINDOW = StoredKeys.window(TokenMinter.MAX_LIFETIME);

  private final KeyFolder folder;
  private final InstantSource clock;
  private final FileClock files;
  private final Consumer<Step> before;

  /// The clock of the file system.
  interface FileClock {
    Instant time() throws IOException;
  }

  /// The steps of a rotation, in their order.
  enum Step {
    WRITE_NEW,
    WRITE_PREDECESSORS,
    DELETE_OLD,
    CLEAN_UP
  }

  public KeyDirectory(Path directory, InstantSource clock) {
    this(directory, clock, new KeyFolder(directory)::time, _ -> {});
  }

  /// @param before runs before each step of a rotation, so that a test can end it there
  KeyDirectory(Path directory, InstantSource clock, FileClock files, Consumer<Step> before) {
    this.folder = new KeyFolder(directory);
    this.clock = clock;
    this.files = files;
    this.before = before;
  }

  /// Makes the first key; the directory is created with mode 0700 if missing.
  public KeyChange generate() {
    try {
      folder.create();
    } catch (IOException e) {
      throw unusable(e);
    }
    return change(() -> {
      Optional<StoredKeys> there = keys().find();
      if (there.isPresent()) {
        return new KeyChange.Refused(
            "`"
                + there.get().signing().kid()
                + "` signs already; to change it, see `./interceptor signing-keys rotate`");
      }
      Optional<KeyChange> wrong = wrongClock();
      return wrong.isPresent() ? wrong.get() : new KeyChange.Done(write(keys().files()).kid());
    });
  }

  /// Makes a key that signs from now on. The private key of its predecessor is deleted, the public
  /// one stays until a later rotation finds it over.
  public KeyChange rotate() {
    return change(() -> {
      List<KeyFile> files = keys().files();
      List<KeyFile> old = SigningKeyFiles.privateKeys(files);
      if (old.isEmpty()) {
        return new KeyChange.Refused("no key signs yet; see `./interceptor signing-keys generate`");
      }
      Optional<KeyChange> wrong = wrongClock();
      if (wrong.isPresent()) {
        return wrong.get();
      }
      before.accept(Step.WRITE_NEW);
      SigningKey next = write(files);
      before.accept(Step.WRITE_PREDECESSORS);
      Instant now = clock.instant();
      StoredKeys keys = keys().read();
      for (KeyFile file : old) {
        boolean signed = file.kid().equals(old.getFirst().kid());
        writePublic(
            file.key().publicHalf(), signed ? wholeSecond(now) : stopped(file.kid(), keys, now));
      }
      folder.force();
      before.accept(Step.DELETE_OLD);
      for (KeyFile file : old) {
        Files.deleteIfExists(file.file());
      }
      before.accept(Step.CLEAN_UP);
      cleanUp();
      return new KeyChange.Done(next.kid());
    });
  }

  /// Removes a predecessor before a rotation does.
  ///
  /// @param window as in [StoredKeys#window]; zero removes it also while its tokens may be good
  public KeyChange retire(String kid, Duration window) {
    return change(() -> {
      StoredKeys keys = keys().read();
      if (keys.signing().kid().equals(kid)) {
        return new KeyChange.Refused(
            "`" + kid + "` signs; see `./interceptor signing-keys rotate`, then retire it");
      }
      Optional<StoredKeys.Predecessor> found =
          keys.predecessors().stream().filter(key -> key.key().kid().equals(kid)).findFirst();
      if (found.isEmpty()) {
        return new KeyChange.Refused(
            "there is no key `" + kid + "`; see `./interceptor signing-keys list`");
      }
      Optional<KeyChange> wrong = window.isZero() ? Optional.empty() : wrongClock();
      if (wrong.isPresent()) {
        return wrong.get();
      }
      Instant now = clock.instant();
      if (!window.isZero() && found.get().isPublished(now, window)) {
        Instant leaves = found.get().leavesAt(window).orElse(now);
        return new KeyChange.Refused(
            "tokens of `%s` may be good for another %d s; wait, or write --now to refuse them"
                .formatted(kid, 1 + Duration.between(now, leaves).toSeconds()));
      }
      for (KeyFile file : keys().files()) {
        if (file.kid().equals(kid)) {
          Files.deleteIfExists(file.file());
        }
      }
      folder.force();
      return new KeyChange.Done(kid);
    });
  }

  /// Generates a key if none signs.
  public static void ensure(Path directory) {
    var keys = new KeyDirectory(directory, InstantSource.system());
    if (keys.generate() instanceof KeyChange.Refused(String why) && keys.keys().find().isEmpty()) {
      throw KeyFile.unusable(why);
    }
  }

  /// A key's time says how long its predecessor is good, on every host.
  private Optional<KeyChange> wrongClock() throws IOException {
    Duration apart = Duration.between(files.time(), clock.instant());
    return apart.abs().compareTo(StoredKeys.CLOCKS_APART) > 0
        ? Optional.of(
            new KeyChange.Refused(
                "the clock of this host and the one of the file system with `%s` are %d s apart; set the one that is wrong, for keys' times hold on every host"
                    .formatted(folder.path(), apart.abs().toSeconds())))
        : Optional.empty();
  }

  private interface Change {
    KeyChange make() throws IOException;
  }

  private KeyChange change(Change change) {
    if (!Files.isDirectory(folder.path())) {
      return new KeyChange.Refused(
          "there is no directory `"
              + folder.path()
              + "`; see `./interceptor signing-keys generate`");
    }
    try (var _ = folder.lock()) {
      return change.make();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private InterceptorException unusable(IOException cause) {
    return KeyFile.unusable(
        "the signing keys in `" + folder.path() + "` cannot be changed: " + cause.getMessage(),
        cause);
  }

  private SigningKeyFiles keys() {
    return new SigningKeyFiles(KeySource.directory(folder.path()));
  }

  /// A key that is newer than all files, in whole seconds, which every file system keeps.
  private SigningKey write(List<KeyFile> files) throws IOException {
    Instant newest =
        files.stream().map(KeyFile::changed).max(Instant::compareTo).orElse(Instant.EPOCH);
    Instant next = newest.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    Instant now = wholeSecond(clock.instant());
    SigningKey key = fresh();
    folder.write(key.kid() + ".pem", Pkcs8.toPem(key), "rw-------", next.isAfter(now) ? next : now);
    folder.force();
    return key;
  }

  /// One whose name a command does not take for an option.
  static SigningKey fresh() {
    var random = new SecureRandom();
    SigningKey key = SigningKey.generate(random);
    while (key.kid().startsWith("-")) {
      key = SigningKey.generate(random);
    }
    return key;
  }

  private void writePublic(VerificationKey key, Instant stopped) throws IOException {
    folder.write(key.kid() + ".pub", Spki.toPem(key), "rw-r--r--", stopped);
  }

  /// When a key stopped that an earlier change, which was killed, has left.
  private static Instant stopped(String kid, StoredKeys keys, Instant otherwise) {
    return keys.predecessors().stream()
        .filter(key -> key.key().kid().equals(kid))
        .findFirst()
        .flatMap(StoredKeys.Predecessor::stopped)
        .orElse(otherwise);
  }

  /// Rounded up: an end that is too late is safe.
  private static Instant wholeSecond(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
  }

  private void cleanUp() throws IOException {
    Instant over = clock.instant().minus(LONGEST_WINDOW);
    for (KeyFile file : keys().files()) {
      if (file.signingKey().isEmpty() && file.changed().isBefore(over)) {
        Files.deleteIfExists(file.file());
      }
    }
    folder.deleteDrafts();
    folder.force();
  }
}
