/// The verifiers and guards under `examples/` that are not Java, held to the core: they run as
/// processes of their own, with the packages that their manifests name.
@NullMarked
package dev.interceptor.server.languages;

import org.jspecify.annotations.NullMarked;
