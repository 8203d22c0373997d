package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.server.dev.DevStack;
import dev.interceptor.server.dev.StateFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `dev`: everything on one machine, nothing to install.
@Command(
    name = "dev",
    description = {
      "Run everything on 127.0.0.1 with nothing to set up: embedded PostgreSQL and Redis, the",
      "shipped policy, a demo MCP server with thirteen tools, a demo customer and its API key."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples: ./interceptor dev --upstream files=http://127.0.0.1:3942/mcp",
      "          ./interceptor dev --stdio \"files=npx -y @modelcontextprotocol/server-filesystem .\""
    })
final class DevCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--port", defaultValue = "8080", description = "public port, 0 for any free one")
  int port;

  @Option(
      names = "--admin-port",
      defaultValue = "9090",
      description = "admin port, 0 for any free one")
  int adminPort;

  @Option(
      names = "--ephemeral",
      description = "keep nothing: state goes to a temporary folder that is deleted at the end")
  boolean ephemeral;

  @Option(names = "--json", description = "print one line of JSON when ready, nothing else")
  boolean json;

  @Mixin DevOptions options = new DevOptions();
  @Spec CommandSpec spec;

  DevCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!ephemeral) {
      run(surroundings.devState(), () -> {});
      return InterceptorCommand.OK;
    }
    Path state = DevOptions.temporaryState();
    try {
      run(state, () -> StateFolder.delete(state));
    } catch (RuntimeException e) {
      StateFolder.delete(state);
      throw e;
    }
    return InterceptorCommand.OK;
  }

  private void run(Path state, AutoCloseable afterwards) throws InterruptedException {
    DevStack stack = options.start(surroundings, state, port, adminPort);
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? line(stack) : welcome(stack));
    out.flush();
    Shutdown.await(() -> {
      stack.close();
      afterwards.close();
    });
  }

  private static String line(DevStack stack) {
    return JsonNodeFactory.instance
            .objectNode()
            .put("url", stack.url())
            .put("admin_url", stack.adminUrl())
            .put("api_key", stack.apiKey())
            .put("admin_key", stack.adminKey())
            .put("tool_server_url", stack.toolServerUrl())
            .put("database_url", stack.config().database().jdbcUrl())
            .put("pid", ProcessHandle.current().pid())
        + "\n";
  }

  private static String welcome(DevStack stack) {
    return """
    The interceptor is running. Everything is on 127.0.0.1; Ctrl-C stops all of it.

      calls       %s
      admin       %s  (health, metrics, keys)
      tool server %s  (refuses calls without our token)
      API key     %s
      admin key   %s

    Three calls to try, in this order:

    1. allowed: the tool's answer, and the session now carries the tag `pii`
    %s

    2. denied by taint: what was read must not leave by mail
    %s

    3. denied by argument: more than 1000
    %s
    """
        .formatted(
            stack.url(),
            stack.adminUrl(),
            stack.toolServerUrl(),
            stack.apiKey(),
            stack.adminKey(),
            curl(stack, "read_customer", "{\"id\":\"c-1001\"}"),
            curl(
                stack,
                "send_email",
                "{\"to\":[\"someone@elsewhere.example\"],\"subject\":\"hello\",\"body\":\"the record\"}"),
            curl(
                stack,
                "wire_transfer",
                "{\"recipient\":\"DE02120300000000202051\",\"amount\":5000,\"currency\":\"EUR\"}"));
  }

  private static String curl(DevStack stack, String tool, String args) {
    return "curl -s %s/proxy/execute -H 'X-API-Key: %s' -H 'Content-Type: application/json' -d '{\"session_id\":\"try-1\",%s\"tool_name\":\"%s\",\"args\":%s}'"
        .formatted(
            stack.url(),
            stack.apiKey(),
            stack.hasSeveralUpstreams() ? "\"upstream\":\"demo\"," : "",
            tool,
            args);
  }
}
