package dev.interceptor.server.audit;

import dev.interceptor.core.json.CanonicalJson;
import dev.interceptor.core.json.JsonLimits;
import dev.interceptor.core.json.JsonNumber;
import dev.interceptor.core.json.JsonObject;
import dev.interceptor.core.json.JsonString;
import dev.interceptor.core.json.JsonValue;
import dev.interceptor.core.json.MalformedJsonException;
import dev.interceptor.core.json.StrictJson;
import dev.interceptor.core.tlog.Checkpoint;
import dev.interceptor.core.tlog.LogProof;
import dev.interceptor.core.tlog.NoteKey;
import dev.interceptor.core.tlog.TreeHash;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A receipt as JSON: what the server answers, and what anybody can check without the server.
public final class ReceiptFile {
  private static final JsonLimits LIMITS = new JsonLimits(64, 8 * 1024 * 1024);

  private ReceiptFile() {}

  /// `decision`, `log_index`, `proof` and `verifier_key`.
  public static JsonObject json(Receipts.Receipt receipt) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    members.put("decision", receipt.decision().members());
    members.put("log_index", new JsonNumber(receipt.proof().index()));
    members.put("proof", new JsonString(receipt.proof().text()));
    members.put("verifier_key", new JsonString(receipt.verifier().toString()));
    return new JsonObject(members);
  }

  /// Checks a receipt. The key that the receipt itself names is not looked at.
  ///
  /// @param keys the log's, got another way than the receipt
  /// @return the checkpoint that covers the decision, or nothing if the receipt proves nothing
  /// @throws IllegalArgumentException if the text is no receipt
  public static Optional<Checkpoint> verify(byte[] receipt, List<NoteKey> keys) {
    JsonObject json = parse(receipt);
    JsonValue decision = json.member("decision").orElseThrow(ReceiptFile::noReceipt);
    LogProof proof =
        json.member("proof")
            .filter(JsonString.class::isInstance)
            .flatMap(text -> LogProof.parse(((JsonString) text).value()))
            .orElseThrow(ReceiptFile::noReceipt);
    boolean saysItsPlace =
        json.member("log_index").filter(new JsonNumber(proof.index())::equals).isPresent();
    var leaf = TreeHash.leaf(CanonicalJson.bytes(decision));
    return keys.stream()
        .filter(_ -> saysItsPlace)
        .flatMap(key -> proof.verify(leaf, key).stream())
        .findFirst();
  }

  private static JsonObject parse(byte[] receipt) {
    try {
      return StrictJson.parseObject(receipt, LIMITS);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("the receipt is not JSON: " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException noReceipt() {
    return new IllegalArgumentException(
        "this is not a receipt: it has to have `decision`, `log_index` and `proof`, as GET"
            + " /proxy/decisions/ID answers");
  }

  /// The JSON that is sent.
  public static String text(Receipts.Receipt receipt) {
    return new String(CanonicalJson.bytes(json(receipt)), StandardCharsets.UTF_8);
  }
}
