/// Which HTTP client the calls to tool servers go through, chosen by measurement: the same POST
/// over several clients, each in a process of its own. Options enter, a report leaves.
@NullMarked
package dev.interceptor.benchmarks.client;

import org.jspecify.annotations.NullMarked;
