package dev.interceptor.server.policyswap;

import dev.interceptor.core.policy.PolicySet;
import dev.interceptor.server.cli.InterceptorCommand;
import dev.interceptor.server.config.ConfigFile;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.policy.PolicyChange;
import dev.interceptor.server.policy.PolicyText;
import dev.interceptor.server.policy.PolicyVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// A process that applies one generation of policies after the other, until it is killed. It prints
/// the generation before each.
public final class ApplyLoop {
  /// One policy by `policy apply`, which also gives it to a customer.
  static final String COMMAND = "command";

  /// The policies of a text that holds three.
  static final String TOGETHER = "together";

  /// Broken on purpose: the same three, each on its own.
  static final String ONE_BY_ONE = "one-by-one";

  static final List<String> POLICIES = List.of("default", "sales", "support");
  static final String CUSTOMER = "acme";

  private ApplyLoop() {}

  /// @param args how, the folder for the file, the first generation
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    try (Database database =
        Database.open(ServerConfig.loadDatabase(ConfigFile.NONE, System.getenv()))) {
      PolicyVersions versions = PolicyVersions.postgres(database, InstantSource.system());
      for (int generation = Integer.parseInt(args[2]); ; generation++) {
        System.out.println("applying " + generation);
        apply(args[0], folder, versions, generation);
      }
    }
  }

  private static void apply(String way, Path folder, PolicyVersions versions, int generation)
      throws IOException {
    switch (way) {
      case COMMAND -> command(folder, generation);
      case TOGETHER -> apply(versions, POLICIES, generation);
      case ONE_BY_ONE -> POLICIES.forEach(name -> apply(versions, List.of(name), generation));
      default -> throw new IllegalArgumentException(way);
    }
  }

  private static void command(Path folder, int generation) throws IOException {
    Path file =
        Files.writeString(folder.resolve("policy.yaml"), text(POLICIES.getFirst(), generation));
    String[] line = {"policy", "apply", file.toString(), "--customer", CUSTOMER};
    int code = InterceptorCommand.run(line, folder, System.getenv());
    if (code != 0) {
      throw new IllegalStateException("`policy apply` ended with " + code);
    }
  }

  private static void apply(PolicyVersions versions, List<String> names, int generation) {
    List<PolicySet> policies =
        names.stream().map(name -> Generations.compiled(name, generation)).toList();
    var text = new PolicyText(text(names.getFirst(), generation), policies, List.of());
    if (!(versions.apply(text, new PolicyChange("loop", ""))
        instanceof PolicyVersions.Applied.Done)) {
      throw new IllegalStateException("not applied");
    }
  }

  private static String text(String name, int generation) {
    return Generations.text(name, generation);
  }
}
