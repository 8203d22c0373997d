/// What is written down about a decision, and the proof that it was. Pure: rows leave, a store
/// writes them.
@NullMarked
package dev.interceptor.core.audit;

import org.jspecify.annotations.NullMarked;
