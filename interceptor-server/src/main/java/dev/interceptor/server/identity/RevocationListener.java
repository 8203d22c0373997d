package dev.interceptor.server.identity;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.server.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears of changed keys from PostgreSQL and keeps a cache honest.
///
/// A virtual thread holds one connection that listens. Between notifications it asks PostgreSQL for
/// a sign of life and confirms the cache only with an answer, as of the moment it asked: PostgreSQL
/// delivers the notifications of earlier commits before that answer. A connection that is lost or
/// silent withdraws the cache's trust and is replaced.
public final class RevocationListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RevocationListener.class);
  private static final String CHANNEL = "interceptor_keys";
  private static final Duration BETWEEN_SIGNS_OF_LIFE = Duration.ofMillis(200);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

  private final Database database;
  private final CachingApiKeyStore cache;
  private final LongSupplier nanoTime;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// Whether the log says that nobody listens; known to the listening thread only.
  private boolean lossReported;

  private RevocationListener(Database database, CachingApiKeyStore cache, LongSupplier nanoTime) {
    this.database = database;
    this.cache = cache;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofVirtual().name("key-revocations").unstarted(this::run);
  }

  /// Starts listening in the background; until the first connection stands the cache is not used.
  ///
  /// @param nanoTime the clock that the cache uses
  public static RevocationListener start(
      Database database, CachingApiKeyStore cache, LongSupplier nanoTime) {
    var listener = new RevocationListener(database, cache, nanoTime);
    listener.thread.start();
    return listener;
  }

  private void run() {
    try {
      do {
        listen();
        cache.distrust();
      } while (!closing.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cache.distrust();
    }
  }

  /// Listens until the connection is lost or this is closed.
  private void listen() {
    try (Connection connection = database.dedicated();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + CHANNEL);
      cache.distrust();
      lossReported = false;
      var notifications = connection.unwrap(PGConnection.class);
      while (closing.getCount() > 0) {
        long asked = nanoTime.getAsLong();
        statement.execute("SELECT 1");
        evict(notifications.getNotifications());
        cache.confirm(asked);
        evict(notifications.getNotifications((int) BETWEEN_SIGNS_OF_LIFE.toMillis()));
      }
    } catch (SQLException e) {
      if (closing.getCount() > 0) {
        reportLoss(e);
      }
    }
  }

  /// Once an outage in plain words; every attempt and its trace only for those who look closer.
  private void reportLoss(SQLException cause) {
    if (!lossReported) {
      LOG.warn(
          "not listening for key revocations; every key is looked up in PostgreSQL: {}",
          cause.toString());
      lossReported = true;
    }
    LOG.debug("an attempt to listen ended", cause);
  }

  private void evict(PGNotification @Nullable [] notifications) {
    if (notifications == null) {
      return;
    }
    for (PGNotification notification : notifications) {
      evict(notification.getParameter());
    }
  }

  /// A payload that is no key id comes from somebody else: then nothing is certain.
  private void evict(String payload) {
    try {
      cache.evict(new ApiKeyId(payload));
    } catch (IllegalArgumentException e) {
      LOG.warn("a notification of key changes names no key; the cache is cleared", e);
      cache.distrust();
    }
  }

  /// Stops listening; the cache is not used any more.
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
