package dev.interceptor.guard;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/// A request whose body is the bytes that were decided about, in UTF-8, however it is read.
final class DecidedRequest extends HttpServletRequestWrapper {
  private final ServletResponse response;
  private final ToolCallFilter filter;
  private final int length;
  private final Body body;
  private final BufferedReader reader;

  DecidedRequest(
      HttpServletRequest request, ServletResponse response, ToolCallFilter filter, byte[] bytes) {
    super(request);
    this.response = response;
    this.filter = filter;
    this.length = bytes.length;
    this.body = new Body(bytes);
    Reader text = new InputStreamReader(body, StandardCharsets.UTF_8);
    this.reader = new BufferedReader(text);
  }

  boolean isDecidedBy(ToolCallFilter other) {
    return filter.equals(other);
  }

  @Override
  public ServletInputStream getInputStream() {
    return body;
  }

  @Override
  public BufferedReader getReader() {
    return reader;
  }

  @Override
  public String getCharacterEncoding() {
    return StandardCharsets.UTF_8.name();
  }

  @Override
  public int getContentLength() {
    return length;
  }

  @Override
  public long getContentLengthLong() {
    return length;
  }

  /// Whoever goes on later gets this request, not the one that was read.
  @Override
  public AsyncContext startAsync() {
    return super.startAsync(this, response);
  }

  private static final class Body extends ServletInputStream {
    private final ByteArrayInputStream bytes;

    Body(byte[] bytes) {
      this.bytes = new ByteArrayInputStream(bytes);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return bytes.read(target, offset, length);
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    /// Everything is here already, so the listener is called at once.
    @Override
    public void setReadListener(ReadListener listener) {
      try {
        if (!isFinished()) {
          listener.onDataAvailable();
        }
        listener.onAllDataRead();
      } catch (IOException e) {
        listener.onError(e);
      }
    }
  }
}
