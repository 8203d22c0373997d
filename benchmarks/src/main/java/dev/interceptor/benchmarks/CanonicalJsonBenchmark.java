package dev.interceptor.benchmarks;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.Sha256;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// The gate, the canonical form (RFC 8785) and its digest.
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CanonicalJsonBenchmark {
  /// `mail-300` is one long string, `orders-4096` many short members.
  @Param({"mail-300", "mail-4096", "orders-4096"})
  public String document = "";

  private byte[] text = {};
  private JsonObject value = JsonObject.EMPTY;
  private byte[] canonical = {};

  @Setup
  public void prepare() {
    text =
        switch (document) {
          case "mail-300" -> Documents.mail(300);
          case "mail-4096" -> Documents.mail(4096);
          case "orders-4096" -> Documents.orders(4096);
          default -> throw new IllegalArgumentException("no document `" + document + "`");
        };
    value = Documents.parse(text);
    canonical = CanonicalJson.bytes(value);
  }

  @Benchmark
  public JsonObject parse() {
    return Documents.parse(text);
  }

  @Benchmark
  public byte[] canonicalise() {
    return CanonicalJson.bytes(value);
  }

  @Benchmark
  public byte[] parseAndCanonicalise() {
    return CanonicalJson.bytes(Documents.parse(text));
  }

  @Benchmark
  public Sha256 hash() {
    return Sha256.of(canonical);
  }
}
