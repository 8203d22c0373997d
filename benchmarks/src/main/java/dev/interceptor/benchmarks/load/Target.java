package dev.interceptor.benchmarks.load;

import java.net.URI;

/// Where a window of load goes.
///
/// @param name `direct` or `through`
/// @param sessions how the requests are numbered
record Target(String name, URI url, RequestTemplate request, LoadGenerator.Sessions sessions) {}
