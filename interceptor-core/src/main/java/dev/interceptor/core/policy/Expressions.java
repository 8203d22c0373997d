package dev.interceptor.core.policy;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.NullValue;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonBoolean;
import dev.interceptor.core.json.JsonNull;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
  static final String NAMES =
      String.join(
          ", ",
          ARGS,
          TOOL_NAME,
          TOOL_CLASSES,
          SESSION_TAINTS,
          PRINCIPAL_CUSTOMER,
          PRINCIPAL_KEY,
          "within(path, root)");

  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(2_000)
          .maxParseExpressionNodeCount(300)
          .maxParseRecursionDepth(32)
          .maxParseErrorRecoveryLimit(0)
          .comprehensionMaxIterations(1_000)
          .maxRegexProgramSize(1_000)
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
          .addFunctionDeclarations(
              CelFunctionDecl.newFunctionDeclaration(
                  "within",
                  CelOverloadDecl.newGlobalOverload(
                      "within_string_string",
                      SimpleType.BOOL,
                      SimpleType.STRING,
                      SimpleType.STRING)))
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(OPTIONS)
          .addFunctionBindings(
              CelFunctionBinding.fromOverloads(
                  "within",
                  CelFunctionBinding.from(
                      "within_string_string", String.class, String.class, Containment::within)))
          .build();

  private Expressions() {}

  /// What became of an expression's text.
  sealed interface Compiled {
    record Program(CelRuntime.Program program) implements Compiled {}

    record Refused(String message) implements Compiled {}
  }

  static Compiled compile(String text) {
    CelValidationResult result = COMPILER.compile(text);
    if (result.hasError()) {
      var first = result.getErrors().getFirst();
      var at = first.getSourceLocation();
      return new Compiled.Refused(
          explain(first.getMessage()) + place(at.getLine(), at.getColumn() + 1));
    }
    try {
      var ast = result.getAst();
      if (!ast.getResultType().equals(SimpleType.BOOL)) {
        return new Compiled.Refused(
            "the expression gives `"
                + ast.getResultType().name()
                + "`, not a bool; compare it with something, as in `args.confirmed == true`");
      }
      return new Compiled.Program(RUNTIME.createProgram(ast));
    } catch (CelValidationException | CelEvaluationException e) {
      return new Compiled.Refused(explain(String.valueOf(e.getMessage())));
    }
  }

  private static String place(int line, int column) {
    return line < 1 || column < 1
        ? ""
        : " (line " + line + ", column " + column + " of the expression)";
  }

  private static String explain(String message) {
    String text = message.lines().findFirst().orElse("").replaceAll(" expecting \\{.*", "");
    if (text.startsWith("undeclared reference")) {
      return text.replaceAll(" \\(in container ''\\)", "").replace('\'', '`')
          + "; an expression may use "
          + NAMES;
    }
    return text;
  }

  static Truth evaluate(CelRuntime.Program program, Situation situation) {
    try {
      return program.eval(situation.variables()) instanceof Boolean value
          ? Truth.of(value)
          : Truth.FAULT;
    } catch (CelEvaluationException | RuntimeException e) {
      return Truth.FAULT;
    }
  }

  static Object valueOf(JsonValue value) {
    return switch (value) {
      case JsonObject object -> mapOf(object);
      case JsonArray array -> listOf(array);
      case JsonString string -> string.value();
      case JsonNumber number -> number.value();
      case JsonBoolean truth -> truth.value();
      case JsonNull none -> NullValue.NULL_VALUE;
    };
  }

  private static Map<String, Object> mapOf(JsonObject object) {
    Map<String, Object> members = HashMap.newHashMap(object.members().size());
    object.members().forEach((name, member) -> members.put(name, valueOf(member)));
    return members;
  }

  private static List<Object> listOf(JsonArray array) {
    return array.elements().stream().map(Expressions::valueOf).toList();
  }
}
