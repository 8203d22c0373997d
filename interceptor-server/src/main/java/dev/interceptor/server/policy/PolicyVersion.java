package dev.interceptor.server.policy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interceptor.core.json.Sha256;
import java.time.Instant;

/// One version of a policy, as it was applied.
///
/// @param version from 1, without gaps
/// @param appliedBy who, such as `key abcd1234` or `cli jane`
public record PolicyVersion(
    String name, int version, Sha256 digest, Instant appliedAt, String appliedBy, String note) {

  /// The wire form, in the admin API and in `--json`.
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", name)
        .put("version", version)
        .put("digest", digest.hex())
        .put("applied_at", appliedAt.toString())
        .put("applied_by", appliedBy)
        .put("note", note);
  }
}
