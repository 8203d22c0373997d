/// Configuration: one file and the environment enter, one immutable tree or every fault at once
/// leaves. SPEC §11.
@NullMarked
package dev.interceptor.server.config;

import org.jspecify.annotations.NullMarked;
