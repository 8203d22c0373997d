package dev.interceptor.guard;

import dev.interceptor.core.token.Audience;
import dev.interceptor.core.token.ExpectedCall;
import dev.interceptor.core.token.JwkSet;
import dev.interceptor.core.token.ReplayGuard;
import dev.interceptor.core.token.TokenVerifier;
import dev.interceptor.core.token.VerifiedToken;
import dev.interceptor.core.tool.Arguments;
import dev.interceptor.core.tool.ToolName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A verifier in a process of its own. It reads the key set, then tokens; after an empty line each
/// of its threads presents each of them, all in the same order. It writes `accepted N` for every
/// acceptance of the Nth and `done` after the last.
final class VerifierMain {
  static final Audience HERE = new Audience("https://shared.example/mcp");
  static final String TOOL = "run";
  private static final int THREADS = 64;

  private VerifierMain() {}

  /// Arguments: the Redis URL, and the fault of the guard, if any.
  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    JwkSet keys = JwkSet.parse(in.readLine().getBytes(StandardCharsets.UTF_8));
    var verifier =
        new TokenVerifier(
            Issuer.NAME,
            keys::find,
            Duration.ofSeconds(1),
            InstantSource.system(),
            guard(arguments));
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<String> tokens = batch(in);
      while (!tokens.isEmpty()) {
        present(verifier, tokens, threads, System.out);
        System.out.println("done");
        tokens = batch(in);
      }
    }
    System.exit(0);
  }

  private static ReplayGuard guard(String[] arguments) {
    return arguments.length > 1
        ? new UnsafeReplayGuard(arguments[0], UnsafeReplayGuard.Fault.valueOf(arguments[1]))
        : RedisReplayGuard.connect(patient(arguments[0]));
  }

  /// A machine that stands still for a moment is no fault.
  private static RedisReplayGuard.Settings patient(String url) {
    return new RedisReplayGuard.Settings(
        url, RedisReplayGuard.Settings.of(url).prefix(), Duration.ofSeconds(5));
  }

  private static List<String> batch(BufferedReader in) throws IOException {
    List<String> tokens = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      tokens.add(line);
    }
    return tokens;
  }

  private static void present(
      TokenVerifier verifier, List<String> tokens, ExecutorService threads, PrintStream out)
      throws InterruptedException {
    var expected = new ExpectedCall(HERE, new ToolName(TOOL), Arguments.none().digest());
    var end = new CountDownLatch(THREADS);
    for (int thread = 0; thread < THREADS; thread++) {
      threads.execute(() -> {
        for (int i = 0; i < tokens.size(); i++) {
          if (verifier.verify(tokens.get(i), expected) instanceof VerifiedToken) {
            out.println("accepted " + i);
          }
        }
        end.countDown();
      });
    }
    end.await();
  }
}
