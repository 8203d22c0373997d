package dev.interceptor.server.pinning;

import java.time.InstantSource;

final class InMemoryPinStoreTest extends PinStoreContract {
  @Override
  PinStore open(InstantSource clock) {
    return new InMemoryPinStore(clock);
  }
}
