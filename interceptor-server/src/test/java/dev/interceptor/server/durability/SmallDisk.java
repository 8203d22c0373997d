package dev.interceptor.server.durability;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A file system in memory that can be filled up. Needs the right to mount.
final class SmallDisk implements AutoCloseable {
  private static final byte[] BLOCK = new byte[1 << 16];

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  static boolean isPossible() {
    try {
      Path folder = Files.createTempDirectory("small-disk");
      boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "none", folder.toString());
      if (mounted) {
        run("umount", folder.toString());
      }
      Files.delete(folder);
      return mounted;
    } catch (IOException e) {
      return false;
    }
  }

  static SmallDisk mount(Path folder, int megabytes) throws IOException {
    Files.createDirectories(folder);
    String size = "size=" + megabytes + "m,mode=700";
    if (!run("mount", "-t", "tmpfs", "-o", size, "none", folder.toString())) {
      throw new IOException("no tmpfs at " + folder);
    }
    return new SmallDisk(folder);
  }

  /// A folder on it.
  Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /// Takes all the space that is left.
  void fill() throws IOException {
    try (OutputStream balloon = Files.newOutputStream(balloon())) {
      while (Files.getFileStore(folder).getUsableSpace() > 0) {
        balloon.write(BLOCK);
      }
    } catch (IOException e) {
      if (Files.getFileStore(folder).getUsableSpace() > BLOCK.length) {
        throw e;
      }
    }
  }

  /// Gives the space back.
  void empty() throws IOException {
    Files.delete(balloon());
  }

  private Path balloon() {
    return folder.resolve("balloon");
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (!run("umount", "-l", folder.toString())) {
      throw new IOException("cannot unmount " + folder);
    }
  }
}
