package dev.interceptor.server.embedded;

import dev.interceptor.server.database.DatabaseConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL and a real Redis on free ports of 127.0.0.1, as child processes.
///
/// Their data lives in the given folder and survives a restart, also one after `kill -9`. One
/// process at a time can use a folder. The PostgreSQL trusts local users, so this is for `dev`,
/// `demo` and tests only. Not thread-safe.
public final class EmbeddedServices implements AutoCloseable {
  private static final String DATABASE = "postgres";
  private static final int POOL_SIZE = 10;

  private final FileChannel lock;
  private final PostgresProcess postgres;
  private final RedisProcess redis;

  private EmbeddedServices(FileChannel lock, PostgresProcess postgres, RedisProcess redis) {
    this.lock = lock;
    this.postgres = postgres;
    this.redis = redis;
  }

  /// Starts both; the first start in a folder takes a few seconds.
  ///
  /// @param folder created if missing
  /// @throws IllegalStateException if another process uses the folder
  /// @throws UncheckedIOException if a server does not start
  public static EmbeddedServices start(Path folder) {
    FileChannel lock = lock(folder);
    var services =
        new EmbeddedServices(
            lock,
            new PostgresProcess(folder.toAbsolutePath().normalize().resolve("postgres")),
            new RedisProcess(folder.toAbsolutePath().normalize().resolve("redis"), password()));
    try {
      services.startPostgres();
      services.startRedis();
      return services;
    } catch (RuntimeException e) {
      services.close();
      throw e;
    }
  }

  /// How to reach the default database.
  public DatabaseConfig database() {
    return database(DATABASE);
  }

  /// How to reach a database of this name, which need not exist yet.
  public DatabaseConfig database(String name) {
    return postgres.database(name, POOL_SIZE);
  }

  /// The address of Redis with its password in it; not for logs.
  public URI redisUri() {
    return redis.uri();
  }

  /// The PostgreSQL process that accepts connections; its children answer them.
  public long postgresPid() {
    return postgres.pid();
  }

  public long redisPid() {
    return redis.pid();
  }

  /// Starts PostgreSQL again on its port; nothing happens if it runs.
  public void startPostgres() {
    postgres.start();
  }

  /// Stops PostgreSQL, its open connections included; nothing happens if it does not run.
  public void stopPostgres() {
    postgres.stop();
  }

  /// Starts Redis again on its port; nothing happens if it runs.
  public void startRedis() {
    redis.start();
  }

  /// Stops Redis, which writes its data first; nothing happens if it does not run.
  public void stopRedis() {
    redis.stop();
  }

  private static FileChannel lock(Path folder) {
    @Nullable FileChannel channel = null;
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      throw new IllegalStateException("the state folder is in use by this process", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the state folder cannot be used", e);
    }
    throw new IllegalStateException("the state folder is in use by another process");
  }

  private static String password() {
    var bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    try (lock) {
      redis.stop();
      postgres.stop();
    } catch (IOException e) {
      throw new UncheckedIOException("the state folder's lock cannot be released", e);
    }
  }
}
