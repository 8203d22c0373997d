/// Proof that no key, token or argument value is kept or shown where it does not belong.
@NullMarked
package dev.interceptor.server.secrecy;

import org.jspecify.annotations.NullMarked;
