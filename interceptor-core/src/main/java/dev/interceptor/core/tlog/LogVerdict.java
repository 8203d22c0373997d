package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What came out of a [LogVerification].
///
/// @param entries how many places of the log were looked at
/// @param rows how many of them still have their row
/// @param root over the entries; it is the log's if there are no findings
/// @param signed how many entries the newest checkpoint covers that they agree with
/// @param vouched how many entries the newest checkpoint or the head covers that they agree with
/// @param findings those about rows first, by row
public record LogVerdict(
    long entries, long rows, Sha256 root, long signed, long vouched, List<Finding> findings) {
  public LogVerdict {
    findings = List.copyOf(findings);
  }

  public boolean isClean() {
    return findings.isEmpty();
  }

  /// The same with a finding more.
  public LogVerdict with(Finding finding) {
    List<Finding> more = Stream.concat(findings.stream(), Stream.of(finding)).toList();
    return new LogVerdict(entries, rows, root, signed, vouched, more);
  }

  public Optional<Finding> first() {
    return findings.stream().findFirst();
  }
}
