package dev.interceptor.server.audit;

import dev.interceptor.core.audit.LogEntry;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.LogEvidence;
import dev.interceptor.core.tlog.LogProof;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.Proofs;
import dev.interceptor.core.tlog.TreeHash;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/// What an agent can keep of a decision: the entry, and the proof that it is in the log.
public final class Receipts {
  private final JooqLogReader log;
  private final Checkpoints checkpoints;

  public Receipts(DataSource database, Checkpoints checkpoints) {
    this.log = JooqLogReader.of(database);
    this.checkpoints = checkpoints;
  }

  /// @param proof what proves, with `verifier`, that the log has `decision`
  public record Receipt(LogEntry decision, LogProof proof, NoteKey verifier) {}

  /// The receipt of a decision that was made for this key, or nothing if there is no such decision.
  ///
  /// @throws InterceptorException AUDIT_UNAVAILABLE if the log cannot be read, or does not prove
  ///   the entry
  public Optional<Receipt> find(String decisionId, Principal principal) {
    return uuid(decisionId)
        .flatMap(id -> log.decision(id, principal.customer().value()))
        .filter(row ->
            row.entry()
                .flatMap(entry -> entry.text("key_id"))
                .equals(Optional.of(principal.key().value())))
        .map(this::receipt);
  }

  private static Optional<UUID> uuid(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equals(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Receipt receipt(JooqAuditRows.Stored row) {
    LogEvidence.StoredCheckpoint checkpoint = checkpoints.covering(row.idx());
    Optional<Receipt> receipt = row.entry().flatMap(entry -> proven(entry, row.idx(), checkpoint));
    return receipt.orElseThrow(() ->
        InterceptorException.of(
            ErrorCode.AUDIT_UNAVAILABLE,
            "the audit log does not prove its entry " + row.idx() + "; see `audit verify`"));
  }

  private Optional<Receipt> proven(
      LogEntry entry, long idx, LogEvidence.StoredCheckpoint checkpoint) {
    Sha256 leaf = TreeHash.leaf(entry.canonical());
    NoteKey verifier = checkpoints.verifier();
    Optional<Checkpoint> opened =
        Checkpoint.open(checkpoint.note().getBytes(StandardCharsets.UTF_8), verifier);
    return opened
        .filter(signed -> signed.size() > idx)
        .flatMap(signed -> path(idx, signed.size()))
        .map(path -> new LogProof(idx, path, checkpoint.note()))
        .filter(proof -> proof.verify(leaf, verifier).isPresent())
        .map(proof -> new Receipt(entry, proof, verifier));
  }

  private Optional<List<Sha256>> path(long idx, long size) {
    try {
      return Optional.of(Proofs.inclusion(idx, size, log.subtrees()));
    } catch (IllegalArgumentException missingHashes) {
      return Optional.empty();
    }
  }
}
