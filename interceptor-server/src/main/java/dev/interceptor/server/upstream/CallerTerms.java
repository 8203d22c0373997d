package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

/// What a server gets to know of a call's caller: as much as the configuration exposes.
///
/// @param capabilities `elicitation`, `sampling` and `roots` as the client declared them
/// @param logLevel the least level of log messages that the client wants
/// @param trace the trace that the call is part of
record CallerTerms(
    ObjectNode capabilities,
    Optional<LogLevel> logLevel,
    boolean progress,
    Optional<TraceContext> trace) {
  /// Of a caller that can be asked nothing and hears nothing.
  static final CallerTerms NONE =
      new CallerTerms(Messages.object(), Optional.empty(), false, Optional.empty());

  static CallerTerms of(Caller caller, Set<Feature> exposed) {
    boolean progress = caller.wantsProgress();
    Optional<LogLevel> level =
        exposed.contains(Feature.LOGGING)
            ? caller.logLevel().flatMap(LogLevel::of)
            : Optional.empty();
    boolean askable = !Collections.disjoint(exposed, Feature.QUESTIONS);
    Optional<TraceContext> trace = caller.trace();
    return progress || level.isPresent() || askable || trace.isPresent()
        ? new CallerTerms(
            askable ? askable(caller, exposed) : NONE.capabilities, level, progress, trace)
        : NONE;
  }

  private static ObjectNode askable(Caller caller, Set<Feature> exposed) {
    ObjectNode shown = Messages.object();
    ObjectNode declared = caller.capabilities();
    for (Feature question : Feature.QUESTIONS) {
      JsonNode capability = declared.path(question.word());
      if (capability.isObject() && exposed.contains(question)) {
        shown.set(question.word(), capability);
      }
    }
    return shown;
  }

  /// Writes where in a trace the call belongs.
  void traceInto(ObjectNode meta) {
    trace.ifPresent(known -> meta.put("traceparent", known.traceparent()));
  }

  boolean areNone() {
    return capabilities.isEmpty() && logLevel.isEmpty() && !progress && trace.isEmpty();
  }
}
