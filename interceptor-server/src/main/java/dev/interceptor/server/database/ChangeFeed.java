package dev.interceptor.server.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hears of changes from PostgreSQL, on one channel, and tells one subscriber.
///
/// A virtual thread holds one connection that listens. Between notifications it asks PostgreSQL for
/// a sign of life and confirms with the answer, as of the moment it asked: PostgreSQL delivers the
/// notifications of earlier commits before that answer. A connection that is lost or silent is
/// replaced, and then anything may have been missed.
public final class ChangeFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeFeed.class);
  private static final Duration BETWEEN_SIGNS_OF_LIFE = Duration.ofMillis(200);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

  private final Database database;
  private final Topic topic;
  private final Subscriber subscriber;
  private final LongSupplier nanoTime;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// Whether the log says that nobody listens; known to the listening thread only.
  private boolean lossReported;

  /// What is listened for.
  ///
  /// @param channel a plain SQL name
  /// @param withoutIt what a loss means, for the log
  public record Topic(String channel, String withoutIt) {}

  /// Who wants to know. All calls come from one thread; an exception counts as a lost connection.
  public interface Subscriber {
    /// Listening begins: what is known may be old.
    void listening();

    /// Notifications, in the order of their commits.
    void changed(List<String> payloads);

    /// Every change up to this instant was passed to [#changed], or came before [#listening].
    ///
    /// @param asOf in the time of the feed's clock
    void confirmed(long asOf);

    /// Nothing is heard any more, until the next [#listening].
    void deaf();
  }

  private ChangeFeed(Database database, Topic topic, Subscriber subscriber, LongSupplier nanoTime) {
    this.database = database;
    this.topic = topic;
    this.subscriber = subscriber;
    this.nanoTime = nanoTime;
    this.thread = Thread.ofVirtual().name("feed " + topic.channel()).unstarted(this::run);
  }

  /// Starts listening in the background.
  ///
  /// @param nanoTime a clock that only moves forward, such as `System::nanoTime`
  public static ChangeFeed start(
      Database database, Topic topic, Subscriber subscriber, LongSupplier nanoTime) {
    var feed = new ChangeFeed(database, topic, subscriber, nanoTime);
    feed.thread.start();
    return feed;
  }

  private void run() {
    try {
      do {
        listen();
        subscriber.deaf();
      } while (!closing.await(BETWEEN_ATTEMPTS.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      subscriber.deaf();
    }
  }

  /// Listens until the connection is lost or this is closed.
  private void listen() {
    try (Connection connection = database.dedicated();
        Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + topic.channel());
      subscriber.listening();
      lossReported = false;
      var notifications = connection.unwrap(PGConnection.class);
      while (closing.getCount() > 0) {
        long asked = nanoTime.getAsLong();
        statement.execute("SELECT 1");
        tell(notifications.getNotifications());
        subscriber.confirmed(asked);
        tell(notifications.getNotifications((int) BETWEEN_SIGNS_OF_LIFE.toMillis()));
      }
    } catch (SQLException | RuntimeException e) {
      if (closing.getCount() > 0) {
        reportLoss(e);
      }
    }
  }

  private void tell(PGNotification @Nullable [] notifications) {
    if (notifications != null && notifications.length > 0) {
      subscriber.changed(Arrays.stream(notifications).map(PGNotification::getParameter).toList());
    }
  }

  /// Once an outage in plain words; every attempt and its trace only for those who look closer.
  private void reportLoss(Exception cause) {
    if (!lossReported) {
      LOG.warn("{}: {}", topic.withoutIt(), cause.toString());
      lossReported = true;
    }
    LOG.debug("an attempt to listen ended", cause);
  }

  /// Stops listening; the subscriber is told.
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
