package dev.interceptor.core.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.types.CelType;
import dev.interceptor.core.tool.InputSchema;
import dev.interceptor.core.tool.InputSchema.Kind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds what an expression asks of arguments that, by their tool's schema, can only fail: a name
/// that the schema excludes, or a kind that an operator does not take.
///
/// CEL's own checker knows the arguments as `dyn`; this looks at the checked expression again.
final class SchemaCheck {
  private static final Set<Kind> TEXT = EnumSet.of(Kind.STRING);
  private static final Set<Kind> TRUTH = EnumSet.of(Kind.BOOLEAN);
  private static final Set<Kind> ORDERED = EnumSet.of(Kind.STRING, Kind.NUMBER, Kind.BOOLEAN);
  private static final Set<Kind> SIZED = EnumSet.of(Kind.STRING, Kind.ARRAY, Kind.OBJECT);
  private static final Set<Kind> CONTAINER = EnumSet.of(Kind.ARRAY, Kind.OBJECT);

  private final CelAbstractSyntaxTree ast;
  private final InputSchema arguments;
  private final Map<String, InputSchema> locals = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private SchemaCheck(CelAbstractSyntaxTree ast, InputSchema arguments) {
    this.ast = ast;
    this.arguments = arguments;
  }

  /// The first problem.
  static Optional<String> problem(CelAbstractSyntaxTree ast, InputSchema arguments) {
    var check = new SchemaCheck(ast, arguments);
    check.need(ast.getExpr(), TRUTH, "the expression");
    return check.problems.stream().findFirst();
  }

  private InputSchema kindOf(CelExpr part) {
    CelExpr expr = ExpressionReads.plain(part);
    Optional<String> variable = ExpressionReads.variable(ast, expr);
    return switch (expr.getKind()) {
      case IDENT -> {
        InputSchema local = locals.get(expr.ident().name());
        if (local != null) {
          yield local;
        }
        yield variable.equals(Optional.of(Expressions.ARGS)) ? arguments : declared(expr);
      }
      case SELECT -> variable.isPresent() ? declared(expr) : member(expr.select());
      case CALL -> call(expr);
      case LIST -> {
        Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        expr.list().elements().forEach(element -> kinds.addAll(kindOf(element).kinds()));
        yield InputSchema.arrayOf(InputSchema.of(kinds));
      }
      case MAP -> {
        expr.map().entries().forEach(entry -> kindOf(entry.value()));
        yield declared(expr);
      }
      case COMPREHENSION -> comprehension(expr);
      case CONSTANT, STRUCT, NOT_SET -> declared(expr);
    };
  }

  /// What CEL's checker knows.
  private InputSchema declared(CelExpr expr) {
    return ast.getType(expr.id()).map(SchemaCheck::ofType).orElse(InputSchema.ANY);
  }

  private static InputSchema ofType(CelType type) {
    return switch (type.kind()) {
      case BOOL -> InputSchema.of(TRUTH);
      case STRING -> InputSchema.of(TEXT);
      case INT, UINT, DOUBLE -> InputSchema.of(EnumSet.of(Kind.NUMBER));
      case NULL_TYPE -> InputSchema.of(EnumSet.of(Kind.NULL));
      case LIST -> InputSchema.arrayOf(ofType(type.parameters().getFirst()));
      case MAP -> InputSchema.of(EnumSet.of(Kind.OBJECT));
      default -> InputSchema.ANY;
    };
  }

  private InputSchema need(CelExpr expr, Set<Kind> wanted, String who) {
    InputSchema kind = kindOf(expr);
    if (kind.kinds().stream().noneMatch(wanted::contains)) {
      problems.add(
          who + " needs " + words(wanted) + ", but " + named(expr) + " is " + words(kind.kinds()));
    }
    return kind;
  }

  private InputSchema member(CelExpr.CelSelect select) {
    InputSchema whole =
        need(select.operand(), EnumSet.of(Kind.OBJECT), "`." + select.field() + "`");
    InputSchema member = memberOf(whole, select.operand(), select.field());
    return select.testOnly() ? InputSchema.of(TRUTH) : member;
  }

  private InputSchema memberOf(InputSchema whole, CelExpr operand, String name) {
    if (whole.mayBe(Kind.OBJECT) && !whole.mayHave(List.of(name))) {
      problems.add(
          "by the tool's schema "
              + named(operand)
              + " has no `"
              + name
              + "`"
              + Spelling.suggestion(name, whole.names()));
    }
    return whole.at(List.of(name)).orElse(InputSchema.ANY);
  }

  private InputSchema call(CelExpr expr) {
    String function = expr.call().function();
    List<CelExpr> operands = ExpressionReads.operands(expr.call());
    String who = "`" + function.replaceAll("[_@]", "") + "`";
    switch (function) {
      case "_&&_", "_||_", "!_" -> operands.forEach(operand -> need(operand, TRUTH, who));
      case "_==_", "_!=_" -> comparable(operands, EnumSet.allOf(Kind.class), who);
      case "_<_", "_<=_", "_>_", "_>=_" -> comparable(operands, ORDERED, who);
      case "@in" -> contained(operands);
      case "size" -> need(operands.getFirst(), SIZED, who);
      case "contains",
          "startsWith",
          "endsWith",
          "matches",
          ExpressionFunctions.WITHIN,
          ExpressionFunctions.HOST,
          ExpressionFunctions.DOMAIN,
          ExpressionFunctions.IN_CIDR,
          ExpressionFunctions.IS_PRIVATE ->
          operands.forEach(operand -> need(operand, TEXT, who));
      case "_[_]" -> {
        return indexed(operands);
      }
      default -> operands.forEach(this::kindOf);
    }
    return declared(expr);
  }

  private void comparable(List<CelExpr> operands, Set<Kind> wanted, String who) {
    InputSchema left = need(operands.get(0), wanted, who);
    InputSchema right = need(operands.get(1), wanted, who);
    boolean none = isOnlyNull(left) || isOnlyNull(right);
    if (!none && left.kinds().stream().noneMatch(right.kinds()::contains)) {
      problems.add(
          who
              + " never holds between "
              + named(operands.get(0))
              + " ("
              + words(left.kinds())
              + ") and "
              + named(operands.get(1))
              + " ("
              + words(right.kinds())
              + ")");
    }
  }

  private static boolean isOnlyNull(InputSchema kind) {
    return kind.kinds().equals(EnumSet.of(Kind.NULL));
  }

  private void contained(List<CelExpr> operands) {
    InputSchema element = kindOf(operands.get(0));
    InputSchema list = need(operands.get(1), CONTAINER, "`in`");
    if (list.kinds().equals(EnumSet.of(Kind.ARRAY))
        && list.element().kinds().stream().noneMatch(element.kinds()::contains)) {
      problems.add(
          "`in` never holds: "
              + named(operands.get(0))
              + " is "
              + words(element.kinds())
              + ", the elements are "
              + words(list.element().kinds()));
    }
  }

  private InputSchema indexed(List<CelExpr> operands) {
    InputSchema whole = need(operands.get(0), CONTAINER, "`[…]`");
    Optional<String> name = ExpressionReads.constantText(operands.get(1));
    if (name.isPresent()) {
      need(operands.get(0), EnumSet.of(Kind.OBJECT), "`[\"" + name.get() + "\"]`");
      return memberOf(whole, operands.get(0), name.get());
    }
    kindOf(operands.get(1));
    return isConstantNumber(operands.get(1)) ? whole.element() : InputSchema.ANY;
  }

  private static boolean isConstantNumber(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.INT64_VALUE;
  }

  private InputSchema comprehension(CelExpr expr) {
    CelComprehension loop = expr.comprehension();
    InputSchema range = need(loop.iterRange(), CONTAINER, "a macro like `all`");
    InputSchema element =
        range.mayBe(Kind.OBJECT)
            ? range.mayBe(Kind.ARRAY) ? InputSchema.ANY : InputSchema.of(TEXT)
            : range.element();
    Map<String, InputSchema> outer = new HashMap<>(locals);
    locals.put(loop.iterVar(), element);
    locals.put(loop.accuVar(), InputSchema.ANY);
    kindOf(loop.accuInit());
    kindOf(loop.loopCondition());
    kindOf(loop.loopStep());
    locals.remove(loop.iterVar());
    kindOf(loop.result());
    locals.clear();
    locals.putAll(outer);
    return declared(expr);
  }

  private String named(CelExpr part) {
    CelExpr expr = ExpressionReads.plain(part);
    return switch (expr.getKind()) {
      case IDENT -> "`" + expr.ident().name() + "`";
      case SELECT -> {
        String operand = named(expr.select().operand());
        yield operand.endsWith("`")
            ? operand.substring(0, operand.length() - 1) + "." + expr.select().field() + "`"
            : "`" + expr.select().field() + "`";
      }
      case CONSTANT, CALL, LIST, MAP, STRUCT, COMPREHENSION, NOT_SET -> "the other side";
    };
  }

  private static String words(Set<Kind> kinds) {
    return kinds.size() == Kind.values().length
        ? "anything"
        : kinds.stream()
            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" or "));
  }
}
