/// Who is asking: customers, API keys and the principal that a verified credential stands for.
@NullMarked
package dev.interceptor.core.identity;

import org.jspecify.annotations.NullMarked;
