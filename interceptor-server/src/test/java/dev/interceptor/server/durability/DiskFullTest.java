package dev.interceptor.server.durability;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.interceptor.server.embedded.EmbeddedServices;
import dev.interceptor.server.live.LiveStack;
import dev.interceptor.server.live.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// PostgreSQL on a disk of 192 MB that is filled up under load. Needs the right to mount a tmpfs.
final class DiskFullTest {
  private static final int MEGABYTES = 192;

  @Test
  void aFullDiskRefusesAndSpaceLetsCallsGoOn() throws Exception {
    boolean possible = SmallDisk.isPossible();
    if (!possible) {
      System.out.println("DiskFullTest is skipped: no tmpfs can be mounted here");
    }
    assumeTrue(possible);
    var mounted = new AtomicReference<SmallDisk>();
    try {
      try (LiveStack stack =
              LiveStack.impatient(folder -> mounted.set(postgresOnASmallDisk(folder)));
          ServerProcess server = stack.serve()) {
        SmallDisk disk = mounted.get();
        new StalledRun(stack, server)
            .observe(
                "disk full",
                () -> {
                  disk.fill();
                  return () -> {
                    disk.empty();
                    revive(stack.dev().services());
                  };
                });
      }
    } finally {
      if (mounted.get() != null) {
        mounted.get().close();
      }
    }
  }

  private static SmallDisk postgresOnASmallDisk(Path folder) throws IOException {
    SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), MEGABYTES);
    Path state = Files.createDirectories(folder.resolve("state"));
    Files.createSymbolicLink(state.resolve("postgres"), disk.folder("data"));
    return disk;
  }

  /// Without room for its write-ahead log PostgreSQL ends itself; an operator starts it again.
  private static void revive(EmbeddedServices services) {
    if (ProcessHandle.of(services.postgresPid()).isEmpty()) {
      services.stopPostgres();
      services.startPostgres();
    }
  }
}
