/// `/v1` under load beside another gateway: starts both and a stub provider as processes of their
/// own, drives them with one closed-loop generator, and compares. Options enter, a report leaves.
@NullMarked
package dev.interceptor.benchmarks.llm;

import org.jspecify.annotations.NullMarked;
