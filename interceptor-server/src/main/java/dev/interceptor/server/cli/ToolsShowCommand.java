package dev.interceptor.server.cli;

import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.pinning.PinReport;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.pinning.ToolPin;
import dev.interceptor.server.upstream.Pinning;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `tools show`: everything that an operator has to see before approving.
@Command(
    name = "show",
    description = {
      "Show a tool's definition, and in what the one that its server lists differs from it.",
      "Characters that a reader would not see are shown by their code points."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor tools show mail__send_email"})
final class ToolsShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "TOOL",
      converter = ToolsCommand.ToToolRef.class,
      description = "UPSTREAM__TOOL, as `tools list` writes it")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ToolRef tool;

  @Option(names = "--json", description = "print a JSON object")
  boolean json;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ToolsShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return ToolsCommand.withPins(
        config,
        surroundings,
        (pins, pinning) -> {
          Optional<PinStore.Texts> found = pins.find(tool);
          if (found.isEmpty()) {
            return ToolsCommand.refused(
                spec.commandLine(), "no server has listed " + tool.qualified());
          }
          print(found.get(), pins.history(tool), pinning.apply(tool.upstream()));
          return InterceptorCommand.OK;
        });
  }

  private void print(PinStore.Texts texts, List<ToolPin.Pinned> history, Pinning how) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(ascii(PinReport.json(texts, history, how).toString()));
      return;
    }
    PinReport.lines(texts, history, how).forEach(out::println);
    switch (texts.pin().state(how)) {
      case CHANGED, AWAITING ->
          out.printf(
              "to approve it: ./interceptor tools approve %s %s%n",
              tool.qualified(), PinReport.reviewable(texts.pin()));
      case PINNED, GONE -> {}
    }
  }

  /// The same JSON in which a terminal has nothing to interpret.
  private static String ascii(String json) {
    var escaped = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char unit = json.charAt(i);
      escaped.append(unit < 0x7F ? String.valueOf(unit) : "\\u%04x".formatted((int) unit));
    }
    return escaped.toString();
  }
}
