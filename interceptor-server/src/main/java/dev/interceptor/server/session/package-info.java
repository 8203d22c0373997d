/// Where session state lives between calls: Redis as a fast projection, the decision log as the
/// truth. SPEC §5.
@NullMarked
package dev.interceptor.server.session;

import org.jspecify.annotations.NullMarked;
