/// Which policy decides for whom, and where policies are kept.
@NullMarked
package dev.interceptor.server.policy;

import org.jspecify.annotations.NullMarked;
