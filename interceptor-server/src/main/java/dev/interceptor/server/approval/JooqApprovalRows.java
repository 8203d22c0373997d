package dev.interceptor.server.approval;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.policy.RuleId;
import dev.interceptor.core.session.Label;
import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.tool.ToolClass;
import dev.interceptor.core.tool.ToolName;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.migrations.tables.tables.records.ApprovalsRecord;
import dev.interceptor.server.session.SessionKey;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;

/// A row and what it stands for.
final class JooqApprovalRows {
  private JooqApprovalRows() {}

  /// A request that is new.
  static ApprovalsRecord pending(
      ApprovalId id,
      ApprovalBinding binding,
      ApprovalDemand demand,
      Instant at,
      Instant expiresAt) {
    var row = new ApprovalsRecord();
    row.setId(UUID.fromString(id.value()));
    row.setCustomerId(binding.session().customer().value());
    row.setSessionId(binding.session().session().value());
    row.setUpstream(binding.tool().upstream().value());
    row.setTool(binding.tool().name().value());
    row.setArgsDigest(binding.arguments().hex());
    row.setArgs(demand.arguments().text().orElse(null));
    row.setArgsBytes(demand.arguments().bytes());
    row.setKeyId(demand.key().value());
    row.setClasses(texts(demand.classes()));
    row.setLabels(texts(demand.labels()));
    row.setRules(texts(demand.rules()));
    row.setMessage(demand.message().orElse(null));
    row.setState(ApprovalState.PENDING.word());
    row.setRequestedAt(utc(at));
    row.setLastAskedAt(utc(at));
    row.setTimesAsked(1L);
    row.setExpiresAt(utc(expiresAt));
    return row;
  }

  static Approval approval(ApprovalsRecord row) {
    return new Approval(
        new ApprovalId(row.getId().toString()),
        new ApprovalBinding(
            new SessionKey(new CustomerId(row.getCustomerId()), new SessionId(row.getSessionId())),
            new ToolRef(new UpstreamName(row.getUpstream()), new ToolName(row.getTool())),
            Sha256.ofHex(row.getArgsDigest())),
        new ApprovalDemand(
            new ApiKeyId(row.getKeyId()),
            Arrays.stream(row.getRules()).map(RuleId::new).toList(),
            Optional.ofNullable(row.getMessage()),
            set(row.getClasses(), ToolClass::new),
            set(row.getLabels(), Label::new),
            new ShownArguments(Optional.ofNullable(row.getArgs()), row.getArgsBytes())),
        ApprovalState.ofWord(row.getState()),
        new Approval.Times(
            row.getRequestedAt().toInstant(),
            row.getLastAskedAt().toInstant(),
            row.getTimesAsked(),
            row.getExpiresAt().toInstant()),
        said(row),
        Optional.ofNullable(row.getClaimedBy()).map(UUID::toString));
  }

  private static Optional<Approval.Said> said(ApprovalsRecord row) {
    return Optional.ofNullable(row.getDecidedAt())
        .map(at ->
            new Approval.Said(
                row.getDecidedBy(),
                at.toInstant(),
                Optional.ofNullable(row.getReason()).orElse("")));
  }

  private static String[] texts(Collection<?> values) {
    return values.stream().map(Object::toString).toArray(String[]::new);
  }

  private static <T extends Comparable<T>> SortedSet<T> set(
      String[] values, Function<String, T> type) {
    var all = new TreeSet<T>();
    Arrays.stream(values).map(type).forEach(all::add);
    return all;
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
