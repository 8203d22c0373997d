package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.upstream.UpstreamFault.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A command on this machine as an upstream: a process for each customer, so that what the server
/// remembers stays with its customer, and one more for the interceptor's own lists.
///
/// A process is started when it is needed and ended when it has not been used for a while. When
/// there are as many customers' processes as there may be, the one that was not used for the
/// longest time makes room.
final class StdioToolServer implements ToolServer {
  private static final Duration SWEEP = Duration.ofSeconds(10);

  private final UpstreamConfig config;
  private final Target.Command command;
  private final InstantSource clock;
  private final Bounds bounds;
  private final PipeProbe era;
  private final Map<Optional<CustomerId>, SupervisedProcess> processes = new HashMap<>();
  private final Set<SupervisedProcess> ending = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean sweeping;

  /// @param processes of customers, at most
  /// @param idle after which a process is ended
  record Bounds(int processes, Duration idle) {
    static final Bounds DEFAULT = new Bounds(16, Duration.ofMinutes(10));
  }

  StdioToolServer(UpstreamConfig config, Target.Command command, InstantSource clock) {
    this(config, command, clock, Bounds.DEFAULT);
  }

  StdioToolServer(
      UpstreamConfig config, Target.Command command, InstantSource clock, Bounds bounds) {
    this.config = config;
    this.command = command;
    this.clock = clock;
    this.bounds = bounds;
    this.era = new PipeProbe(config.name());
  }

  @Override
  public UpstreamName name() {
    return config.name();
  }

  @Override
  public Audience audience() {
    return config.audience();
  }

  @Override
  public Set<Feature> exposed() {
    return config.exposed();
  }

  @Override
  public ToolReply forward(AuthorizedCall call, Caller caller) {
    CustomerId customer = call.permit().row().principal().customer();
    try (var process = use(Optional.of(customer))) {
      return process.server().forward(call, caller);
    } catch (UpstreamFault none) {
      return new ToolReply.NotDelivered(none.operatorDetail());
    }
  }

  @Override
  public List<ToolDefinition> tools() {
    try (var process = own()) {
      return process.server().tools();
    }
  }

  @Override
  public List<ObjectNode> listed(Listed what) {
    try (var process = own()) {
      return process.server().listed(what);
    }
  }

  @Override
  public Caller.Registration listen(
      Interests interests, Consumer<Notice> subscriber, Runnable ended) {
    SupervisedProcess.Use process = own();
    Runnable over =
        () -> {
          process.close();
          ended.run();
        };
    try {
      Caller.Registration registration = process.server().listen(interests, subscriber, over);
      return () -> {
        registration.close();
        process.close();
      };
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private SupervisedProcess.Use own() {
    try {
      return use(Optional.empty());
    } catch (UpstreamFault none) {
      throw InterceptorException.of(
          ErrorCode.UPSTREAM_UNREACHABLE,
          "upstream `" + name() + "`: " + none.operatorDetail(),
          none);
    }
  }

  private SupervisedProcess.Use use(Optional<CustomerId> owner) throws UpstreamFault {
    synchronized (processes) {
      if (closed.getCount() == 0) {
        throw new UpstreamFault(Kind.NOT_SENT, "closed");
      }
      if (!sweeping) {
        sweeping = true;
        Thread.startVirtualThread(this::sweep);
      }
      SupervisedProcess process = processes.get(owner);
      if (process == null) {
        if (owner.isPresent()) {
          makeRoom();
        }
        process = new SupervisedProcess(config, command, era, clock);
        processes.put(owner, process);
      }
      return process.use();
    }
  }

  private void makeRoom() throws UpstreamFault {
    long customers = processes.keySet().stream().filter(Optional::isPresent).count();
    if (customers < bounds.processes()) {
      return;
    }
    Optional<CustomerId> longestUnused =
        processes.entrySet().stream()
            .filter(entry -> entry.getKey().isPresent() && entry.getValue().isUnused())
            .min(Comparator.comparingLong(entry -> entry.getValue().usedAtNanos()))
            .map(Map.Entry::getKey)
            .orElseThrow(() ->
                new UpstreamFault(
                    Kind.NOT_SENT, "all " + bounds.processes() + " processes are in use"));
    Optional.ofNullable(processes.remove(longestUnused)).ifPresent(this::endLater);
  }

  private void endLater(SupervisedProcess process) {
    ending.add(process);
    Thread.startVirtualThread(() -> {
      process.close();
      ending.remove(process);
    });
  }

  private void sweep() {
    long between = Math.min(SWEEP.toMillis(), bounds.idle().toMillis());
    try {
      while (!closed.await(between, TimeUnit.MILLISECONDS)) {
        endIdle();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void endIdle() {
    long before = System.nanoTime() - bounds.idle().toNanos();
    synchronized (processes) {
      List<Optional<CustomerId>> idle =
          processes.entrySet().stream()
              .filter(entry -> entry.getValue().isUnused())
              .filter(entry -> entry.getValue().usedAtNanos() - before < 0)
              .map(Map.Entry::getKey)
              .toList();
      for (Optional<CustomerId> owner : idle) {
        Optional.ofNullable(processes.remove(owner)).ifPresent(this::endLater);
      }
    }
  }

  /// Ends all processes, within 6 s.
  @Override
  public void close() {
    List<SupervisedProcess> last;
    synchronized (processes) {
      closed.countDown();
      last = new ArrayList<>(processes.values());
      processes.clear();
      last.addAll(ending);
    }
    List<Thread> ends =
        last.stream().map(process -> Thread.startVirtualThread(process::close)).toList();
    for (Thread end : ends) {
      try {
        end.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
