/// Proof that a call is decided by one version of a policy, whole, while versions change, over two
/// server processes.
@NullMarked
package dev.interceptor.server.policyswap;

import org.jspecify.annotations.NullMarked;
