package dev.interceptor.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.pinning.PinReport;
import dev.interceptor.server.pinning.ToolPin;
import dev.interceptor.server.upstream.Pinning;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `tools list`: how every tool stands, never its definition.
@Command(
    name = "list",
    description = {
      "List the tools that servers have listed to calls so far:",
      "pinned, changed (blocked), awaiting (an operator's approval) or gone."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor tools list --blocked"})
final class ToolsListCommand implements Callable<Integer> {
  private static final String ROW = "%-8s  %-40s  %-20s  %-12s  %s%n";
  private static final int SHORT_DIGEST = 12;

  private final Surroundings surroundings;

  @Option(names = "--json", description = "print a JSON array")
  boolean json;

  @Option(names = "--blocked", description = "only what changed or awaits approval")
  boolean blocked;

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ToolsListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    return ToolsCommand.withPins(
        config,
        surroundings,
        (pins, pinning) -> {
          print(
              pins.all().stream()
                  .filter(pin -> !blocked || isBlocked(pin, pinning.apply(pin.tool().upstream())))
                  .toList(),
              pinning);
          return InterceptorCommand.OK;
        });
  }

  private static boolean isBlocked(ToolPin pin, Pinning how) {
    return switch (pin.state(how)) {
      case CHANGED, AWAITING -> true;
      case PINNED, GONE -> false;
    };
  }

  private void print(List<ToolPin> pins, Function<UpstreamName, Pinning> pinning) {
    var out = spec.commandLine().getOut();
    if (json) {
      var array = JsonNodeFactory.instance.arrayNode();
      pins.forEach(pin -> array.add(PinReport.json(pin, pinning.apply(pin.tool().upstream()))));
      out.println(array);
      return;
    }
    out.printf(ROW, "STATE", "TOOL", "SINCE", "DIGEST", "PINNED BY");
    for (ToolPin pin : pins) {
      Pinning how = pinning.apply(pin.tool().upstream());
      out.printf(
          ROW,
          PinReport.word(pin.state(how)),
          pin.tool().qualified(),
          PinReport.since(pin, how),
          pin.pinned().map(pinned -> pinned.digest().hex().substring(0, SHORT_DIGEST)).orElse("-"),
          pin.pinned().map(PinReport::by).orElse("-"));
    }
  }
}
