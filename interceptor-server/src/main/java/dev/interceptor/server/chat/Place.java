package dev.interceptor.server.chat;

import org.jspecify.annotations.Nullable;

/// Where something stands in a request: `messages[3].content`. Written out only when somebody reads
/// it.
final class Place {
  static final Place ROOT = new Place(null, "", -1);

  private final @Nullable Place parent;
  private final String name;
  private final int index;

  private Place(@Nullable Place parent, String name, int index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  Place member(String name) {
    return new Place(this, name, -1);
  }

  Place element(int index) {
    return new Place(this, "", index);
  }

  @Override
  public String toString() {
    var path = new StringBuilder();
    write(path);
    return path.toString();
  }

  private void write(StringBuilder path) {
    if (parent == null) {
      return;
    }
    parent.write(path);
    if (index >= 0) {
      path.append('[').append(index).append(']');
      return;
    }
    path.append(path.isEmpty() ? "" : ".").append(shown());
  }

  /// A name of the client's as far as it is plain enough to repeat.
  private String shown() {
    return name.matches("[A-Za-z0-9_$-]{1,40}") ? name : "(name not repeated)";
  }
}
