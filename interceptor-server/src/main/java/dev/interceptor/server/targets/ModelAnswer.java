package dev.interceptor.server.targets;

import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The answer of the provider that really answered, also after a fallback.
public interface ModelAnswer {
  /// The provider's name in the configuration.
  String provider();

  /// What the provider calls the model.
  String model();

  /// The trust of this provider in this pool; FULL for all without strict mode.
  Trust trust();

  /// How many requests to providers this one answer took, itself included.
  int attempts();

  /// 200 to 299 or 400 to 599: anything else is a [ModelFault].
  int status();

  /// The status that the answer amounts to if it is no success: its own, or the one of an error
  /// object that came under a 2xx instead of an answer; 502 for a 2xx without a body.
  OptionalInt failure();

  /// Not for passing on as they are: which headers reach a client is the client's side's choice.
  Optional<String> header(String name);

  /// As the provider announced it.
  OptionalLong contentLength();

  /// The body as it comes in. Its reads throw [ModelFault].
  InputStream body();
}
