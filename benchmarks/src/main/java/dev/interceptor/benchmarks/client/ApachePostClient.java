package dev.interceptor.benchmarks.client;

import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/// Apache HttpClient 5, classic, with everything switched off that a call to a tool server does not
/// need.
final class ApachePostClient implements PostClient {
  private static final int CONNECTIONS = 256;

  private final URI url;
  private final CloseableHttpClient client =
      HttpClientBuilder.create()
          .setConnectionManager(
              PoolingHttpClientConnectionManagerBuilder.create()
                  .setMaxConnTotal(CONNECTIONS)
                  .setMaxConnPerRoute(CONNECTIONS)
                  .build())
          .disableRedirectHandling()
          .disableCookieManagement()
          .disableAutomaticRetries()
          .disableContentCompression()
          .disableAuthCaching()
          .disableConnectionState()
          .disableDefaultUserAgent()
          .build();

  ApachePostClient(URI url) {
    this.url = url;
  }

  @Override
  public byte[] post(byte[] body) throws IOException {
    HttpPost post = new HttpPost(url);
    post.addHeader("Accept", "application/json");
    post.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
    return client.execute(
        post,
        response -> {
          if (response.getCode() != 200) {
            throw new IOException("HTTP " + response.getCode());
          }
          return EntityUtils.toByteArray(response.getEntity());
        });
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
