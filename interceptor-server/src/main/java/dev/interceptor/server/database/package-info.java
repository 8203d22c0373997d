/// PostgreSQL: pooled connections that never wait long, and the schema that they must find.
/// Settings enter; data sources and the list of schema problems leave.
@NullMarked
package dev.interceptor.server.database;

import org.jspecify.annotations.NullMarked;
