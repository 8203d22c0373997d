package dev.interceptor.server.fault;

import dev.interceptor.server.embedded.EmbeddedServices;
import dev.interceptor.server.live.Await;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// How Redis comes to know less than it did.
public enum Loss {
  /// FLUSHALL by an operator or another program.
  FLUSHED,
  /// A restart after the data was removed.
  RESTARTED_EMPTY,
  /// A replica that had nothing yet was promoted.
  FAILED_OVER_TO_AN_EMPTY_REPLICA,
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

    /// Makes it the replica of an empty one, and then a primary with that one's data and history,
    /// as a replica is that had no data yet. The clients are sent away, as Sentinel does.
    void promoteEmpty() throws IOException {
      URI uri = services.redisUri();
      try (var client = RedisClient.create(uri.toString());
          var connection = client.connect();
          EmptyRedis other = EmptyRedis.start(redisFolder)) {
        var redis = connection.sync();
        redis.replicaof("127.0.0.1", other.port());
        Await.until(
            "the empty data",
            Duration.ofSeconds(20),
            () -> redis.info("replication").contains("master_link_status:up"));
        redis.replicaofNoOne();
        redis.clientKill(KillArgs.Builder.typeNormal().skipme());
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
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
      case FAILED_OVER_TO_AN_EMPTY_REPLICA -> redis.promoteEmpty();
      case RESTARTED_WITH_OLD_DATA -> {
        redis.services().stopRedis();
        Store.remove(redis.data());
        Store.copy(redis.old(), redis.data());
        redis.services().startRedis();
      }
    }
  }
}
