package dev.interceptor.server.pinning;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Puts listings on record, one caller at a time for each upstream; the others share the outcome.
final class SharedRecording {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(4);

  private final ConcurrentMap<UpstreamName, CompletableFuture<Boolean>> underWay =
      new ConcurrentHashMap<>();

  /// Does `work`, or waits for the caller who does it already.
  ///
  /// @throws InterceptorException STATE_UNAVAILABLE if the other caller failed or took too long;
  ///   what `work` throws
  void run(UpstreamName upstream, Runnable work) {
    var mine = new CompletableFuture<Boolean>();
    CompletableFuture<Boolean> theirs = underWay.putIfAbsent(upstream, mine);
    if (theirs != null) {
      await(theirs);
      return;
    }
    try {
      work.run();
      mine.complete(true);
    } catch (RuntimeException e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      underWay.remove(upstream, mine);
    }
  }

  private static void await(CompletableFuture<Boolean> theirs) {
    try {
      theirs.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw InterceptorException.of(
          ErrorCode.STATE_UNAVAILABLE, "new tools could not be pinned", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw InterceptorException.of(ErrorCode.STATE_UNAVAILABLE, "interrupted", e);
    }
  }
}
