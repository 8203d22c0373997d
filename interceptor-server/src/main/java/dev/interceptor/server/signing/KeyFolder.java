package dev.interceptor.server.signing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;

/// A directory in which files appear whole, with their time, mode and owner, or not at all.
record KeyFolder(Path path) {
  private static final String LOCK = ".lock";
  private static final String DRAFT = ".new";

  /// Created with mode 0700 if missing.
  void create() throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(
          parent,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    }
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path)) {
        throw e;
      }
    }
  }

  DirectoryLock lock() throws IOException {
    Path file = path.resolve(LOCK);
    DirectoryLock lock = DirectoryLock.take(file);
    try {
      giveToOwner(file);
      return lock;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /// What time it is where the files are: the file system gives it to a new file.
  Instant time() throws IOException {
    Path draft = draft();
    try {
      return Files.getLastModifiedTime(draft).toInstant();
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private Path draft() throws IOException {
    return Files.createTempFile(
        path,
        "key",
        DRAFT,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /// @param changed what the file's time of last change shall be
  void write(String name, String text, String mode, Instant changed) throws IOException {
    Path draft = draft();
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      giveToOwner(draft);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(mode));
      Files.setLastModifiedTime(draft, FileTime.from(changed));
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    Files.move(draft, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /// The server, which may run as another user than this command, has to be able to read it.
  private void giveToOwner(Path file) throws IOException {
    UserPrincipal owner = Files.getOwner(path);
    if (!Files.getOwner(file).equals(owner)) {
      Files.setOwner(file, owner);
    }
  }

  /// What a change left behind that was killed.
  void deleteDrafts() throws IOException {
    try (var drafts = Files.newDirectoryStream(path, "*" + DRAFT)) {
      for (Path draft : drafts) {
        Files.deleteIfExists(draft);
      }
    }
  }

  /// Makes renamed and deleted files durable.
  void force() throws IOException {
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
