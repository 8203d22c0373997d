package dev.interceptor.core.token;

/// The text is not a key, or not one that this profile uses. The message never repeats the text.
public final class MalformedKeyException extends Exception {
  MalformedKeyException(String problem) {
    super(problem, null, false, false);
  }
}
