package dev.interceptor.server.sse;

import java.io.IOException;

/// An event, or a line, is longer than its reader allows.
public final class EventTooLongException extends IOException {
  private static final long serialVersionUID = 1L;

  public EventTooLongException(int maxBytes) {
    super("an event is longer than " + maxBytes + " bytes");
  }
}
