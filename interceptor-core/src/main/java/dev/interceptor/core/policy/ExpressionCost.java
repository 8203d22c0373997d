package dev.interceptor.core.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much work an expression can cause at most, as a polynomial of the size of the arguments:
/// `fixed + linear·n + quadratic·n²` steps for arguments of n bytes. A step is about a nanosecond.
///
/// Every read of a value counts as much as the value is long, times the weight of what is done with
/// it, times the number of iterations. A loop's own variable counts once for the whole loop: its
/// values together are no longer than what the loop runs over.
record ExpressionCost(long fixed, long linear, long quadratic) {
  /// What one evaluation may cost.
  static final long BUDGET = 250_000_000;

  /// Arguments up to this size must fit into the budget, or the expression is refused.
  static final int LEAST_ARGUMENTS = 4096;

  private static final long NODE = 100;
  private static final long MANY = Long.MAX_VALUE / 4;

  static ExpressionCost of(CelAbstractSyntaxTree ast) {
    return new Walk(ast).of(ast.getExpr());
  }

  /// The length of arguments in bytes up to which the cost stays within the budget; -1 if no length
  /// does.
  int maxArguments() {
    int low = -1;
    int high = Integer.MAX_VALUE;
    while (low < high) {
      int middle = (int) (((long) low + high + 1) / 2);
      if (steps(middle) <= BUDGET) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private long steps(long n) {
    return plus(fixed, plus(times(linear, n), times(quadratic, times(n, n))));
  }

  private static long plus(long a, long b) {
    return Math.min(MANY, a + b);
  }

  private static long times(long a, long b) {
    return a != 0 && b > MANY / a ? MANY : a * b;
  }

  /// How long values can get: `fixed + perByte·n` characters or elements.
  private record Size(long fixed, long perByte) {
    static final Size SMALL = new Size(32, 0);

    Size plus(Size other) {
      return new Size(
          ExpressionCost.plus(fixed, other.fixed), ExpressionCost.plus(perByte, other.perByte));
    }

    Size times(long factor) {
      return new Size(ExpressionCost.times(fixed, factor), ExpressionCost.times(perByte, factor));
    }

    Size max(Size other) {
      return new Size(Math.max(fixed, other.fixed), Math.max(perByte, other.perByte));
    }
  }

  /// @param depth of the loop it belongs to
  /// @param longest what one value can be
  /// @param together what all values of one loop can be
  private record Local(int depth, Size longest, Size together) {}

  private static final class Walk {
    private final CelAbstractSyntaxTree ast;
    private final Map<String, Local> locals = new HashMap<>();
    private int depth;
    private long repeats = 1;
    private long fixed;
    private long linear;
    private long quadratic;

    Walk(CelAbstractSyntaxTree ast) {
      this.ast = ast;
    }

    ExpressionCost of(CelExpr expr) {
      visit(expr);
      return new ExpressionCost(fixed, linear, quadratic);
    }

    /// How often the body of a loop inside of the current one runs.
    private long repeatsWithin(CelComprehension loop) {
      CelExpr range = ExpressionReads.plain(loop.iterRange());
      return range.getKind() == CelExpr.ExprKind.Kind.LIST
          ? Math.min(Expressions.MAX_ITERATIONS, repeats * (1 + range.list().elements().size()))
          : Expressions.MAX_ITERATIONS;
    }

    /// Counts the part and says how long its value can be.
    private Size visit(CelExpr expr) {
      fixed = plus(fixed, times(NODE, repeats));
      if (ExpressionReads.variable(ast, expr).isPresent() && !locals.containsKey(name(expr))) {
        return name(expr).equals(Expressions.ARGS) ? new Size(0, 1) : new Size(1_000, 0);
      }
      return switch (expr.getKind()) {
        case CONSTANT -> new Size(expr.toString().length(), 0);
        case IDENT -> {
          Local local = locals.get(expr.ident().name());
          yield local == null ? Size.SMALL : local.longest();
        }
        case SELECT -> {
          Size whole = visit(expr.select().operand());
          yield expr.select().testOnly() ? Size.SMALL : whole;
        }
        case CALL -> call(expr.call());
        case LIST -> sum(expr.list().elements());
        case MAP ->
            expr.map().entries().stream()
                .map(entry -> visit(entry.key()).plus(visit(entry.value())))
                .reduce(Size.SMALL, Size::plus);
        case STRUCT -> {
          expr.struct().entries().forEach(entry -> visit(entry.value()));
          yield new Size(MANY, MANY);
        }
        case COMPREHENSION -> comprehension(expr.comprehension());
        case NOT_SET -> Size.SMALL;
      };
    }

    private static String name(CelExpr expr) {
      return expr.getKind() == CelExpr.ExprKind.Kind.IDENT ? expr.ident().name() : "";
    }

    private Size sum(List<CelExpr> parts) {
      return parts.stream().map(this::visit).reduce(Size.SMALL, Size::plus);
    }

    private Size call(CelExpr.CelCall call) {
      List<CelExpr> operands = ExpressionReads.operands(call);
      List<Size> sizes = operands.stream().map(this::visit).toList();
      Size longest = sizes.stream().reduce(Size.SMALL, Size::plus);
      switch (call.function()) {
        case "_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false" -> {
          return sizes.getLast().max(sizes.get(Math.max(0, sizes.size() - 2)));
        }
        case "_[_]" -> {
          return sizes.getFirst();
        }
        case "contains" -> product(sizes.get(0), sizes.get(1));
        default -> {}
      }
      long weight = weight(call);
      for (int i = 0; i < operands.size(); i++) {
        Size read = overall(operands.get(i), sizes.get(i)).times(weight);
        fixed = plus(fixed, read.fixed());
        linear = plus(linear, read.perByte());
      }
      return isText(call) ? longest : Size.SMALL;
    }

    /// What all evaluations of the part read together.
    private Size overall(CelExpr expr, Size longest) {
      CelExpr root = ExpressionReads.plain(expr);
      while (root.getKind() == CelExpr.ExprKind.Kind.SELECT) {
        root = ExpressionReads.plain(root.select().operand());
      }
      Local local = locals.get(name(root));
      return local != null && local.depth() == depth ? local.together() : longest.times(repeats);
    }

    /// A search looks at every place of the text for every character of what it looks for.
    private void product(Size text, Size wanted) {
      fixed = plus(fixed, times(repeats, times(text.fixed(), wanted.fixed())));
      linear =
          plus(
              linear,
              times(
                  repeats,
                  plus(
                      times(text.fixed(), wanted.perByte()),
                      times(text.perByte(), wanted.fixed()))));
      quadratic = plus(quadratic, times(repeats, times(text.perByte(), wanted.perByte())));
    }

    private static boolean isText(CelExpr.CelCall call) {
      return switch (call.function()) {
        case "_+_",
            "string",
            "bytes",
            "dyn",
            ExpressionFunctions.HOST,
            ExpressionFunctions.DOMAIN ->
            true;
        default -> false;
      };
    }

    private static long weight(CelExpr.CelCall call) {
      return switch (call.function()) {
        case "matches" -> 40L * SafePattern.sizeOf(call);
        case ExpressionFunctions.WITHIN -> 200;
        case ExpressionFunctions.HOST, ExpressionFunctions.IS_PRIVATE -> 10;
        case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "startsWith", "endsWith", "size" -> 1;
        default -> 4;
      };
    }

    private Size comprehension(CelComprehension loop) {
      Size range = visit(loop.iterRange());
      Size together = overall(loop.iterRange(), range);
      Map<String, Local> outer = new HashMap<>(locals);
      Size start = visit(loop.accuInit());
      long before = repeats;
      repeats = repeatsWithin(loop);
      depth++;
      locals.put(loop.iterVar(), new Local(depth, range, together));
      locals.put(loop.accuVar(), new Local(depth, Size.SMALL, Size.SMALL));
      visit(loop.loopCondition());
      Size step = visit(loop.loopStep());
      depth--;
      repeats = before;
      locals.remove(loop.iterVar());
      visit(loop.result());
      locals.clear();
      locals.putAll(outer);
      return isBuilding(loop) ? start.plus(step.times(Expressions.MAX_ITERATIONS)) : Size.SMALL;
    }

    /// `map` and `filter` gather a list.
    private static boolean isBuilding(CelComprehension loop) {
      return loop.accuInit().getKind() == CelExpr.ExprKind.Kind.LIST;
    }
  }
}
