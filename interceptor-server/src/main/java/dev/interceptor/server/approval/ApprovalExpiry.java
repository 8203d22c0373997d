package dev.interceptor.server.approval;

import dev.interceptor.server.failure.InterceptorException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends, in the background, what is past its time, so that no argument stays because nobody looks.
/// Nothing relies on it for a decision: claims and rulings look at the time themselves.
public final class ApprovalExpiry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApprovalExpiry.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final ApprovalStore approvals;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = Thread.ofVirtual().name("approval-expiry").unstarted(this::run);

  private ApprovalExpiry(ApprovalStore approvals) {
    this.approvals = approvals;
  }

  public static ApprovalExpiry start(ApprovalStore approvals) {
    var expiry = new ApprovalExpiry(approvals);
    expiry.thread.start();
    return expiry;
  }

  private void run() {
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        expire();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void expire() {
    try {
      approvals.expire();
    } catch (InterceptorException e) {
      LOG.warn("approvals past their time are ended later: {}", e.getMessage());
    }
  }

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
