package dev.interceptor.core.policy;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a checked expression looks at.
///
/// @param variables names of variables
/// @param arguments paths of arguments, see {@link CompiledExpression#argumentPaths}
record ExpressionReads(Set<String> variables, Set<List<String>> arguments) {

  static ExpressionReads of(CelAbstractSyntaxTree ast) {
    var walk = new Walk(ast);
    walk.visit(ast.getExpr());
    return new ExpressionReads(Set.copyOf(walk.variables), Set.copyOf(walk.arguments));
  }

  /// The variable that the whole of `expr` stands for.
  static Optional<String> variable(CelAbstractSyntaxTree ast, CelExpr expr) {
    return ast.getReference(expr.id())
        .filter(reference -> reference.value().isEmpty() && reference.overloadIds().isEmpty())
        .map(CelReference::name);
  }

  /// The parts of a call, the receiver first.
  static List<CelExpr> operands(CelExpr.CelCall call) {
    List<CelExpr> operands = new ArrayList<>(call.args().size() + 1);
    call.target().ifPresent(operands::add);
    operands.addAll(call.args());
    return operands;
  }

  /// The part without `dyn(…)` around it.
  static CelExpr plain(CelExpr expr) {
    CelExpr plain = expr;
    while (plain.getKind() == CelExpr.ExprKind.Kind.CALL
        && plain.call().function().equals("dyn")
        && plain.call().args().size() == 1) {
      plain = plain.call().args().getFirst();
    }
    return plain;
  }

  static Optional<String> constantText(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE
        ? Optional.of(expr.constant().stringValue())
        : Optional.empty();
  }

  private static final class Walk {
    private final CelAbstractSyntaxTree ast;
    private final Set<String> variables = new LinkedHashSet<>();
    private final Set<List<String>> arguments = new LinkedHashSet<>();
    private final Map<String, Optional<Path>> locals = new HashMap<>();

    Walk(CelAbstractSyntaxTree ast) {
      this.ast = ast;
    }

    /// @param inArray whether members are no longer followed
    private record Path(List<String> names, boolean inArray) {
      Path then(String name) {
        if (inArray) {
          return this;
        }
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        return new Path(List.copyOf(longer), false);
      }

      Path element() {
        return new Path(names, true);
      }
    }

    void visit(CelExpr part) {
      CelExpr expr = plain(part);
      Optional<Path> path = path(expr);
      if (path.isPresent()) {
        variables.add(Expressions.ARGS);
        arguments.add(path.get().names());
        return;
      }
      Optional<String> variable = variable(ast, expr);
      if (variable.isPresent()) {
        variables.add(variable.get());
        return;
      }
      switch (expr.getKind()) {
        case SELECT -> visit(expr.select().operand());
        case CALL -> operands(expr.call()).forEach(this::visit);
        case LIST -> expr.list().elements().forEach(this::visit);
        case MAP ->
            expr.map()
                .entries()
                .forEach(entry -> {
                  visit(entry.key());
                  visit(entry.value());
                });
        case STRUCT -> expr.struct().entries().forEach(entry -> visit(entry.value()));
        case COMPREHENSION -> comprehension(expr.comprehension());
        case NOT_SET, CONSTANT, IDENT -> {}
      }
    }

    private void comprehension(CelComprehension loop) {
      visit(loop.iterRange());
      Optional<Path> outer = locals.getOrDefault(loop.iterVar(), Optional.empty());
      locals.put(loop.iterVar(), path(loop.iterRange()).map(Path::element));
      visit(loop.accuInit());
      visit(loop.loopCondition());
      visit(loop.loopStep());
      visit(loop.result());
      locals.put(loop.iterVar(), outer);
    }

    private Optional<Path> path(CelExpr part) {
      CelExpr expr = plain(part);
      return switch (expr.getKind()) {
        case IDENT -> {
          String name = expr.ident().name();
          Optional<Path> local = locals.getOrDefault(name, Optional.empty());
          yield local.isEmpty() && name.equals(Expressions.ARGS)
              ? Optional.of(new Path(List.of(), false))
              : local;
        }
        case SELECT -> path(expr.select().operand()).map(path -> path.then(expr.select().field()));
        case CALL -> indexed(expr.call());
        case NOT_SET, CONSTANT, LIST, MAP, STRUCT, COMPREHENSION -> Optional.empty();
      };
    }

    private Optional<Path> indexed(CelExpr.CelCall call) {
      if (!call.function().equals("_[_]")) {
        return Optional.empty();
      }
      CelExpr index = call.args().get(1);
      Optional<String> name = constantText(index);
      Optional<Path> path = path(call.args().get(0));
      if (name.isPresent()) {
        return path.map(known -> known.then(name.get()));
      }
      return index.getKind() == CelExpr.ExprKind.Kind.CONSTANT
          ? path.map(Path::element)
          : Optional.empty();
    }
  }
}
