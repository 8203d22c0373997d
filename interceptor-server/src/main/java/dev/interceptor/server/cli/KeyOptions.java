package dev.interceptor.server.cli;

import dev.interceptor.core.identity.ApiKeyId;
import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.identity.KeyRole;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How the commands about keys read their arguments.
final class KeyOptions {
  private KeyOptions() {}

  static final class ToKeyId implements ITypeConverter<ApiKeyId> {
    @Override
    public ApiKeyId convert(String text) {
      try {
        return new ApiKeyId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ToCustomerId implements ITypeConverter<CustomerId> {
    @Override
    public CustomerId convert(String text) {
      try {
        return new CustomerId(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ToRole implements ITypeConverter<KeyRole> {
    @Override
    public KeyRole convert(String text) {
      return KeyRole.ofWord(text)
          .orElseThrow(() ->
              new TypeConversionException("a role is agent, server, viewer, operator or admin"));
    }
  }

  /// `90d`, `12h`, `30m` or `10s`.
  static final class ToDuration implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        String upper = text.toUpperCase(Locale.ROOT);
        Duration length = Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
        if (!length.isNegative()) {
          return length;
        }
      } catch (DateTimeParseException _) {
        throw new TypeConversionException("write a length of time such as 90d, 12h or 30m");
      }
      throw new TypeConversionException("a length of time is not negative");
    }
  }
}
