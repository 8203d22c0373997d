package dev.interceptor.server.failure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An error as `application/problem+json` (RFC 9457): what the client may know and no more.
///
/// @param type `about:blank`, or the address of a page about the code
/// @param reason the policy's stable reason code, only on a denial
/// @param approvalId the request that a person has to approve, only on APPROVAL_REQUIRED
/// @param problems everything that is wrong with a policy, each with its place
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type,
    String title,
    int status,
    ErrorCode code,
    String detail,
    @JsonProperty("request_id") String requestId,
    @JsonProperty("decision_id") @Nullable String decisionId,
    @Nullable String reason,
    @Nullable List<String> problems,
    @JsonProperty("approval_id") @Nullable String approvalId) {
  public static final String MEDIA_TYPE = "application/problem+json";

  /// Anything that is not an `InterceptorException` is INTERNAL; its message stays inside.
  public static Problem of(Throwable failure, String requestId) {
    return failure instanceof InterceptorException known
        ? of(known.code(), known.publicDetail(), requestId)
        : of(ErrorCode.INTERNAL, ErrorCode.INTERNAL.publicMessage(), requestId);
  }

  public static Problem of(ErrorCode code, String detail, String requestId) {
    return new Problem(
        "about:blank", title(code), code.status(), code, detail, requestId, null, null, null, null);
  }

  public Problem withDecision(String decision) {
    return new Problem(
        type, title, status, code, detail, requestId, decision, reason, problems, approvalId);
  }

  public Problem withReason(String reasonCode) {
    return new Problem(
        type, title, status, code, detail, requestId, decisionId, reasonCode, problems, approvalId);
  }

  public Problem withProblems(List<String> found) {
    return new Problem(
        type,
        title,
        status,
        code,
        detail,
        requestId,
        decisionId,
        reason,
        List.copyOf(found),
        approvalId);
  }

  public Problem withApproval(String approval) {
    return new Problem(
        type, title, status, code, detail, requestId, decisionId, reason, problems, approval);
  }

  private static String title(ErrorCode code) {
    return switch (code.status()) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Internal Server Error";
    };
  }
}
