package dev.interceptor.core.token;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Idle `Signature` objects of one key and one use, so that a call neither makes one nor waits for
/// one. Lock-free, and bounded: what finds no place is left to the collector.
final class SignaturePool {
  /// About as many threads as are ever inside native code at once.
  private static final int PLACES = 32;

  private final Source source;
  private final AtomicReferenceArray<@Nullable Signature> idle = new AtomicReferenceArray<>(PLACES);

  interface Source {
    Signature create() throws GeneralSecurityException;
  }

  SignaturePool(Source source) {
    this.source = source;
  }

  /// An object that nobody else holds.
  Signature take() throws GeneralSecurityException {
    int start = start();
    for (int i = 0; i < PLACES; i++) {
      int place = (start + i) % PLACES;
      if (idle.getPlain(place) != null) {
        Signature taken = idle.getAndSet(place, null);
        if (taken != null) {
          return taken;
        }
      }
    }
    return source.create();
  }

  /// @param used not to be touched by the caller again; has answered and not thrown
  void giveBack(Signature used) {
    int start = start();
    for (int i = 0; i < PLACES; i++) {
      if (idle.compareAndSet((start + i) % PLACES, null, used)) {
        return;
      }
    }
  }

  /// Spreads the threads, so that they do not meet at one place.
  private static int start() {
    return (int) (Thread.currentThread().threadId() % PLACES);
  }
}
