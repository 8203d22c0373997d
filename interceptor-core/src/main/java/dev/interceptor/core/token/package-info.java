/// Tokens for one call: minted from a permit, verified by the tool server, refused on any doubt.
/// RFC 7515, RFC 8037.
@NullMarked
package dev.interceptor.core.token;

import org.jspecify.annotations.NullMarked;
