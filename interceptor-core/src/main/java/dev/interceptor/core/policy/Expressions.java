package dev.interceptor.core.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.interceptor.core.tool.InputSchema;
import java.util.Optional;
import java.util.regex.Pattern;

/// The Common Expression Language as policies may use it: variables, functions and the bounds on
/// what an expression may cost.
///
/// Every JSON number is a CEL `double`; comparisons, `==` and `in` also accept `int` literals.
final class Expressions {
  static final String ARGS = "args";
  static final String TOOL_NAME = "tool.name";
  static final String TOOL_CLASSES = "tool.classes";
  static final String SESSION_TAINTS = "session.taints";
  static final String PRINCIPAL_CUSTOMER = "principal.customer";
  static final String PRINCIPAL_KEY = "principal.key";
  static final String SESSION_CALLS = "session.calls";
  static final String REQUEST_IP = "request.ip";
  static final String NOW = "now";
  static final String NAMES =
      String.join(
          ", ",
          ARGS,
          TOOL_NAME,
          TOOL_CLASSES,
          SESSION_TAINTS,
          SESSION_CALLS,
          PRINCIPAL_CUSTOMER,
          PRINCIPAL_KEY,
          REQUEST_IP,
          NOW,
          String.join(", ", ExpressionFunctions.SIGNATURES));

  /// Of all loops of one evaluation together.
  static final int MAX_ITERATIONS = 1_000;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(2_000)
          .maxParseExpressionNodeCount(300)
          .maxParseRecursionDepth(32)
          .maxParseErrorRecoveryLimit(0)
          .comprehensionMaxIterations(MAX_ITERATIONS)
          .maxRegexProgramSize(SafePattern.MAX_SIZE)
          .build();

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar(ARGS, MapType.create(SimpleType.STRING, SimpleType.DYN))
          .addVar(TOOL_NAME, SimpleType.STRING)
          .addVar(TOOL_CLASSES, ListType.create(SimpleType.STRING))
          .addVar(SESSION_TAINTS, ListType.create(SimpleType.STRING))
          .addVar(PRINCIPAL_CUSTOMER, SimpleType.STRING)
          .addVar(PRINCIPAL_KEY, SimpleType.STRING)
          .addVar(SESSION_CALLS, SimpleType.INT)
          .addVar(REQUEST_IP, SimpleType.STRING)
          .addVar(NOW, SimpleType.TIMESTAMP)
          .addFunctionDeclarations(ExpressionFunctions.DECLARATIONS)
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .addFunctionBindings(ExpressionFunctions.BINDINGS)
          .build();

  /// What the parser says of text that is no expression, in its own words.
  private static final Pattern NOT_CEL =
      Pattern.compile(
          "^(token recognition|mismatched input|extraneous input|no viable alternative|missing '|More"
              + " than \\d+ parse errors)");

  private Expressions() {}

  /// What became of an expression's text.
  sealed interface Compiled {
    record Program(CompiledExpression program) implements Compiled {}

    record Refused(String message) implements Compiled {}
  }

  static Compiled compile(String text) {
    return compile(text, InputSchema.ANY);
  }

  /// @param arguments what is known of the arguments of the tool that the expression is about
  static Compiled compile(String text, InputSchema arguments) {
    try {
      CelValidationResult result = COMPILER.compile(text);
      if (!result.hasError() && ElementsAreDyn.concerns(result.getAst())) {
        result = COMPILER.check(ElementsAreDyn.in(COMPILER.parse(text).getAst()));
      }
      if (result.hasError()) {
        var first = result.getErrors().getFirst();
        var at = first.getSourceLocation();
        return new Compiled.Refused(
            explain(first.getMessage()) + place(at.getLine(), at.getColumn() + 1));
      }
      return checked(result.getAst(), arguments);
    } catch (CelValidationException | CelEvaluationException e) {
      return new Compiled.Refused(explain(String.valueOf(e.getMessage())));
    }
  }

  private static Compiled checked(CelAbstractSyntaxTree ast, InputSchema arguments)
      throws CelEvaluationException {
    if (!ast.getResultType().equals(SimpleType.BOOL)) {
      return new Compiled.Refused(
          "the expression gives `"
              + ast.getResultType().name()
              + "`, not a bool; compare it with something, as in `args.confirmed == true`");
    }
    Optional<String> problem = problem(ast, arguments);
    if (problem.isPresent()) {
      return new Compiled.Refused(problem.get());
    }
    return new Compiled.Program(
        new CompiledExpression(
            RUNTIME.createProgram(ast),
            DirectExpressions.compile(ast),
            ExpressionReads.of(ast),
            ExpressionCost.of(ast).maxArguments()));
  }

  private static Optional<String> problem(CelAbstractSyntaxTree ast, InputSchema arguments) {
    return LiteralCheck.problem(ast.getExpr())
        .or(() -> SchemaCheck.problem(ast, arguments))
        .or(() ->
            ExpressionCost.of(ast).maxArguments() < ExpressionCost.LEAST_ARGUMENTS
                ? Optional.of(
                    "the expression can take too long; nest fewer macros, and do not look at other"
                        + " arguments inside of them")
                : Optional.empty());
  }

  private static String place(int line, int column) {
    return line < 1 || column < 1
        ? ""
        : " (line " + line + ", column " + column + " of the expression)";
  }

  private static String explain(String message) {
    String text = message.lines().findFirst().orElse("");
    if (text.startsWith("undeclared reference")) {
      return text.replaceAll(" \\(in container ''\\)", "").replace('\'', '`')
          + "; an expression may use "
          + NAMES;
    }
    if (NOT_CEL.matcher(text).find()) {
      return "not an expression from here on; compare with `==`, join with `&&` or `||`, negate with"
          + " `!`, close every bracket";
    }
    return text.replaceAll("google\\.protobuf\\.(Timestamp|Duration)", "$1")
        .replaceAll("(overload for '[^'a-z]*' .*) \\(candidates: .*", "$1")
        .replaceAll(
            "found no matching overload for '_?([^'_]+)_?' applied to '\\((.*?)\\)'",
            "`$1` does not take ($2)")
        .replaceAll(" \\(candidates: (.*)\\)$", "; it takes $1");
  }
}
