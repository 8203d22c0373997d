package dev.interceptor.server.upstream;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.EraProbe.Era;
import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The question for the era over pipes, where silence and death are answers, too: one for all
/// processes of a command.
///
/// After a second without an answer `initialize` is sent as well, and the server is legacy if it
/// answers that one first. A server that is slow to start answers both, in their order. After a
/// process that has ended at the question the next one is greeted with `initialize` alone.
final class PipeProbe {
  private static final Logger LOG = LoggerFactory.getLogger(PipeProbe.class);
  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration IN_ORDER = Duration.ofMillis(100);
  private static final Duration LONGEST_START = Duration.ofMinutes(1);

  private final UpstreamName upstream;
  private volatile boolean deadly;

  PipeProbe(UpstreamName upstream) {
    this.upstream = upstream;
  }

  /// For one process. It is asked once, whoever waits for how long; one that has not answered after
  /// a minute, or not as it should, is ended.
  EraProbe.Finder toProcess() {
    return new Asking();
  }

  private final class Asking implements EraProbe.Finder {
    private @Nullable FutureTask<Era> greeting;

    @Override
    public Era find(RpcChannel channel, Deadline deadline, EraProbe.Handshake legacy)
        throws UpstreamFault {
      try {
        return answer(greeting(channel, legacy), deadline.remainingNanos());
      } catch (TimeoutException _) {
        throw new UpstreamFault(Kind.NOT_SENT, "the process was not ready in time");
      }
    }

    private synchronized FutureTask<Era> greeting(RpcChannel channel, EraProbe.Handshake legacy) {
      FutureTask<Era> task = greeting;
      if (task == null) {
        task = new FutureTask<>(() -> greet(channel, legacy));
        greeting = task;
        Thread.startVirtualThread(task);
      }
      return task;
    }
  }

  private Era greet(RpcChannel channel, EraProbe.Handshake legacy) throws UpstreamFault {
    Deadline deadline = Deadline.after(LONGEST_START);
    try {
      Era era = deadly ? Era.LEGACY : ask(channel, deadline, legacy);
      if (era == Era.LEGACY) {
        legacy.connect(deadline);
      }
      return era;
    } catch (UpstreamFault fault) {
      LOG.warn("upstream `{}`: no greeting: {}", upstream, fault.operatorDetail());
      deadly = !deadly && fault.kind() == Kind.DISCONNECTED;
      Thread.startVirtualThread(channel::close);
      throw fault;
    }
  }

  private Era ask(RpcChannel channel, Deadline deadline, EraProbe.Handshake legacy)
      throws UpstreamFault {
    FutureTask<Era> question = new FutureTask<>(() -> EraProbe.ask(channel, deadline));
    Thread.startVirtualThread(question);
    try {
      return answer(question, SILENCE.toNanos());
    } catch (TimeoutException _) {
      return afterSilence(question, deadline, legacy);
    }
  }

  private static Era afterSilence(
      FutureTask<Era> question, Deadline deadline, EraProbe.Handshake legacy) throws UpstreamFault {
    UpstreamFault refusal = null;
    try {
      legacy.connect(deadline);
    } catch (UpstreamFault fault) {
      refusal = fault;
    }
    try {
      return answer(question, IN_ORDER.toNanos());
    } catch (TimeoutException _) {
      if (refusal != null) {
        throw refusal;
      }
      return Era.LEGACY;
    }
  }

  private static Era answer(FutureTask<Era> question, long nanos)
      throws UpstreamFault, TimeoutException {
    try {
      return question.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UpstreamFault fault) {
        throw fault;
      }
      throw new IllegalStateException("the question for the era failed", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new UpstreamFault(Kind.NOT_SENT, "interrupted");
    }
  }
}
