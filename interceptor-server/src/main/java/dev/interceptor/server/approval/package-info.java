/// Approvals: calls that wait for a person, what the person said, and who used it. A refused call
/// enters as a request; an approval that is good for exactly that call, once, leaves. POLICY §3.
@NullMarked
package dev.interceptor.server.approval;

import org.jspecify.annotations.NullMarked;
