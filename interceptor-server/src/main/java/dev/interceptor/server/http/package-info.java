/// The two listeners: routes on one screen, limits, request ids, health.
@NullMarked
package dev.interceptor.server.http;

import org.jspecify.annotations.NullMarked;
