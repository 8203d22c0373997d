package dev.interceptor.server.signing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One changer of a directory at a time, over all processes of the machines that share it. Ends
/// with the process that holds it, however that ends.
final class DirectoryLock implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long BETWEEN_TRIES_NANOS = 10_000_000;

  /// A file lock belongs to the whole process.
  private static final ReentrantLock WITHIN_THIS_PROCESS = new ReentrantLock();

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Waits up to 10 s.
  static DirectoryLock take(Path file) throws IOException {
    if (!tryWithin()) {
      throw held(file);
    }
    FileChannel channel = null;
    try {
      channel = open(file);
      await(channel, file);
      return new DirectoryLock(channel);
    } catch (IOException | RuntimeException e) {
      release(channel);
      throw e;
    }
  }

  private static boolean tryWithin() throws IOException {
    try {
      return WITHIN_THIS_PROCESS.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for another change", e);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static void await(FileChannel channel, Path file) throws IOException {
    long start = System.nanoTime();
    FileLock lock = channel.tryLock();
    while (lock == null) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw held(file);
      }
      LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      lock = channel.tryLock();
    }
  }

  private static IOException held(Path file) {
    return new IOException(
        "another command has held `" + file + "` for " + PATIENCE.toSeconds() + " s");
  }

  private static void release(@Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      WITHIN_THIS_PROCESS.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    release(channel);
  }
}
