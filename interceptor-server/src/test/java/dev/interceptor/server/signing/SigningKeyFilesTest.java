package dev.interceptor.server.signing;

import static dev.interceptor.server.signing.KeyFixture.NOW;
import static dev.interceptor.server.signing.KeyFixture.ONE;
import static dev.interceptor.server.signing.KeyFixture.THREE;
import static dev.interceptor.server.signing.KeyFixture.TWO;
import static dev.interceptor.server.signing.KeyFixture.WINDOW;
import static dev.interceptor.server.signing.KeyFixture.privateKey;
import static dev.interceptor.server.signing.KeyFixture.publicKey;
import static dev.interceptor.server.signing.KeyFixture.published;
import static dev.interceptor.server.signing.KeyFixture.read;
import static dev.interceptor.server.signing.KeyFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.Spki;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SigningKeyFilesTest {
  @TempDir Path folder;

  @Test
  void theNewestPrivateKeySignsUnderAnyName() throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    privateKey(folder.resolve("b.pem"), TWO, NOW.plusMillis(1));
    assertThat(read(folder).signing().kid()).isEqualTo(TWO.kid());
    assertThat(read(folder).since()).isEqualTo(NOW.plusMillis(1));
  }

  @Test
  void aPublicKeyIsPublishedUntilItsWindowIsOver() throws IOException {
    privateKey(folder.resolve("new.pem"), TWO, NOW);
    publicKey(folder.resolve("old.pub"), ONE, NOW);
    StoredKeys keys = read(folder);
    assertThat(published(keys, NOW)).containsExactly(TWO.kid(), ONE.kid());
    assertThat(published(keys, NOW.plus(WINDOW).minusMillis(1))).hasSize(2);
    assertThat(keys.nextLeave(NOW, WINDOW)).contains(NOW.plus(WINDOW));
    assertThat(published(keys, NOW.plus(WINDOW))).containsExactly(TWO.kid());
    assertThat(keys.nextLeave(NOW.plus(WINDOW), WINDOW)).isEmpty();
  }

  @Test
  void anOlderPrivateKeyStoppedWhenTheNextOneCame() throws IOException {
    privateKey(folder.resolve("1.pem"), ONE, NOW.minusSeconds(1_000));
    privateKey(folder.resolve("2.pem"), TWO, NOW.minusSeconds(20));
    privateKey(folder.resolve("3.pem"), THREE, NOW);
    StoredKeys keys = read(folder);
    assertThat(published(keys, NOW)).containsExactly(THREE.kid(), TWO.kid());
    assertThat(published(keys, NOW.minusSeconds(4)))
        .containsExactly(THREE.kid(), TWO.kid(), ONE.kid());
  }

  @Test
  void ofTwoFilesWithOneKeyTheLaterEndCountsAndSigningCountsMore() throws IOException {
    privateKey(folder.resolve("1.pem"), ONE, NOW.minusSeconds(500));
    publicKey(folder.resolve("1.pub"), ONE, NOW.minusSeconds(400));
    privateKey(folder.resolve("2.pem"), TWO, NOW);
    publicKey(folder.resolve("2.pub"), TWO, NOW.minusSeconds(400));
    assertThat(read(folder).predecessors())
        .singleElement()
        .satisfies(key -> assertThat(key.stopped()).contains(NOW));
  }

  @Test
  void keysOfOneTimeAreTakenInTheSameOrderEverywhere() throws IOException {
    privateKey(folder.resolve("1.pem"), ONE, NOW);
    privateKey(folder.resolve("2.pem"), TWO, NOW);
    String first = ONE.kid().compareTo(TWO.kid()) < 0 ? ONE.kid() : TWO.kid();
    assertThat(read(folder).signing().kid()).isEqualTo(first);
    assertThat(published(read(folder), NOW)).hasSize(2);
  }

  @Test
  void ofListedFilesTheFirstSignsAndTheOthersHaveNoEnd() throws IOException {
    Path first = privateKey(folder.resolve("tls.key"), ONE, NOW.minusSeconds(900));
    Path second = privateKey(folder.resolve("b"), TWO, NOW);
    Path third = publicKey(folder.resolve("c"), THREE, NOW.minusSeconds(900));
    var source = KeySource.parse(first + ", " + second + "," + third);
    StoredKeys keys = new SigningKeyFiles(source).read();
    assertThat(published(keys, NOW.plusSeconds(100_000)))
        .containsExactly(ONE.kid(), TWO.kid(), THREE.kid());
    assertThat(new SigningKeyFiles(KeySource.parse(first.toString())).read().signing().kid())
        .isEqualTo(ONE.kid());
    assertUnusable(
        () -> new SigningKeyFiles(KeySource.parse(third + "," + first)).read(),
        third.toString(),
        "private key");
    Files.delete(second);
    assertUnusable(() -> new SigningKeyFiles(source).read(), second.toString(), "missing");
  }

  @Test
  void linksAreFollowedToTheModeOfTheFile() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("..data"));
    Path file = privateKey(elsewhere.resolve("key"), ONE, NOW);
    Files.createSymbolicLink(folder.resolve("a.pem"), file);
    assertThat(read(folder).signing().kid()).isEqualTo(ONE.kid());
    mode(file, "rw-r-----");
    assertUnusable(() -> read(folder), "a.pem", "0600");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx-----x"})
  void aPrivateKeyThatOthersMayTouchIsRefused(String mode) throws IOException {
    Path file = privateKey(folder.resolve("a.pem"), ONE, NOW);
    publicKey(folder.resolve("b.pub"), TWO, NOW);
    mode(file, mode);
    assertUnusable(() -> read(folder), file.toString(), "0600");
  }

  @Test
  void aPublicKeyThatOthersMayChangeIsRefused() throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    Path file = publicKey(folder.resolve("b.pub"), TWO, NOW);
    mode(file, "rw-rw-r--");
    assertUnusable(() -> read(folder), file.toString(), "0644");
  }

  @Test
  void aFolderIntoWhichOthersMayWriteIsRefused() throws IOException {
    Path file = privateKey(folder.resolve("a.pem"), ONE, NOW);
    mode(folder, "rwxrwxr-x");
    assertUnusable(() -> read(folder), folder.toString(), "0700");
    assertUnusable(
        () -> new SigningKeyFiles(KeySource.parse(file.toString())).read(), "can replace keys");
    Files.setAttribute(folder, "unix:mode", 01777);
    assertThat(new SigningKeyFiles(KeySource.parse(file.toString())).read().signing().kid())
        .isEqualTo(ONE.kid());
    assertUnusable(() -> read(folder), "0700");
  }

  @Test
  void keysOfAForeignUserAreRefused() throws IOException {
    Path file = privateKey(folder.resolve("a.pem"), ONE, NOW);
    var foreign = Optional.of(new KeyOwners(Set.of(4_711)));
    Ed25519Provider provider = Ed25519Provider.bouncyCastle();
    assertUnusable(
        () -> new SigningKeyFiles(KeySource.directory(folder), provider, foreign).read(),
        "the directory",
        folder.toString(),
        "chown");
    assertUnusable(
        () -> new SigningKeyFiles(KeySource.parse(file.toString()), provider, foreign).read(),
        "the key",
        file.toString(),
        "chown");
    assertThat(new SigningKeyFiles(KeySource.directory(folder), provider).read().signing().kid())
        .isEqualTo(ONE.kid());
  }

  @Test
  void aFolderThatOthersMayReplaceIsRefused() throws IOException {
    Path keys = Files.createDirectory(folder.resolve("keys"));
    mode(keys, "rwx------");
    privateKey(keys.resolve("a.pem"), ONE, NOW);
    mode(folder, "rwxr-xrwx");
    assertUnusable(() -> read(keys), folder.toString(), "can replace keys", "0755");
    Files.setAttribute(folder, "unix:mode", 01777);
    assertThat(read(keys).signing().kid()).isEqualTo(ONE.kid());
  }

  @Test
  void aFileThatGoesAwayStaysAFile() throws IOException {
    Path file = privateKey(folder.resolve("a"), ONE, NOW);
    var files = new SigningKeyFiles(KeySource.parse(file.toString()));
    Files.delete(file);
    assertUnusable(files::read, file.toString(), "missing");
    privateKey(file, TWO, NOW);
    assertThat(files.read().signing().kid()).isEqualTo(TWO.kid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hush", "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----"})
  void aFileThatIsNoKeyIsRefusedWithoutBeingEchoed(String text) throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    Path file = write(folder.resolve("torn.pem"), text, "rw-------", NOW);
    assertUnusable(() -> read(folder), file.toString(), "PEM");
  }

  @Test
  void aTornFileIsRefusedAtEveryLength() throws IOException {
    String whole = Pkcs8.toPem(ONE).strip();
    Path file = folder.resolve("a.pem");
    for (int length = 0; length < whole.length(); length++) {
      write(file, whole.substring(0, length), "rw-------", NOW);
      assertUnusable(() -> read(folder), file.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void aWeakOrMalformedPublicKeyIsRefused(String key) throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    byte[] der = HexFormat.of().parseHex("302a300506032b6570032100" + key);
    String pem =
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(Base64.getEncoder().encodeToString(der));
    Path file = write(folder.resolve("weak.pub"), pem, "rw-r--r--", NOW);
    assertUnusable(() -> read(folder), file.toString(), "small order");
  }

  @Test
  void whatIsTooLongOrNoFileIsRefusedUnread() throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    Path file =
        write(
            folder.resolve("b.pub"),
            Spki.toPem(TWO.publicKey()) + " ".repeat(5_000),
            "rw-r--r--",
            NOW);
    assertUnusable(() -> read(folder), file.toString(), "too long");
    Files.delete(file);
    Path inner = Files.createDirectory(folder.resolve("c.pem"));
    assertUnusable(() -> read(folder), inner.toString(), "not a file");
  }

  @Test
  void aDirectoryWithoutAPrivateKeyIsRefused() throws IOException {
    assertUnusable(() -> read(folder.resolve("none")), "no signing key");
    publicKey(folder.resolve("a.pub"), ONE, NOW);
    assertUnusable(() -> read(folder), "no signing key");
  }

  @Test
  void draftsAndOtherFilesAreNotLookedAt() throws IOException {
    privateKey(folder.resolve("a.pem"), ONE, NOW);
    write(folder.resolve("key1.new"), "torn", "rw-rw-rw-", NOW);
    write(folder.resolve(".lock"), "", "rw-------", NOW);
    assertThat(published(read(folder), NOW)).isEqualTo(List.of(ONE.kid()));
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void assertUnusable(ThrowingCallable call, String... details) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SIGNING_UNAVAILABLE))
        .hasMessageContainingAll(details)
        .hasMessageNotContaining("hush");
  }
}
