package dev.interceptor.benchmarks;

import dev.interceptor.benchmarks.peer.CasbinTable;
import dev.interceptor.benchmarks.peer.CedarTable;
import dev.interceptor.benchmarks.peer.InterceptorTable;
import dev.interceptor.benchmarks.peer.ToolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The static part of a decision, a table of tools that are allowed or denied, in this engine and
/// in two others. Each operation asks for the next of four tools: the first, the middle and the
/// last of the table, and one that is not in it.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StaticRulesBenchmark {
  private static final int QUESTIONS = 4;

  @Param({"1", "10", "100", "1000"})
  public int tools;

  /// One engine with the table loaded.
  public abstract static class Engine {
    private final Function<List<String>, ToolTable> load;
    private List<String> questions = List.of();
    private ToolTable table = (tool, allowed) -> false;
    private int next;

    Engine(Function<List<String>, ToolTable> load) {
      this.load = load;
    }

    @Setup
    public void prepare(StaticRulesBenchmark benchmark) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < benchmark.tools; i++) {
        names.add("tool_" + i);
      }
      table = load.apply(names);
      questions =
          List.of(names.getFirst(), names.get(names.size() / 2), names.getLast(), "unlisted");
      for (String tool : questions) {
        if (table.permits(tool, "call") != ToolTable.isAllowed(tool, names)) {
          throw new IllegalStateException(getClass().getSimpleName() + " is wrong about " + tool);
        }
      }
    }

    boolean ask() {
      next = (next + 1) % QUESTIONS;
      return table.permits(questions.get(next), "call");
    }
  }

  @State(Scope.Benchmark)
  public static class Ours extends Engine {
    public Ours() {
      super(InterceptorTable::new);
    }
  }

  @State(Scope.Benchmark)
  public static class Casbin extends Engine {
    public Casbin() {
      super(CasbinTable::new);
    }
  }

  @State(Scope.Benchmark)
  public static class Cedar extends Engine {
    public Cedar() {
      super(CedarTable::new);
    }
  }

  @Benchmark
  public boolean interceptor(Ours engine) {
    return engine.ask();
  }

  @Benchmark
  public boolean jcasbin(Casbin engine) {
    return engine.ask();
  }

  @Benchmark
  public boolean cedar(Cedar engine) {
    return engine.ask();
  }
}
