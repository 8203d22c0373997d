package dev.interceptor.core.policy;

import dev.cel.common.ast.CelExpr;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds literals that can only fail: patterns, ranges and roots.
final class LiteralCheck {
  private LiteralCheck() {}

  /// The first problem.
  static Optional<String> problem(CelExpr expr) {
    return parts(expr)
        .filter(part -> part.getKind() == CelExpr.ExprKind.Kind.CALL)
        .flatMap(part -> ofCall(part.call()).stream())
        .findFirst();
  }

  private static Optional<String> ofCall(CelExpr.CelCall call) {
    Optional<String> last =
        Optional.of(ExpressionReads.operands(call))
            .filter(operands -> !operands.isEmpty())
            .map(List::getLast)
            .flatMap(ExpressionReads::constantText);
    return switch (call.function()) {
      case "matches" -> SafePattern.problem(call);
      case ExpressionFunctions.IN_CIDR ->
          last.filter(range -> Cidr.parse(range).isEmpty())
              .map(range ->
                  "the range of `inCidr` is not one; write its first address and the length of the"
                      + " prefix, as in `10.0.0.0/8`");
      case ExpressionFunctions.WITHIN ->
          last.filter(root -> !Containment.isRoot(root))
              .map(root -> "the root of `within` is not a plain absolute path like `/home/demo`");
      default -> Optional.empty();
    };
  }

  /// The expression and everything inside of it.
  static Stream<CelExpr> parts(CelExpr expr) {
    return Stream.concat(Stream.of(expr), children(expr).flatMap(LiteralCheck::parts));
  }

  private static Stream<CelExpr> children(CelExpr expr) {
    return switch (expr.getKind()) {
      case SELECT -> Stream.of(expr.select().operand());
      case CALL -> ExpressionReads.operands(expr.call()).stream();
      case LIST -> expr.list().elements().stream();
      case MAP ->
          expr.map().entries().stream().flatMap(entry -> Stream.of(entry.key(), entry.value()));
      case STRUCT -> expr.struct().entries().stream().map(CelExpr.CelStruct.Entry::value);
      case COMPREHENSION -> {
        var loop = expr.comprehension();
        yield Stream.of(
            loop.iterRange(),
            loop.accuInit(),
            loop.loopCondition(),
            loop.loopStep(),
            loop.result());
      }
      case NOT_SET, CONSTANT, IDENT -> Stream.empty();
    };
  }
}
