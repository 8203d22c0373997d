package dev.interceptor.server.cli;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.server.pinning.PinReport;
import dev.interceptor.server.pinning.PinStore;
import dev.interceptor.server.pinning.PinStore.Approved;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// `tools approve`: trusts exactly the definition that was looked at.
@Command(
    name = "approve",
    description = "Trust a definition from now on. Look at it first: show TOOL.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: ./interceptor tools approve mail__send_email DIGEST --by Ada"})
final class ToolsApproveCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      index = "0",
      paramLabel = "TOOL",
      converter = ToolsCommand.ToToolRef.class,
      description = "UPSTREAM__TOOL, as `tools list` writes it")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  ToolRef tool;

  @Parameters(
      index = "1",
      paramLabel = "DIGEST",
      converter = ToDigest.class,
      description = "of the definition that you looked at, whole")
  @SuppressWarnings("NullAway.Init") // picocli sets a required value before call()
  Sha256 digest;

  @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "who approves")
  String by = "";

  @Mixin ConfigOption config = new ConfigOption();
  @Spec CommandSpec spec;

  ToolsApproveCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  static final class ToDigest implements ITypeConverter<Sha256> {
    @Override
    public Sha256 convert(String text) {
      try {
        return Sha256.ofHex(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() {
    String actor = ApprovalsCommand.actor(by);
    try {
      PinStore.requireName(actor);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return ToolsCommand.withPins(
        config, surroundings, (pins, _) -> report(pins.approve(tool, digest, actor)));
  }

  private int report(Approved approved) {
    return switch (approved) {
      case Approved.Done _ -> done("approved ");
      case Approved.Already _ -> done("was approved before: ");
      case Approved.OtherDefinition other ->
          ToolsCommand.refused(
              spec.commandLine(),
              tool.qualified()
                  + ": the definition to review has the digest "
                  + PinReport.reviewable(other.pin()));
      case Approved.Unknown _ ->
          ToolsCommand.refused(spec.commandLine(), "no server has listed " + tool.qualified());
    };
  }

  private int done(String word) {
    spec.commandLine().getOut().println(word + tool.qualified() + " " + digest);
    return InterceptorCommand.OK;
  }
}
