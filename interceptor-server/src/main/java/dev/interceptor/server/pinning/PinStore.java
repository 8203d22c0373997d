package dev.interceptor.server.pinning;

import dev.interceptor.core.json.Sha256;
import dev.interceptor.core.tool.ToolRef;
import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.upstream.Pinning;
import dev.interceptor.server.upstream.ToolDefinition;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/// The pinned definitions of all tools.
///
/// *Guarantees*: of two first sights of a tool one is pinned, whoever else sees another definition
/// at the same moment; a pin changes by an approval only, and every one there ever was stays on
/// record. *Does not*: forget a tool that is no longer listed. Every method throws
/// `InterceptorException` STATE_UNAVAILABLE when the store does not answer in time. Safe for use by
/// many threads.
public interface PinStore {
  /// The most tools that are kept of one upstream; others are never trusted.
  int MAX_PINS = 20_000;

  /// Every tool that was ever listed, in the order of upstreams and names.
  List<ToolPin> all();

  Optional<Texts> find(ToolRef tool);

  /// Every definition of the tool that was trusted, the newest first.
  List<ToolPin.Pinned> history(ToolRef tool);

  /// Takes in what an upstream lists: pins what was never seen before, or notes that it awaits
  /// approval, and notes what changed.
  ///
  /// @param listing all of it; a known tool that is not in it is gone
  void see(UpstreamName upstream, Pinning how, List<ToolDefinition> listing);

  /// Trusts a definition from now on.
  ///
  /// @param reviewed digest of the definition that was looked at
  /// @param by who approves, for the record
  /// @throws IllegalArgumentException if `by` is not 1 to 128 characters of one line
  Approved approve(ToolRef tool, Sha256 reviewed, String by);

  /// A tool with the canonical texts of its definitions.
  record Texts(ToolPin pin, Optional<String> pinned, Optional<String> seen) {}

  /// What became of an approval.
  sealed interface Approved {
    record Done(ToolPin pin) implements Approved {}

    /// Nothing was changed: somebody has approved that definition before.
    record Already(ToolPin pin) implements Approved {}

    /// Nothing was changed: another definition awaits approval than the one that was reviewed.
    record OtherDefinition(ToolPin pin) implements Approved {}

    /// No such tool was ever listed.
    record Unknown() implements Approved {}
  }

  /// Pins in PostgreSQL, over connections of the caller's choice.
  static PinStore postgres(DataSource database, InstantSource clock) {
    return new JooqPinStore(database, clock);
  }

  /// @throws IllegalArgumentException saying what to write instead
  static void requireName(String by) {
    if (!Syntax.NAME.matcher(by).matches()) {
      throw new IllegalArgumentException(
          "who approves is named by 1 to 128 characters of one line");
    }
  }

  /// How names are written: no control or invisible characters.
  final class Syntax {
    private static final Pattern NAME = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{1,128}");

    private Syntax() {}
  }
}
