package dev.interceptor.benchmarks.load;

/// One window of load, in numbers. Times in microseconds, CPU in microseconds a request.
///
/// @param interceptorCpu of the interceptor's own process; NaN where it is not involved
/// @param storesCpu of PostgreSQL and Redis
/// @param residentMegabytes of the interceptor's process at the end
/// @param wrong how many answers were wrong; nothing else counts those
record Sample(
    double requestsPerSecond,
    double p50,
    double p95,
    double p99,
    double interceptorCpu,
    double storesCpu,
    double stubCpu,
    double generatorCpu,
    double residentMegabytes,
    double wrong) {}
