/// Decision suites: stories of calls under one policy, each with the whole decision it has to get.
/// A text enters; what is wrong with it, or every decision beside the wanted one leaves.
@NullMarked
package dev.interceptor.core.decision.suite;

import org.jspecify.annotations.NullMarked;
