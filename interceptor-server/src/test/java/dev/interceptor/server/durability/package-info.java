/// Proof that the log cannot be skipped: processes are killed, disks are full and locks are held
/// under load, and every token that anybody saw has its permit on record.
@NullMarked
package dev.interceptor.server.durability;

import org.jspecify.annotations.NullMarked;
