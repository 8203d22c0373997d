package dev.interceptor.server.upstream;

/// What a server lists besides tools.
public enum Listed {
  RESOURCES("resources/list", "resources", "uri"),
  RESOURCE_TEMPLATES("resources/templates/list", "resourceTemplates", "uriTemplate"),
  PROMPTS("prompts/list", "prompts", "name");

  private final String method;
  private final String member;
  private final String identity;

  Listed(String method, String member, String identity) {
    this.method = method;
    this.member = member;
    this.identity = identity;
  }

  public String method() {
    return method;
  }

  /// The member of the result that holds the list.
  public String member() {
    return member;
  }

  /// The member of an entry that tells it from others.
  public String identity() {
    return identity;
  }
}
