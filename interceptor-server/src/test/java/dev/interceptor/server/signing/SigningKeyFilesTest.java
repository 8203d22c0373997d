package dev.interceptor.server.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SigningKeyFilesTest {
  @TempDir Path folder;

  @Test
  void theNewestKeySignsAndAllArePublished() throws IOException {
    SigningKey old = SigningKeyFiles.generate(folder);
    Files.setLastModifiedTime(file(old), FileTime.from(Instant.EPOCH));
    SigningKey next = SigningKeyFiles.generate(folder);
    var ring = SigningKeyFiles.load(folder);
    assertThat(ring.active().kid()).isEqualTo(next.kid());
    assertThat(ring.find(old.kid())).contains(old.publicKey());
  }

  @Test
  void aGeneratedFileIsForItsOwnerOnly() throws IOException {
    Path directory = folder.resolve("keys");
    SigningKey key = SigningKeyFiles.generate(directory);
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(mode(directory.resolve(key.kid() + ".pem"))).isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aFileThatOthersCanReadIsRefused() throws IOException {
    SigningKey key = SigningKeyFiles.generate(folder);
    Files.setPosixFilePermissions(file(key), PosixFilePermissions.fromString("rw-r-----"));
    assertUnusable(() -> SigningKeyFiles.load(folder), "0600");
  }

  @Test
  void aFileThatIsNoKeyIsRefusedWithoutBeingEchoed() throws IOException {
    SigningKey key = SigningKeyFiles.generate(folder);
    Files.writeString(file(key), "hush");
    assertUnusable(() -> SigningKeyFiles.load(folder), "PKCS#8");
  }

  @Test
  void aKeyUnderAnotherNameIsRefused() throws IOException {
    SigningKey key = SigningKeyFiles.generate(folder);
    Files.move(file(key), folder.resolve("other.pem"));
    assertUnusable(() -> SigningKeyFiles.load(folder), "thumbprint");
  }

  @Test
  void aDirectoryWithoutAKeyIsRefused() {
    assertUnusable(() -> SigningKeyFiles.load(folder.resolve("none")), "no signing key");
  }

  @Test
  void ensuringAKeyTwiceMakesOne() {
    SigningKeyFiles.ensure(folder);
    SigningKeyFiles.ensure(folder);
    assertThat(SigningKeyFiles.list(folder)).hasSize(1);
  }

  private Path file(SigningKey key) {
    return folder.resolve(key.kid() + ".pem");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void assertUnusable(ThrowingCallable call, String detail) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InterceptorException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SIGNING_UNAVAILABLE))
        .hasMessageContaining(detail)
        .hasMessageNotContaining("hush");
  }
}
