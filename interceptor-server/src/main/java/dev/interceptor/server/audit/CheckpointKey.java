package dev.interceptor.server.audit;

import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.NoteSigner;
import dev.interceptor.core.token.Pkcs8;
import dev.interceptor.core.token.SigningKey;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.signing.KeySource;
import dev.interceptor.server.signing.SigningKeyFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;

/// The key that signs checkpoints: a PEM file as those of the keys that sign tokens.
public final class CheckpointKey {
  private CheckpointKey() {}

  /// @throws InterceptorException SIGNING_UNAVAILABLE if the file is not there, is no private key,
  ///   or is open to others; names the file, never its content
  public static NoteSigner read(CheckpointTerms terms) {
    if (!Files.isRegularFile(terms.key())) {
      throw InterceptorException.of(
          ErrorCode.SIGNING_UNAVAILABLE,
          "there is no key for checkpoints in `"
              + terms.key()
              + "`; see `./interceptor audit key --out FILE`");
    }
    var files = new SigningKeyFiles(new KeySource(List.of(terms.key())));
    return new NoteSigner(terms.origin(), files.read().signing());
  }

  /// Makes a key in a new file of mode 0600.
  ///
  /// @return what verifies its checkpoints
  /// @throws IllegalArgumentException if there is such a file, or it cannot be written
  public static NoteKey generate(Path file, String origin) {
    SigningKey key = SigningKey.generate(new SecureRandom());
    var signer = new NoteSigner(origin, key);
    try (var out =
        Files.newByteChannel(
            file,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      var bytes = ByteBuffer.wrap(Pkcs8.toPem(key).getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        int _ = out.write(bytes);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException("there is a file `" + file + "` already", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("`" + file + "` cannot be written", e);
    }
    return signer.verifier();
  }

  /// Makes the key if there is none yet.
  public static void ensure(CheckpointTerms terms) {
    if (!Files.exists(terms.key())) {
      NoteKey _ = generate(terms.key(), terms.origin());
    }
  }
}
