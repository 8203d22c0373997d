package dev.interceptor.server;

import dev.interceptor.server.audit.PromisingLog;
import dev.interceptor.server.config.ConfigFile;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.session.CachedDecisions;
import dev.interceptor.server.session.FailOpenSessionStore;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.session.UnsafeSessionStore;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/// The controls of the race, fault and policy tests: the server with a session store or a log that
/// is broken on purpose. The argument names the way.
public final class BrokenServer {
  /// Reads, decides and writes without comparing.
  public static final String UNSAFE = "unsafe";

  /// Takes every session for a new one while Redis is away.
  public static final String FAIL_OPEN = "fail-open";

  /// Decides a session once and gives that decision again, under whatever policy.
  public static final String CACHED_DECISIONS = "cached-decisions";

  /// Signs before the row is written.
  public static final String PROMISING = "promising";

  private BrokenServer() {}

  public static void main(String[] args) throws InterruptedException {
    ServerConfig config = ServerConfig.load(ConfigFile.NONE, System.getenv());
    Wiring wiring =
        args[0].equals(PROMISING)
            ? Wiring.start(config, UnaryOperator.identity(), PromisingLog::new)
            : Wiring.start(config, sound -> broken(args[0], config, sound));
    System.out.println("serving on " + wiring.url() + ", admin on " + wiring.adminUrl());
    new CountDownLatch(1).await();
  }

  private static SessionStore broken(String way, ServerConfig config, SessionStore sound) {
    return switch (way) {
      case UNSAFE -> {
        sound.close();
        yield new UnsafeSessionStore(config.redis());
      }
      case FAIL_OPEN -> new FailOpenSessionStore(sound);
      case CACHED_DECISIONS -> new CachedDecisions(sound);
      default -> throw new IllegalArgumentException(way);
    };
  }
}
