/// Names and units of all metrics in one place.
@NullMarked
package dev.interceptor.server.telemetry;

import org.jspecify.annotations.NullMarked;
