package dev.interceptor.server.upstream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A caller that remembers what it hears and leaves when it is told to.
final class TestCaller implements Caller {
  private final String capabilities;
  private final Optional<String> logLevel;
  private final List<Notice> heard = new CopyOnWriteArrayList<>();
  private final List<Runnable> aborts = new CopyOnWriteArrayList<>();
  private volatile boolean gone;

  TestCaller(String capabilities, Optional<String> logLevel) {
    this.capabilities = capabilities;
    this.logLevel = logLevel;
  }

  static TestCaller listening() {
    return new TestCaller("{}", Optional.of("warning"));
  }

  List<Notice> heard() {
    return heard;
  }

  void leave() {
    gone = true;
    aborts.forEach(Runnable::run);
  }

  @Override
  public ObjectNode capabilities() {
    try {
      return (ObjectNode) new ObjectMapper().readTree(capabilities);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean wantsProgress() {
    return true;
  }

  @Override
  public Optional<String> logLevel() {
    return logLevel;
  }

  @Override
  public void hears(Notice notice) {
    heard.add(notice);
  }

  @Override
  public Registration onLeave(Runnable abort) {
    aborts.add(abort);
    if (gone) {
      abort.run();
    }
    return () -> aborts.remove(abort);
  }
}
