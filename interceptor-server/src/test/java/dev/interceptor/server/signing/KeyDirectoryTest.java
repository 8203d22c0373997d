package dev.interceptor.server.signing;

import static dev.interceptor.server.signing.KeyFixture.NOW;
import static dev.interceptor.server.signing.KeyFixture.WINDOW;
import static dev.interceptor.server.signing.KeyFixture.names;
import static dev.interceptor.server.signing.KeyFixture.privateKey;
import static dev.interceptor.server.signing.KeyFixture.publicKey;
import static dev.interceptor.server.signing.KeyFixture.published;
import static dev.interceptor.server.signing.KeyFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyDirectoryTest {
  @TempDir Path parent;

  private Path folder;
  private Instant now = NOW;
  private KeyDirectory keys;

  @BeforeEach
  void prepare() {
    folder = parent.resolve("keys");
    keys = new KeyDirectory(folder, () -> now, () -> now, _ -> {});
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void theFirstKeyIsForItsOwnerOnlyAndThereIsOneFirst() throws IOException {
    String kid = done(keys.generate());
    assertThat(read(folder).signing().kid()).isEqualTo(kid);
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(folder.resolve(kid + ".pem"))).isEqualTo("rw-------");
    assertThat(names(folder)).containsExactly(kid + ".pem");
    assertThat(refused(keys.generate())).contains(kid, "rotate");
    KeyDirectory.ensure(folder);
    assertThat(names(folder)).hasSize(1);
  }

  @Test
  void aRotationLeavesTheNewPrivateKeyAndTheOldPublicOne() throws IOException {
    String old = done(keys.generate());
    now = now.plusSeconds(100);
    String next = done(keys.rotate());
    assertThat(names(folder)).containsExactlyInAnyOrder(next + ".pem", old + ".pub");
    assertThat(mode(folder.resolve(old + ".pub"))).isEqualTo("rw-r--r--");
    StoredKeys stored = read(folder);
    assertThat(stored.signing().kid()).isEqualTo(next);
    assertThat(published(stored, now.plus(WINDOW))).containsExactly(next, old);
    assertThat(published(stored, now.plus(WINDOW).plusSeconds(1))).containsExactly(next);
  }

  @Test
  void withoutAKeyThereIsNothingToRotate() throws IOException {
    assertThat(refused(keys.rotate())).contains("no directory", "generate");
    assertThat(folder).doesNotExist();
    Files.createDirectory(folder);
    assertThat(refused(keys.rotate())).contains("no key signs yet", "generate");
  }

  @Test
  void theNewKeySignsAlsoWhereTheOldOneIsOfAClockThatRanAhead() throws IOException {
    privateKey(
        Files.createDirectory(folder).resolve("a.pem"), KeyFixture.ONE, NOW.plusSeconds(3_600));
    String next = done(keys.rotate());
    assertThat(read(folder).signing().kid()).isEqualTo(next);
    assertThat(published(read(folder), now)).containsExactly(next, KeyFixture.ONE.kid());
    String third = done(keys.rotate());
    assertThat(read(folder).signing().kid()).isEqualTo(third);
  }

  @Test
  void rotationsWithinOneSecondKeepTheirOrderAndEveryPredecessor() throws IOException {
    var order = new ArrayList<String>(List.of(done(keys.generate())));
    for (int n = 0; n < 5; n++) {
      order.add(done(keys.rotate()));
      assertThat(read(folder).signing().kid()).isEqualTo(order.getLast());
      assertThat(published(read(folder), now)).containsExactlyInAnyOrderElementsOf(order);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRotationThatIsKilledLeavesTheOldOrTheNewKeyAndThePredecessor(KeyDirectory.Step step)
      throws IOException {
    String old = done(keys.generate());
    now = now.plusSeconds(100);
    killedBefore(step);
    StoredKeys stored = read(folder);
    boolean changed = step != KeyDirectory.Step.WRITE_NEW;
    assertThat(stored.signing().kid().equals(old)).isEqualTo(!changed);
    assertThat(published(stored, now.plus(WINDOW))).contains(old).hasSize(changed ? 2 : 1);

    now = now.plusSeconds(1);
    String between = stored.signing().kid();
    String next = done(keys.rotate());
    assertThat(read(folder).signing().kid()).isEqualTo(next);
    assertThat(published(read(folder), now)).contains(next, between, old);
    assertThat(names(folder).stream().filter(name -> name.endsWith(".pem"))).hasSize(1);
    now = now.plus(WINDOW).plusSeconds(2);
    assertThat(published(read(folder), now)).containsExactly(next);
  }

  private void killedBefore(KeyDirectory.Step step) {
    var killed =
        new KeyDirectory(
            folder,
            () -> now,
            () -> now,
            reached -> {
              if (reached == step) {
                throw new Killed();
              }
            });
    assertThatExceptionOfType(Killed.class).isThrownBy(killed::rotate);
  }

  @Test
  void whatIsOverAndWhatAKilledChangeLeftIsCleanedUp() throws IOException {
    String first = done(keys.generate());
    now = now.plusSeconds(100);
    String second = done(keys.rotate());
    Files.writeString(folder.resolve("key7.new"), "torn");
    now = now.plus(KeyDirectory.LONGEST_WINDOW);
    String third = done(keys.rotate());
    assertThat(names(folder))
        .containsExactlyInAnyOrder(first + ".pub", second + ".pub", third + ".pem");
    now = now.plusSeconds(2);
    String fourth = done(keys.rotate());
    assertThat(names(folder))
        .containsExactlyInAnyOrder(second + ".pub", third + ".pub", fourth + ".pem");
  }

  @Test
  void aPredecessorIsRetiredWhenItsTokensAreOverOrWhenItMust() throws IOException {
    String old = done(keys.generate());
    assertThat(refused(keys.retire(old, Duration.ZERO))).contains("rotate");
    String next = done(keys.rotate());
    assertThat(refused(keys.retire("nobody", WINDOW))).contains("list");
    assertThat(refused(keys.retire(old, WINDOW))).contains("for another 19 s", "--now");
    assertThat(done(keys.retire(old, Duration.ZERO))).isEqualTo(old);
    assertThat(names(folder)).containsExactly(next + ".pem");

    String third = done(keys.rotate());
    now = now.plus(WINDOW).plusSeconds(1);
    assertThat(done(keys.retire(next, WINDOW))).isEqualTo(next);
    assertThat(names(folder)).containsExactly(third + ".pem");
  }

  @ParameterizedTest
  @ValueSource(ints = {-3, 3})
  void aHostWhoseClockIsNotTheFileSystemsChangesNothing(int seconds) throws IOException {
    InstantSource wrong = () -> Instant.now().plusSeconds(seconds);
    var there = new KeyDirectory(folder, wrong);
    assertThat(refused(there.generate())).contains("clock", folder.toString(), "s apart");
    String old = done(new KeyDirectory(folder, InstantSource.system()).generate());
    assertThat(refused(there.rotate())).contains("clock");
    assertThat(names(folder)).containsExactly(old + ".pem");
    String next = done(new KeyDirectory(folder, InstantSource.system()).rotate());
    assertThat(refused(there.retire(old, WINDOW))).contains("clock");
    assertThat(done(there.retire(old, Duration.ZERO))).isEqualTo(old);
    assertThat(names(folder)).containsExactly(next + ".pem");
  }

  @Test
  void aKeyFromTheFutureIsWarnedAbout() throws IOException {
    String kid = done(keys.generate());
    assertThat(read(folder).warning(now)).isEmpty();
    assertThat(read(folder).warning(now.minusSeconds(60)))
        .hasValueSatisfying(warning -> assertThat(warning).contains(kid, "61 s in the future"));
  }

  @Test
  void rootChangesTheKeysOfAnotherUserForThatUser() throws IOException {
    String old = done(keys.generate());
    assumeTrue((int) Files.getAttribute(folder, "unix:uid") == 0, "needs root");
    Files.setAttribute(folder, "unix:uid", 4_711);
    Files.setAttribute(folder.resolve(old + ".pem"), "unix:uid", 4_711);
    String next = done(keys.rotate());
    assertThat(Files.getAttribute(folder.resolve(next + ".pem"), "unix:uid")).isEqualTo(4_711);
    assertThat(Files.getAttribute(folder.resolve(old + ".pub"), "unix:uid")).isEqualTo(4_711);
    var server = new SigningKeyFiles(KeySource.directory(folder), Ed25519Provider.bouncyCastle());
    assertThatThrownBy(server::read)
        .isInstanceOf(InterceptorException.class)
        .hasMessageContainingAll(folder.toString(), "belongs to user 4711");
  }

  @Test
  void aDirectoryThatCannotBeUsedIsNotChanged() throws IOException {
    String kid = done(keys.generate());
    Path torn = folder.resolve("b.pem");
    Files.writeString(torn, "torn");
    assertThatThrownBy(keys::rotate)
        .isInstanceOf(InterceptorException.class)
        .hasMessageContaining(torn.toString());
    assertThat(names(folder)).containsExactlyInAnyOrder(kid + ".pem", "b.pem");
  }

  @Test
  void rotationsAtTheSameTimeHappenOneAfterTheOther() throws Exception {
    done(keys.generate());
    Callable<KeyChange> rotation = () -> new KeyDirectory(folder, InstantSource.system()).rotate();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<KeyChange> rotated : threads.invokeAll(List.of(rotation, rotation, rotation))) {
        done(rotated.get());
      }
    }
    assertThat(names(folder).stream().filter(name -> name.endsWith(".pem"))).hasSize(1);
    assertThat(read(folder).predecessors()).hasSize(3);
  }

  @Test
  void aReaderNeverMissesAKeyWhileKeysAreRotated() throws Exception {
    var published = new ArrayList<String>(List.of(done(keys.generate())));
    now = Instant.now();
    var done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        AutoCloseable _ = () -> done.set(true)) {
      Future<Integer> reader = threads.submit(() -> readAll(done));
      for (int n = 0; n < 60; n++) {
        published.add(done(keys.rotate()));
      }
      done.set(true);
      assertThat(reader.get()).isPositive();
    }
    assertThat(published(read(folder), now)).hasSameSizeAs(published);
  }

  /// @return how often it read
  private int readAll(AtomicBoolean done) {
    var files = new SigningKeyFiles(KeySource.directory(folder));
    var seen = new ArrayList<String>();
    int reads = 0;
    while (!done.get()) {
      StoredKeys stored;
      try {
        stored = files.read();
      } catch (InterceptorException busy) {
        assertThat(busy).hasMessageContaining("change all the time");
        continue;
      }
      reads++;
      assertThat(published(stored, now)).containsAll(seen);
      if (!seen.contains(stored.signing().kid())) {
        seen.add(stored.signing().kid());
      }
    }
    return reads;
  }

  @Test
  void aPublicKeyThatIsThereBeforeItsPrivateOneIsPublished() throws IOException {
    done(keys.generate());
    publicKey(folder.resolve("next.pub"), KeyFixture.TWO, now);
    assertThat(published(read(folder), now)).contains(KeyFixture.TWO.kid());
    privateKey(folder.resolve("next.pem"), KeyFixture.TWO, now.plusSeconds(30));
    assertThat(read(folder).signing().kid()).isEqualTo(KeyFixture.TWO.kid());
  }

  private static String done(KeyChange change) {
    assertThat(change).isInstanceOf(KeyChange.Done.class);
    return ((KeyChange.Done) change).kid();
  }

  private static String refused(KeyChange change) {
    assertThat(change).isInstanceOf(KeyChange.Refused.class);
    return ((KeyChange.Refused) change).why();
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void noKeysNameLooksLikeAnOption() {
    assertThat(Stream.generate(KeyDirectory::fresh).limit(500))
        .noneMatch(key -> key.kid().startsWith("-"));
  }
}
