package dev.interceptor.server.cli;

import dev.interceptor.server.dev.DemoStory;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.StateFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `demo`: `dev` on free ports with nothing kept, and the story played on it.
@Command(
    name = "demo",
    description = "Run everything on free ports, play the story step by step, and stop.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor demo"})
final class DemoCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec CommandSpec spec;

  DemoCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Starting PostgreSQL, Redis, the demo tool server and the interceptor …");
    out.flush();
    Path state = DevOptions.temporaryState();
    boolean done;
    try (DevStack stack = new DevOptions().start(surroundings, state, 0, 0)) {
      out.println("Playing the story against " + stack.url());
      done = new DemoStory(stack, out).play();
    } finally {
      StateFolder.delete(state);
    }
    out.println(done ? "Every step did what it says." : "Some steps did not do what they say.");
    return done ? InterceptorCommand.OK : InterceptorCommand.NO;
  }
}
