/// Signing keys on disk: one PKCS#8 file each in a directory that only the owner can read. A
/// directory enters, a key ring leaves. SPEC §6.
@NullMarked
package dev.interceptor.server.signing;

import org.jspecify.annotations.NullMarked;
