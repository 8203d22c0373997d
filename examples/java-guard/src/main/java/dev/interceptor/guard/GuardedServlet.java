package dev.interceptor.guard;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A servlet of an MCP endpoint behind a [ToolCallFilter] that nothing can lead around: whatever
/// path, name or forward reaches the servlet, the guard is asked first.
public final class GuardedServlet implements Servlet {
  private final Servlet servlet;
  private final ToolCallFilter filter;

  public GuardedServlet(Servlet servlet, ToolCallGuard guard) {
    this.servlet = servlet;
    this.filter = new ToolCallFilter(guard);
  }

  @Override
  public void init(ServletConfig config) throws ServletException {
    servlet.init(config);
  }

  @Override
  public @Nullable ServletConfig getServletConfig() {
    return servlet.getServletConfig();
  }

  @Override
  public void service(ServletRequest request, ServletResponse response)
      throws ServletException, IOException {
    filter.doFilter(request, response, servlet::service);
  }

  @Override
  public @Nullable String getServletInfo() {
    return servlet.getServletInfo();
  }

  @Override
  public void destroy() {
    servlet.destroy();
  }
}
