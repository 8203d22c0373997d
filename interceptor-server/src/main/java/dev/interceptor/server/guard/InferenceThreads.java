package dev.interceptor.server.guard;

import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Platform threads for native code that computes: as many as there are processors, so that it does
/// not hold the carriers of virtual threads.
///
/// Their stacks are large. Native code that comes to the end of one ends the process, without a
/// word: the JVM guards its own frames only. A small model takes some 450 KiB to load, where a
/// thread has 1 MiB by default; a deeper one takes more.
final class InferenceThreads implements AutoCloseable {
  private static final int WAITING = 256;
  private static final long SECONDS = 10;
  private static final long STACK_BYTES = 16L * 1024 * 1024;
  private static final ThreadFactory THREADS =
      Thread.ofPlatform().name("prompt-guard-", 0).daemon().stackSize(STACK_BYTES).factory();

  private final ThreadPoolExecutor pool;

  InferenceThreads() {
    int processors = Runtime.getRuntime().availableProcessors();
    pool =
        new ThreadPoolExecutor(
            processors,
            processors,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            THREADS);
    pool.allowCoreThreadTimeOut(true);
  }

  /// Does work that may take its time, such as loading, on one more of these threads.
  static <T> T alone(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, task -> THREADS.newThread(task).start()).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// @throws InterceptorException GUARD_UNAVAILABLE if the work fails, or is not done in time
  <T> T call(Callable<T> work) {
    Future<T> done;
    try {
      done = pool.submit(work);
    } catch (RejectedExecutionException e) {
      throw unavailable("has too many prompts waiting", e);
    }
    try {
      return done.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw unavailable("failed", e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw unavailable("did not judge a prompt in " + SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("was interrupted", e);
    } finally {
      done.cancel(true);
    }
  }

  private static InterceptorException unavailable(String why, Throwable cause) {
    return InterceptorException.of(
        ErrorCode.GUARD_UNAVAILABLE, "the prompt classifier " + why, cause);
  }

  @Override
  public void close() {
    pool.close();
  }
}
