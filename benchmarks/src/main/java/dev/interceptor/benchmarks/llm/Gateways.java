package dev.interceptor.benchmarks.llm;

import dev.interceptor.benchmarks.load.ChildProcess;
import dev.interceptor.benchmarks.load.Stack;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The processes of a run: a stub provider, and the gateways before it.
final class Gateways implements AutoCloseable {
  static final String INTERCEPTOR = "interceptor";

  private final Path repository;
  private final Path log;
  private final ChildProcess stub;
  private final List<ModelTarget> targets = new ArrayList<>();
  private final List<Runnable> stops = new ArrayList<>();

  private Gateways(Path repository, Path log) throws IOException {
    this.repository = repository;
    this.log = log;
    this.stub = ChildProcess.startJava(log, "model-stub");
  }

  /// @param paths `direct`, `interceptor`, `portkey`
  static Gateways start(List<String> paths, Path repository, Path log) throws IOException {
    var gateways = new Gateways(repository, log);
    try {
      for (String path : paths) {
        gateways.targets.add(gateways.target(path));
      }
      return gateways;
    } catch (IOException | RuntimeException e) {
      gateways.close();
      throw e;
    }
  }

  List<ModelTarget> targets() {
    return targets;
  }

  long stubPid() {
    return stub.pid();
  }

  private ModelTarget target(String path) throws IOException {
    return switch (path) {
      case ModelTarget.DIRECT ->
          new ModelTarget(path, chat(provider()), Map.of(), Optional.empty());
      case INTERCEPTOR -> interceptor();
      case Portkey.NAME -> portkey();
      default ->
          throw new IllegalArgumentException(
              "`--paths` takes direct, interceptor and portkey, not `" + path + "`");
    };
  }

  private ModelTarget interceptor() throws IOException {
    Path models = log.resolveSibling("models.yaml");
    Files.writeString(models, models());
    Stack stack = Stack.start(repository, List.of("--models", models.toString()), log);
    stops.add(stack::close);
    Map<String, String> headers =
        Map.of("Authorization", "Bearer " + stack.apiKey(), "X-Session-Id", ModelTarget.SESSION);
    URI url = chat(stack.url().resolve("/v1"));
    return new ModelTarget(INTERCEPTOR, url, headers, Optional.of(stack.pid()));
  }

  private ModelTarget portkey() throws IOException {
    Portkey portkey = Portkey.start(repository.resolve("benchmarks/portkey"), log);
    stops.add(portkey::close);
    return portkey.before(provider());
  }

  /// The defaults of the product, said aloud: everything is looked at, and whatever is found goes.
  private String models() {
    return """
    strict_mode: true
    providers:
      stub: {url: "%s"}
    models:
      stub-1: {provider: stub, model: stub-1}
    guards:
      prompt: {mode: local, sensitivity: medium}
      prompts: {secrets: redact, pii: redact}
      answers: {secrets: redact, pii: redact, arguments: redact}
    """
        .formatted(provider());
  }

  private URI provider() {
    return URI.create("http://127.0.0.1:" + stub.firstLine() + "/v1");
  }

  private static URI chat(URI base) {
    return URI.create(base + "/chat/completions");
  }

  @Override
  public void close() {
    stops.forEach(Runnable::run);
    stub.close();
  }
}
