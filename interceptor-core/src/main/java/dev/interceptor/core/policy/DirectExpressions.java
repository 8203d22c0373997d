package dev.interceptor.core.policy;

import com.google.re2j.Pattern;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.interceptor.core.json.JsonArray;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.session.Label;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;

/// Turns the expressions that policies mostly consist of into {@link Direct} parts, which look at
/// JSON as it is and allocate next to nothing.
///
/// CEL's runtime stays the authority: what is not known here for sure (arithmetic, conversions,
/// time, `map`, `filter`, `exists_one`, bools compared as values) is left to it, and a test
/// compares both on random expressions and arguments.
final class DirectExpressions {
  private static final Map<String, IntPredicate> ORDERS =
      Map.of(
          "_<_", sign -> sign < 0,
          "_<=_", sign -> sign <= 0,
          "_>_", sign -> sign > 0,
          "_>=_", sign -> sign >= 0);

  private static final Map<String, BiPredicate<String, String>> TEXT_TESTS =
      Map.of(
          "contains",
          String::contains,
          "startsWith",
          String::startsWith,
          "endsWith",
          String::endsWith,
          ExpressionFunctions.WITHIN,
          Containment::within,
          ExpressionFunctions.IN_CIDR,
          ExpressionFunctions::inCidr);

  private final CelAbstractSyntaxTree ast;
  private final List<String> loops = new ArrayList<>();

  private DirectExpressions(CelAbstractSyntaxTree ast) {
    this.ast = ast;
  }

  /// Says that an expression is not for this class.
  private static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unknown() {
      super(null, null, false, false);
    }
  }

  /// @return empty if the expression has a part that is left to CEL's runtime
  static Optional<Direct.Answer> compile(CelAbstractSyntaxTree ast) {
    try {
      return Optional.of(new DirectExpressions(ast).answer(ast.getExpr()));
    } catch (Unknown e) {
      return Optional.empty();
    }
  }

  private Direct.Answer answer(CelExpr part) {
    CelExpr expr = ExpressionReads.plain(part);
    if (isPlace(expr)) {
      return Direct.flag(value(expr));
    }
    return switch (expr.getKind()) {
      case CONSTANT -> Direct.flag(value(expr));
      case SELECT -> Direct.has(value(expr.select().operand()), expr.select().field());
      case CALL -> called(expr.call());
      case COMPREHENSION -> loop(expr.comprehension());
      case NOT_SET, IDENT, LIST, MAP, STRUCT -> throw new Unknown();
    };
  }

  /// Whether the part is a variable or something inside of one, whose kind is not known.
  private static boolean isPlace(CelExpr part) {
    CelExpr expr = ExpressionReads.plain(part);
    return expr.getKind() == Kind.IDENT
        || (expr.getKind() == Kind.SELECT && !expr.select().testOnly())
        || (expr.getKind() == Kind.CALL && expr.call().function().equals("_[_]"));
  }

  private Direct.Answer called(CelCall call) {
    List<CelExpr> operands = ExpressionReads.operands(call);
    IntPredicate order = ORDERS.get(call.function());
    if (order != null) {
      return Direct.ordered(value(operands.get(0)), value(operands.get(1)), order);
    }
    BiPredicate<String, String> test = TEXT_TESTS.get(call.function());
    if (test != null) {
      return Direct.onTexts(value(operands.get(0)), value(operands.get(1)), test);
    }
    return switch (call.function()) {
      case "_&&_" -> joined(operands, Truth.FALSE);
      case "_||_" -> joined(operands, Truth.TRUE);
      case "!_" -> Direct.not(answer(operands.getFirst()));
      case "_?_:_" ->
          Direct.choice(answer(operands.get(0)), bool(operands.get(1)), bool(operands.get(2)));
      case "_==_" -> Direct.equal(value(operands.get(0)), value(operands.get(1)));
      case "_!=_" -> Direct.not(Direct.equal(value(operands.get(0)), value(operands.get(1))));
      case "@in" -> in(operands);
      case "matches" ->
          Direct.matches(value(operands.get(0)), Pattern.compile(constantText(operands.get(1))));
      case ExpressionFunctions.IS_PRIVATE ->
          Direct.onText(value(operands.getFirst()), WebAddress::isPrivate);
      default -> throw new Unknown();
    };
  }

  /// A part that is a bool for sure.
  private Direct.Answer bool(CelExpr expr) {
    if (isPlace(expr)) {
      throw new Unknown();
    }
    return answer(expr);
  }

  private Direct.Answer joined(List<CelExpr> operands, Truth settling) {
    CelExpr left = operands.get(0);
    Direct.Answer right = answer(operands.get(1));
    return isPlace(left)
        ? Direct.joinedToFlag(value(left), right, settling)
        : Direct.joined(answer(left), right, settling);
  }

  private Direct.Answer in(List<CelExpr> operands) {
    Direct.Value element = value(operands.get(0));
    return switch (ExpressionReads.variable(ast, operands.get(1)).orElse("")) {
      case Expressions.SESSION_TAINTS ->
          Direct.inNames(element, situation -> situation.session().labels(), Label::value);
      case Expressions.TOOL_CLASSES ->
          Direct.inNames(element, situation -> situation.plan().classNames(), name -> name);
      default -> Direct.in(element, value(operands.get(1)));
    };
  }

  private static String constantText(CelExpr expr) {
    return ExpressionReads.constantText(expr).orElseThrow(Unknown::new);
  }

  private Direct.Value value(CelExpr part) {
    CelExpr expr = ExpressionReads.plain(part);
    Optional<String> variable = ExpressionReads.variable(ast, expr);
    return switch (expr.getKind()) {
      case CONSTANT -> {
        JsonValue constant = constant(expr);
        yield frame -> constant;
      }
      case IDENT -> {
        int depth = loops.lastIndexOf(expr.ident().name());
        yield depth >= 0 ? frame -> frame.local(depth) : variable(variable.orElse(""));
      }
      case SELECT -> {
        if (variable.isPresent()) {
          yield variable(variable.get());
        }
        if (expr.select().testOnly()) {
          throw new Unknown();
        }
        yield Direct.member(value(expr.select().operand()), expr.select().field());
      }
      case CALL -> calledForValue(expr.call());
      case LIST -> {
        JsonValue list =
            new JsonArray(
                expr.list().elements().stream().map(DirectExpressions::constant).toList());
        yield frame -> list;
      }
      case NOT_SET, MAP, STRUCT, COMPREHENSION -> throw new Unknown();
    };
  }

  private Direct.Value calledForValue(CelCall call) {
    List<CelExpr> operands = ExpressionReads.operands(call);
    return switch (call.function()) {
      case "_[_]" -> {
        Direct.Value whole = value(operands.get(0));
        Optional<String> name = ExpressionReads.constantText(operands.get(1));
        yield name.isPresent()
            ? Direct.member(whole, name.get())
            : Direct.element(whole, index(operands.get(1)));
      }
      case "size" -> Direct.size(value(operands.getFirst()));
      case ExpressionFunctions.HOST -> Direct.mapped(value(operands.getFirst()), WebAddress::host);
      case ExpressionFunctions.DOMAIN ->
          Direct.mapped(value(operands.getFirst()), MailAddress::domain);
      default -> throw new Unknown();
    };
  }

  private static long index(CelExpr expr) {
    if (expr.getKind() == Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.INT64_VALUE) {
      return expr.constant().int64Value();
    }
    throw new Unknown();
  }

  private static JsonValue constant(CelExpr expr) {
    return ExactConstants.of(expr).orElseThrow(Unknown::new);
  }

  private static Direct.Value variable(String name) {
    return switch (name) {
      case Expressions.ARGS -> frame -> frame.situation().call().arguments().value();
      case Expressions.TOOL_NAME -> Direct.Frame::toolName;
      case Expressions.PRINCIPAL_CUSTOMER, Expressions.PRINCIPAL_KEY, Expressions.REQUEST_IP ->
          frame ->
              frame.situation().variable(name).orElse(null) instanceof String text
                  ? new JsonString(text)
                  : null;
      case Expressions.SESSION_CALLS ->
          frame -> new JsonNumber(frame.situation().session().calls());
      case Expressions.SESSION_TAINTS ->
          frame -> texts(frame.situation().session().labels().stream().map(Label::value).toList());
      case Expressions.TOOL_CLASSES -> frame -> texts(frame.situation().plan().classNames());
      default -> throw new Unknown();
    };
  }

  private static JsonValue texts(Collection<String> texts) {
    return new JsonArray(texts.stream().<JsonValue>map(JsonString::new).toList());
  }

  /// `all` and `exists`, by the shape that CEL's macros give them.
  private Direct.Answer loop(CelComprehension loop) {
    boolean all = isTruth(loop.accuInit(), true) && isCall(loop.loopStep(), "_&&_");
    boolean exists = isTruth(loop.accuInit(), false) && isCall(loop.loopStep(), "_||_");
    if (!(all || exists)
        || loops.size() == Direct.MAX_DEPTH
        || !loop.iterVar2().isEmpty()
        || !isVariable(loop.result(), loop.accuVar())
        || !isVariable(loop.loopStep().call().args().get(0), loop.accuVar())) {
      throw new Unknown();
    }
    Direct.Value range = value(loop.iterRange());
    int depth = loops.size();
    loops.add(loop.iterVar());
    Direct.Answer test = answer(loop.loopStep().call().args().get(1));
    loops.removeLast();
    return Direct.loop(range, depth, test, all ? Truth.FALSE : Truth.TRUE);
  }

  private static boolean isTruth(CelExpr expr, boolean value) {
    return expr.getKind() == Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
        && expr.constant().booleanValue() == value;
  }

  private static boolean isCall(CelExpr expr, String function) {
    return expr.getKind() == Kind.CALL && expr.call().function().equals(function);
  }

  private static boolean isVariable(CelExpr expr, String name) {
    return expr.getKind() == Kind.IDENT && expr.ident().name().equals(name);
  }
}
