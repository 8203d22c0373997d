/// API keys and who they stand for. A presented credential enters; an accepted principal or a
/// rejection leaves. Keys are known by their SHA-256 only. SPEC §3.
@NullMarked
package dev.interceptor.server.identity;

import org.jspecify.annotations.NullMarked;
