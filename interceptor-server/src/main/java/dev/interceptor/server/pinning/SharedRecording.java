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

/// Puts listings on record, one caller at a time for each upstream; who comes with the same listing
/// meanwhile shares the outcome, who comes with another one is next.
final class SharedRecording {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(4);

  private final ConcurrentMap<UpstreamName, UnderWay> underWay = new ConcurrentHashMap<>();

  private record UnderWay(Object listing, CompletableFuture<Boolean> recorded) {}

  /// Does `work`, or waits for the caller who does it already.
  ///
  /// @param listing what `work` puts on record, itself and not an equal one
  /// @throws InterceptorException STATE_UNAVAILABLE if another caller took too long, or failed with
  ///   the same listing; what `work` throws
  @SuppressWarnings("ReferenceEquality") // A listing stands for the moment it was loaded.
  void run(UpstreamName upstream, Object listing, Runnable work) {
    var mine = new UnderWay(listing, new CompletableFuture<>());
    UnderWay theirs = underWay.putIfAbsent(upstream, mine);
    while (theirs != null) {
      if (theirs.listing() == listing) {
        await(theirs.recorded());
        return;
      }
      await(theirs.recorded().exceptionally(_ -> false));
      theirs = underWay.putIfAbsent(upstream, mine);
    }
    try {
      work.run();
      mine.recorded().complete(true);
    } catch (RuntimeException e) {
      mine.recorded().completeExceptionally(e);
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
