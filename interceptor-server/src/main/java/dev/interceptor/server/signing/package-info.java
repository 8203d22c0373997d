/// Signing keys on disk, looked at ten times a second and changed by commands while servers run. A
/// directory or a list of PEM files enters, the key ring of the moment leaves, or nothing if it is
/// not of the last 10 s. SPEC §6.
@NullMarked
package dev.interceptor.server.signing;

import org.jspecify.annotations.NullMarked;
