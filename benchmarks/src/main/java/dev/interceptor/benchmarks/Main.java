package dev.interceptor.benchmarks;

import dev.interceptor.benchmarks.client.ClientComparison;
import dev.interceptor.benchmarks.client.ClientRun;
import dev.interceptor.benchmarks.llm.ModelReplies;
import dev.interceptor.benchmarks.llm.ModelRun;
import dev.interceptor.benchmarks.load.DurabilityRun;
import dev.interceptor.benchmarks.load.LoadRun;
import dev.interceptor.benchmarks.load.StubServer;
import java.util.List;
import java.util.Locale;

/// The command line behind `benchmarks/run`.
public final class Main {
  private static final String USAGE =
      """
      usage: benchmarks/run jmh [--quick] [NAME...]        the parts, one thread
             benchmarks/run clients [--seconds N]          HTTP clients for upstream calls
             benchmarks/run durability [--seconds N] [--rounds N] [--concurrency 1,16,64] [--warmup N]
                                                           the log with and without waiting for the disk
             benchmarks/run llm [--seconds N] [--rounds N] [--concurrency 1,16,64] [--warmup N]
                                [--paths direct,interceptor,portkey]
                                                           /v1 beside another gateway, whole answers and streams
             benchmarks/run load [--seconds N] [--rounds N] [--concurrency 1,16,64]
                                 [--paths execute,modern,legacy] [--warmup N]
                                 [--sessions distinct|connection|shared]
      Results are printed and written to benchmarks/results/ (jmh --quick only prints).
      """;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    if (arguments.length == 0) {
      System.err.print(USAGE);
      System.exit(2);
    }
    List<String> rest = List.of(arguments).subList(1, arguments.length);
    try {
      run(arguments[0], rest);
    } catch (IllegalArgumentException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    } catch (IllegalStateException e) {
      System.err.println("benchmarks: " + e.getMessage());
      System.exit(3);
    }
    System.exit(0);
  }

  private static void run(String command, List<String> rest) throws Exception {
    switch (command) {
      case "jmh" -> JmhRun.main(rest);
      case "clients" -> ClientComparison.main(rest);
      case "client-run" -> ClientRun.main(rest);
      case "durability" -> DurabilityRun.main(rest);
      case "load" -> LoadRun.main(rest);
      case "stub" -> StubServer.main(StubServer.mcp());
      case "llm" -> ModelRun.main(rest);
      case "model-stub" -> StubServer.main(ModelReplies::to);
      default -> throw new IllegalArgumentException("no command `" + command + "`");
    }
  }
}
