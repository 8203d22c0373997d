package dev.interceptor.server.targets;

import dev.interceptor.server.targets.Exchange.Departure;
import dev.interceptor.server.targets.Model.PoolMember;
import dev.interceptor.server.upstream.ApacheClients;
import dev.interceptor.server.upstream.DeadlineWatch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URISyntaxException;
import java.util.Locale;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/// Sends one request to one provider and lets the answer be read while the exchange is open.
record ProviderExchange(DeadlineWatch watch) {
  /// What to send to whom.
  record Call(
      CloseableHttpClient client,
      PoolMember member,
      Trust trust,
      Round round,
      ModelRequest request) {}

  /// What came of it.
  sealed interface Result<T> {}

  /// What the reader made of the answer.
  record Read<T>(T value) implements Result<T> {}

  /// The answer is a reason to ask another provider; nobody read it.
  record Failed<T>() implements Result<T> {}

  /// @param last whether the answer goes to the reader, whatever it is
  <T> Result<T> run(Call call, boolean last, AnswerReader<T> reader) throws IOException {
    HttpPost message = Attempt.message(call.member(), call.request());
    Provider provider = call.member().provider();
    Departure departure = call.round().departure();
    try (var exchange =
        new Exchange(message, provider.timeout(), provider.idleTimeout(), watch, departure)) {
      ClassicHttpResponse response = send(call.client(), message, exchange);
      exchange.expectNothing();
      boolean orderly = false;
      OpenAnswer answer = null;
      try {
        requireUsable(response);
        answer = open(call, response, exchange);
        Result<T> result = last || !call.round().goesOnAfter(answer) ? null : new Failed<>();
        if (result == null) {
          call.round().reading();
          result = new Read<>(reader.read(answer));
        }
        orderly = true;
        return result;
      } finally {
        end(message, response, orderly ? answer : null);
      }
    }
  }

  private static OpenAnswer open(Call call, ClassicHttpResponse response, Exchange exchange)
      throws IOException {
    var answer =
        new OpenAnswer(call.member(), call.trust(), call.round().attempts(), response, exchange);
    answer.look();
    return answer;
  }

  static ClassicHttpResponse send(
      CloseableHttpClient client, HttpUriRequestBase message, Exchange exchange) throws ModelFault {
    try {
      return client.executeOpen(HttpHost.create(message.getUri()), message, null);
    } catch (IOException | URISyntaxException e) {
      throw exchange.fault(e);
    } catch (IllegalStateException e) {
      // The client takes a cancellation between two of its steps for a bug of its user.
      if (message.isCancelled()) {
        throw exchange.fault(new InterruptedIOException("cancelled"));
      }
      throw e;
    }
  }

  /// A redirect is not followed, and what is encoded could not be inspected.
  private static void requireUsable(ClassicHttpResponse response) throws ModelFault {
    int status = response.getCode();
    if (status < 200 || (status >= 300 && status < 400) || status > 599) {
      throw ModelFault.protocol("the status " + status + " is no answer");
    }
    var encoding = response.getFirstHeader("content-encoding");
    if (encoding != null
        && encoding.getValue() != null
        && !encoding.getValue().strip().toLowerCase(Locale.ROOT).equals("identity")) {
      throw ModelFault.protocol("the answer is encoded although identity was asked for");
    }
  }

  /// @param answer null for one that shall not be read any further
  private void end(HttpPost message, ClassicHttpResponse response, @Nullable OpenAnswer answer) {
    if (answer == null) {
      // Closing alone would first read the answer to its end.
      message.cancel();
    }
    if (answer != null && answer.isUnfinished()) {
      ApacheClients.linger(watch, message, response, answer.body());
    } else {
      ApacheClients.closeQuietly(response);
    }
  }
}
