package dev.interceptor.server.guard;

/// A prompt's text for tests.
final class GivenText implements PromptText {
  private final PromptRole role;
  private final Form form;
  private final String name;
  private String text;

  GivenText(PromptRole role, Form form, String name, String text) {
    this.role = role;
    this.form = form;
    this.name = name;
    this.text = text;
  }

  static GivenText of(PromptRole role, String text) {
    return new GivenText(role, Form.PROSE, "content", text);
  }

  @Override
  public PromptRole role() {
    return role;
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public void replace(String text) {
    this.text = text;
  }
}
