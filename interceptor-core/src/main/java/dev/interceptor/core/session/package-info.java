/// What a session has touched. An immutable state enters, its successor leaves; nothing is stored
/// here.
@NullMarked
package dev.interceptor.core.session;

import org.jspecify.annotations.NullMarked;
