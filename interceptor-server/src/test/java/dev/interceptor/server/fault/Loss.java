package dev.interceptor.server.fault;

import dev.interceptor.server.embedded.EmbeddedServices;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/// How Redis comes to know less than it did.
public enum Loss {
  /// FLUSHALL by an operator or another program.
  FLUSHED,
  /// A restart after the data was removed.
  RESTARTED_EMPTY,
  /// A restart with data from before: a backup, a replica that lagged, a write that was not synced.
  RESTARTED_WITH_OLD_DATA;

  /// Redis and the folder with its data.
  public record Store(EmbeddedServices services, Path redisFolder) {
    private static final String DATA = "appendonly.aof";

    private Path data() {
      return redisFolder.resolve(DATA);
    }

    private Path old() {
      return redisFolder.resolve("old");
    }

    /// Keeps a copy of the data as it is now.
    public void snapshot() throws IOException {
      services.stopRedis();
      remove(old());
      copy(data(), old());
      services.startRedis();
    }

    private static void copy(Path from, Path to) throws IOException {
      for (Path path : tree(from)) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }

    private static void remove(Path folder) throws IOException {
      for (Path path : tree(folder).reversed()) {
        Files.delete(path);
      }
    }

    private static List<Path> tree(Path folder) throws IOException {
      if (!Files.exists(folder)) {
        return List.of();
      }
      try (var all = Files.walk(folder)) {
        return all.sorted(Comparator.naturalOrder()).toList();
      }
    }
  }

  public void befall(Store redis) throws IOException {
    switch (this) {
      case FLUSHED -> {
        try (var client = RedisClient.create(redis.services().redisUri().toString());
            var connection = client.connect()) {
          connection.sync().flushall();
        }
      }
      case RESTARTED_EMPTY -> {
        redis.services().stopRedis();
        Store.remove(redis.data());
        redis.services().startRedis();
      }
      case RESTARTED_WITH_OLD_DATA -> {
        redis.services().stopRedis();
        Store.remove(redis.data());
        Store.copy(redis.old(), redis.data());
        redis.services().startRedis();
      }
    }
  }
}
