package dev.interceptor.server.cli;

import dev.interceptor.server.Wiring;
import dev.interceptor.server.config.ServerConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `serve`: the product on the operator's PostgreSQL and Redis.
@Command(
    name = "serve",
    description = "Run in production: external PostgreSQL and Redis, no defaults for secrets.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor serve --config /etc/interceptor.yaml"})
final class ServeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "",
      description = "settings (default: ./interceptor.yaml); INTERCEPTOR_… variables override it")
  String config = "";

  @Spec CommandSpec spec;

  ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerConfig settings =
        ServerConfig.load(surroundings.configFile(config), surroundings.environment());
    Wiring wiring = Wiring.start(settings);
    PrintWriter out = spec.commandLine().getOut();
    out.println("serving on " + wiring.url() + ", admin on " + wiring.adminUrl());
    out.flush();
    Shutdown.await(wiring);
    return InterceptorCommand.OK;
  }
}
