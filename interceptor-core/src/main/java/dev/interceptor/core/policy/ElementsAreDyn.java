package dev.interceptor.core.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelMutableAst;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import java.util.ArrayList;
import java.util.List;

/// Gives `args.list[0]` the type that CEL says it has.
///
/// The checker of CEL's Java implementation takes an element of a `dyn` for whatever it is first
/// compared with, so that `args.list[0] > 5` would be about ints only and never hold for a JSON
/// number. Every `a[b]` is therefore checked as `dyn(a[b])`.
final class ElementsAreDyn {
  private long nextId;

  private ElementsAreDyn(long nextId) {
    this.nextId = nextId;
  }

  /// Whether there is any `a[b]`.
  static boolean concerns(CelAbstractSyntaxTree ast) {
    return LiteralCheck.parts(ast.getExpr())
        .anyMatch(part -> part.getKind() == Kind.CALL && part.call().function().equals("_[_]"));
  }

  static CelAbstractSyntaxTree in(CelAbstractSyntaxTree parsed) {
    CelMutableAst ast = CelMutableAst.fromCelAst(parsed);
    List<CelMutableExpr> elements = new ArrayList<>();
    long lastId = collect(ast.expr(), elements);
    var rewriting = new ElementsAreDyn(lastId + 1);
    elements.forEach(rewriting::wrap);
    return ast.toParsedAst();
  }

  private void wrap(CelMutableExpr element) {
    var inner = CelMutableExpr.ofCall(nextId++, element.call());
    element.setCall(CelMutableCall.create("dyn", inner));
  }

  /// Finds the parts to wrap.
  ///
  /// @return the greatest id of all parts
  private static long collect(CelMutableExpr expr, List<CelMutableExpr> elements) {
    if (expr.getKind() == Kind.CALL && expr.call().function().equals("_[_]")) {
      elements.add(expr);
    }
    long last = expr.id();
    for (CelMutableExpr part : parts(expr)) {
      last = Math.max(last, collect(part, elements));
    }
    return last;
  }

  private static List<CelMutableExpr> parts(CelMutableExpr expr) {
    List<CelMutableExpr> parts = new ArrayList<>();
    switch (expr.getKind()) {
      case SELECT -> parts.add(expr.select().operand());
      case CALL -> {
        expr.call().target().ifPresent(parts::add);
        parts.addAll(expr.call().args());
      }
      case LIST -> parts.addAll(expr.list().elements());
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                parts.add(entry.key());
                parts.add(entry.value());
              });
      case STRUCT -> expr.struct().entries().forEach(entry -> parts.add(entry.value()));
      case COMPREHENSION -> {
        var loop = expr.comprehension();
        parts.addAll(
            List.of(
                loop.iterRange(),
                loop.accuInit(),
                loop.loopCondition(),
                loop.loopStep(),
                loop.result()));
      }
      case NOT_SET, CONSTANT, IDENT -> {}
    }
    return parts;
  }
}
