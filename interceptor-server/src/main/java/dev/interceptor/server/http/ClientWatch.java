package dev.interceptor.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notices that a client hangs up while its request is being worked on, also when nothing can be
/// written to it.
///
/// One daemon thread looks at the connections whose requests take longer than {@link #PATIENCE};
/// shorter ones cost an entry in a set. What a client sends on such a connection before it has its
/// answer counts as hanging up, because it cannot be told apart without reading it: pipelining is
/// not served.
public final class ClientWatch implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(ClientWatch.class);

  private final Set<Watched> waiting = ConcurrentHashMap.newKeySet();
  private final Selector selector;
  private final Thread thread;
  private volatile boolean closed;

  private ClientWatch() {
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector could be opened", e);
    }
    this.thread = Thread.ofPlatform().daemon().name("client-watch").unstarted(this::look);
  }

  /// Starts looking.
  public static ClientWatch start() {
    var watch = new ClientWatch();
    watch.thread.start();
    return watch;
  }

  /// Watches over a request whose body has been read, until the result is closed.
  public Watched watch(Exchange exchange) {
    EndPoint connection =
        ServletContextRequest.getServletContextRequest(exchange.request())
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint();
    var watched = new Watched(connection.getTransport() instanceof SocketChannel own ? own : null);
    waiting.add(watched);
    return watched;
  }

  private void look() {
    while (!closed) {
      try {
        selector.select(this::hungUp, PATIENCE.toMillis());
        long now = System.nanoTime();
        for (Watched watched : waiting) {
          watched.register(now);
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("clients that hang up may not be noticed: {}", e.toString());
      }
    }
  }

  private void hungUp(SelectionKey key) {
    key.cancel();
    Watched gone = (Watched) key.attachment();
    // Whoever is told may wait for something.
    Thread.startVirtualThread(gone.departure::leave);
  }

  @Override
  public void close() {
    closed = true;
    try {
      selector.close();
    } catch (IOException e) {
      LOG.debug("the selector did not close: {}", e.toString());
    }
  }

  /// One request that is being worked on.
  public final class Watched implements AutoCloseable {
    private final Departure departure = new Departure();
    private final long since = System.nanoTime();
    private final @Nullable SocketChannel connection;
    private volatile @Nullable SelectionKey key;
    private volatile boolean over;

    private Watched(@Nullable SocketChannel connection) {
      this.connection = connection;
    }

    /// The client's leaving, as far as it was noticed.
    public Departure departure() {
      return departure;
    }

    private void register(long now) {
      SocketChannel channel = connection;
      if (channel == null || key != null || over || now - since < PATIENCE.toNanos()) {
        return;
      }
      try {
        SelectionKey registered = channel.register(selector, SelectionKey.OP_READ, this);
        key = registered;
        if (over) {
          registered.cancel();
        }
      } catch (ClosedChannelException e) {
        waiting.remove(this);
        Thread.startVirtualThread(departure::leave);
      } catch (CancelledKeyException e) {
        LOG.trace("the key of the connection's last request is still there");
      }
    }

    @Override
    public void close() {
      over = true;
      waiting.remove(this);
      SelectionKey registered = key;
      if (registered != null) {
        registered.cancel();
      }
    }
  }
}
