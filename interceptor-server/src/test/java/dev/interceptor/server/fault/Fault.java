package dev.interceptor.server.fault;

import dev.interceptor.server.embedded.EmbeddedServices;
import dev.interceptor.server.live.FrozenProcess;

/// What can befall the two stores.
enum Fault {
  POSTGRES_STOPPED,
  REDIS_STOPPED,
  POSTGRES_FROZEN,
  REDIS_FROZEN;

  /// @return ends the fault
  AutoCloseable inject(EmbeddedServices services) throws Exception {
    return switch (this) {
      case POSTGRES_STOPPED -> {
        services.stopPostgres();
        yield services::startPostgres;
      }
      case REDIS_STOPPED -> {
        services.stopRedis();
        yield services::startRedis;
      }
      case POSTGRES_FROZEN -> FrozenProcess.freeze(services.postgresPid());
      case REDIS_FROZEN -> FrozenProcess.freeze(services.redisPid());
    };
  }
}
