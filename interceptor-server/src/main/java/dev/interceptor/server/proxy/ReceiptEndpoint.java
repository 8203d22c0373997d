package dev.interceptor.server.proxy;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.interceptor.core.identity.Principal;
import dev.interceptor.server.audit.ReceiptFile;
import dev.interceptor.server.audit.Receipts;
import dev.interceptor.server.failure.ErrorCode;
import dev.interceptor.server.failure.InterceptorException;
import dev.interceptor.server.http.Exchange;
import dev.interceptor.server.http.RequestGate;
import io.javalin.http.Context;
import java.util.Optional;

/// `GET /proxy/decisions/{decision_id}`: a decision of the caller's own customer, and the proof
/// that it is in the log. SPEC §9.
public final class ReceiptEndpoint {
  private final RequestGate gate;
  private final Optional<Receipts> receipts;

  /// @param receipts empty if the operator does not want agents to have them
  public ReceiptEndpoint(RequestGate gate, Optional<Receipts> receipts) {
    this.gate = gate;
    this.receipts = receipts;
  }

  public void get(Context context) {
    var exchange = new Exchange(context);
    gate.admit(
        exchange,
        principal ->
            exchange.json(200, new RawValue(text(context.pathParam("decision_id"), principal))));
  }

  private String text(String decisionId, Principal principal) {
    return receipts
        .flatMap(kept -> kept.find(decisionId, principal))
        .map(ReceiptFile::text)
        .orElseThrow(() ->
            InterceptorException.of(ErrorCode.NOT_FOUND, "no receipt of a decision of this key"));
  }
}
