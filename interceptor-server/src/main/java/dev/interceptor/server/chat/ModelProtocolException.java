package dev.interceptor.server.chat;

import java.io.IOException;

/// A model's answer is not in the form that its format demands. The message holds nothing of the
/// answer.
final class ModelProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  ModelProtocolException(String operatorDetail) {
    super(operatorDetail);
  }
}
