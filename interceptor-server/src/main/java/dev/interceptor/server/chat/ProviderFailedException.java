package dev.interceptor.server.chat;

import dev.interceptor.server.targets.ModelFault;

/// No provider gave an answer that can be used, and nothing has left.
final class ProviderFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ModelFault fault;

  ProviderFailedException(ModelFault fault) {
    super(fault.getMessage(), fault, false, false);
    this.fault = fault;
  }

  ModelFault fault() {
    return fault;
  }
}
