package dev.interceptor.server.cli;

import dev.interceptor.server.Wiring;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `serve`: the product on the operator's PostgreSQL and Redis.
@Command(
    name = "serve",
    description = "Run in production: external PostgreSQL and Redis, no defaults for secrets.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor serve --config /etc/interceptor.yaml"})
final class ServeCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ServeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    Wiring wiring = Wiring.start(config.load(surroundings));
    PrintWriter out = spec.commandLine().getOut();
    out.println("serving on " + wiring.url() + ", admin on " + wiring.adminUrl());
    out.flush();
    Shutdown.await(wiring);
    return InterceptorCommand.OK;
  }
}
