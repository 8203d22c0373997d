package dev.interceptor.server.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.decision.ApprovalId;
import dev.interceptor.server.approval.ApprovalState;
import dev.interceptor.server.approval.ApprovalStore.Ruled;
import dev.interceptor.server.approval.ApprovalTerms;
import dev.interceptor.server.approval.Ruling;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.enforcement.Enforced.Parts;
import java.nio.file.Path;

/// What the tests of approved calls share.
final class ApprovalFixture {
  static final String POLICY =
      """
      version: 1
      name: approvals
      static_rules:
        read_customer: ALLOW
        wire: REQUIRE_APPROVAL
        limited: REQUIRE_APPROVAL
        send: ALLOW
      taint_rules:
        - {id: pii, tool: read_customer, action: ADD_TAINT, tag: pii}
        - {id: no-pii, tool: wire, action: CHECK_TAINT, forbidden_tags: [pii]}
        - id: large
          tool: send
          action: REQUIRE_APPROVAL
          when: 'args.size > 10'
          error: large mails wait for a person
      limits:
        - {tool: limited, max_calls: 1, per: minute}
      """;

  /// One for all tests of a JVM: each has sessions of its own.
  static final DatabaseConfig DATABASE = TestServices.freshDatabase();

  private ApprovalFixture() {}

  static Parts parts(Path folder) {
    return Parts.SOUND.withPolicy(folder, POLICY);
  }

  /// The request that a refused call left.
  static ApprovalId requestOf(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.AwaitingApproval.class);
    return ((Outcome.AwaitingApproval) outcome).approval().orElseThrow();
  }

  static void approve(Enforced enforced, ApprovalId id) {
    var ruling =
        new Ruling.Approve("key admin001", ApprovalTerms.DEFAULT.validFor(), Ruling.Unseen.REFUSE);
    assertThat(enforced.approvals().rule(id, ruling)).isInstanceOf(Ruled.Done.class);
  }

  /// Asks for a call and approves it.
  static ApprovalId approved(Enforced enforced, String session, String tool, String arguments) {
    ApprovalId id = requestOf(enforced.execute(session, tool, arguments));
    approve(enforced, id);
    return id;
  }

  static ApprovalState state(Enforced enforced, ApprovalId id) {
    return enforced.approvals().find(id).orElseThrow().state();
  }
}
