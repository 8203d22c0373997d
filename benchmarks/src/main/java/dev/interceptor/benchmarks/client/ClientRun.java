package dev.interceptor.benchmarks.client;

import dev.interceptor.benchmarks.load.Latencies;
import dev.interceptor.benchmarks.load.ProcessUsage;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// One client, measured in this process: `NAME URL SECONDS`. Prints `p50(c=1) p99(c=1)
/// requests/s(c=64) cpu-microseconds(c=64) failures`.
public final class ClientRun {
  private static final int MANY = 64;

  private static final int MOST_FAILURES = 100;

  private final PostClient client;
  private final byte[] body;
  private final AtomicInteger failures = new AtomicInteger();

  private ClientRun(PostClient client, byte[] body) {
    this.client = client;
    this.body = body;
  }

  public static void main(List<String> arguments) throws IOException {
    URI url = URI.create(arguments.get(1));
    Duration length = Duration.ofSeconds(Integer.parseInt(arguments.get(2)));
    try (PostClient client = PostClient.open(arguments.get(0), url)) {
      var run = new ClientRun(client, body());
      run.drive(MANY, length);
      run.drive(1, length);
      Latencies alone = run.drive(1, length);
      long pid = ProcessHandle.current().pid();
      double cpuBefore = ProcessUsage.of(pid).cpuSeconds();
      Latencies many = run.drive(MANY, length);
      double cpu = ProcessUsage.of(pid).cpuSeconds() - cpuBefore;
      System.out.printf(
          Locale.ROOT,
          "%.1f %.1f %.0f %.1f %d%n",
          alone.percentile(50),
          alone.percentile(99),
          many.count() / (double) length.toSeconds(),
          cpu * 1e6 / many.count(),
          run.failures.get());
    }
  }

  /// A tool call of about 500 bytes.
  private static byte[] body() {
    return """
    {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"send_email","arguments":\
    {"to":["anna@acme.example"],"subject":"Invoice","body":"%s"}}}\
    """
        .formatted("Please find the invoice attached. ".repeat(11))
        .getBytes(StandardCharsets.UTF_8);
  }

  private Latencies drive(int threads, Duration length) throws IOException {
    long end = System.nanoTime() + length.toNanos();
    var results = new ArrayList<Future<Latencies>>();
    Latencies all = new Latencies();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Latencies> loop = () -> loopUntil(end);
      for (int i = 0; i < threads; i++) {
        results.add(executor.submit(loop));
      }
      for (Future<Latencies> result : results) {
        all.addAll(result.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("a request failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return all;
  }

  /// A failure is counted, because a client that fails now and then is a finding, not an accident.
  private boolean isAnswered() throws IOException {
    try {
      client.post(body);
      return true;
    } catch (IOException e) {
      if (failures.incrementAndGet() > MOST_FAILURES) {
        throw e;
      }
      System.err.println("failed: " + e);
      return false;
    }
  }

  private Latencies loopUntil(long end) throws IOException {
    Latencies latencies = new Latencies();
    long start = System.nanoTime();
    while (start < end) {
      boolean answered = isAnswered();
      long now = System.nanoTime();
      if (answered) {
        latencies.add(now - start);
      }
      start = now;
    }
    return latencies;
  }
}
