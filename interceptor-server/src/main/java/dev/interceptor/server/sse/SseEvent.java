package dev.interceptor.server.sse;

/// One event.
///
/// @param raw its bytes as they came: `data` and other fields, comments, the empty line, and
///   whatever stood between it and the event before
/// @param data in UTF-8, never empty
@SuppressWarnings("ArrayRecordComponent") // Read once and not compared.
public record SseEvent(byte[] raw, byte[] data) {}
