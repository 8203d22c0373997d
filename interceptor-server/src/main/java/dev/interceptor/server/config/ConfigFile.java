package dev.interceptor.server.config;

/// The configuration file's name, for messages, and its text; empty text where there is no file.
public record ConfigFile(String name, String text) {
  public static final ConfigFile NONE = new ConfigFile("(no file)", "");
}
