/// The policy language: text enters, a compiled and immutable `PolicySet` or every problem with its
/// place leaves.
@NullMarked
package dev.interceptor.core.policy;

import org.jspecify.annotations.NullMarked;
