/// Which definitions of tools are trusted: pinned at first sight or by an operator, and blocked
/// when they change. Listings of tool servers and approvals enter; verdicts and differences leave.
@NullMarked
package dev.interceptor.server.pinning;

import org.jspecify.annotations.NullMarked;
