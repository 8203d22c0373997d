package dev.interceptor.server.mcp;

import dev.interceptor.core.tool.UpstreamName;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import io.javalin.http.Context;

/// `/.well-known/oauth-protected-resource`, alone or with the path of a resource: RFC 9728. Says
/// the same of every name, whether an upstream has it or not.
public final class ResourceMetadataEndpoint {
  private final ProtectedResource resource;

  public ResourceMetadataEndpoint(ProtectedResource resource) {
    this.resource = resource;
  }

  public void get(Context context) {
    answer(context, ProtectedResource.PATH);
  }

  public void getUpstream(Context context) {
    UpstreamName name;
    try {
      name = new UpstreamName(context.pathParam("upstream"));
    } catch (IllegalArgumentException e) {
      throw InterceptorException.of(ErrorCode.NOT_FOUND, "no upstream can have that name", e);
    }
    answer(context, ProtectedResource.path(name));
  }

  private void answer(Context context, String path) {
    var exchange = new Exchange(context);
    try {
      exchange.json(200, resource.metadata(path, resource.rules().host(exchange.headers())));
    } catch (RefusedMessage refused) {
      throw InterceptorException.of(ErrorCode.FORBIDDEN_ORIGIN, refused.error().message(), refused);
    }
  }
}
