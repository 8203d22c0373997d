package dev.interceptor.server.chat;

import java.io.IOException;

/// The client does not take its answer any more.
final class ClientGoneException extends IOException {
  private static final long serialVersionUID = 1L;

  ClientGoneException(IOException cause) {
    super("the client has gone", cause);
  }
}
