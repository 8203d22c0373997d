package dev.interceptor.core.tlog;

import dev.interceptor.core.json.Sha256;
import java.util.Optional;
import java.util.OptionalLong;

/// One row of a log, as it was read.
///
/// @param recorded the leaf hash that the row holds
/// @param actual the leaf hash of the entry that the row's columns make; nothing if they make none
/// @param keptFrom what the row says if it is the record of a retention: the place from which on
///   every row is kept
public record LogRow(
    long idx, Optional<Sha256> recorded, Optional<Sha256> actual, OptionalLong keptFrom) {}
