package dev.interceptor.server.enforcement;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.interceptor.core.audit.DecisionRecord;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.core.token.TokenMinter;
import dev.interceptor.core.tool.ToolCall;
import dev.interceptor.server.enforcement.AdmissionDesk.AdmittedCall;
import dev.interceptor.server.enforcement.SessionDecisions.Decided;
import dev.interceptor.server.upstream.ToolServer;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A tool server takes only what the minter made, the minter takes only what the log has recorded,
/// and the log records only what the decision point permitted.
final class NothingForwardedWithoutPermitTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.interceptor");

  private static final ArchRule ONLY_THE_LOG_PROVES =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.interceptor.server.audit.JooqDecisionLog")
          .should()
          .accessTargetWhere(accessTo(RecordedPermit.class, "afterCommit"));

  /// The port offers a shorter form of the same method, and a tool server may be made of others.
  private static final ArchRule ONLY_FORWARDING_FORWARDS =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Forwarding.class.getName())
          .and()
          .areNotAssignableTo(ToolServer.class)
          .should()
          .accessTargetWhere(accessTo(ToolServer.class, "forward"));

  private static final ArchRule ONLY_THE_ADMISSION_DESK_MINTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.interceptor.core.token..")
          .and()
          .doNotHaveFullyQualifiedName(AdmissionDesk.class.getName())
          .should()
          .accessTargetWhere(accessTo(TokenMinter.class, "mint"));

  @Test
  void theProductHasNoWayAroundThePermit() {
    ONLY_THE_LOG_PROVES.check(PRODUCT);
    ONLY_FORWARDING_FORWARDS.check(PRODUCT);
    ONLY_THE_ADMISSION_DESK_MINTS.check(PRODUCT);
  }

  @Test
  void theTypesLeaveNoOtherOrder() {
    assertThat(methods(ToolServer.class, "forward"))
        .isNotEmpty()
        .allSatisfy(
            forward -> assertThat(forward.getParameterTypes()[0]).isEqualTo(AuthorizedCall.class));
    assertThat(AuthorizedCall.class.getConstructors()).isEmpty();
    assertThat(RecordedPermit.class.getConstructors()).isEmpty();
    assertThat(Modifier.isFinal(AuthorizedCall.class.getModifiers())).isTrue();
    assertThat(Modifier.isFinal(RecordedPermit.class.getModifiers())).isTrue();
    assertThat(methods(TokenMinter.class, "mint"))
        .isNotEmpty()
        .allSatisfy(
            mint -> assertThat(mint.getParameterTypes()[0]).isEqualTo(RecordedPermit.class));
  }

  @Test
  void onlyTheStepsThemselvesMakeWhatTheNextOnesTake() {
    assertThat(Forwarding.class.getDeclaredMethods())
        .filteredOn(method -> method.getName().equals("forward"))
        .isNotEmpty()
        .allSatisfy(
            forward -> assertThat(forward.getParameterTypes()[0]).isEqualTo(AdmittedCall.class));
    assertThat(AdmissionDesk.class.getDeclaredMethods())
        .filteredOn(method -> method.getName().equals("admit"))
        .isNotEmpty()
        .allSatisfy(admit -> assertThat(admit.getParameterTypes()).containsExactly(Decided.class));
    for (Class<?> made : List.of(Decided.class, AdmittedCall.class)) {
      assertThat(Modifier.isFinal(made.getModifiers())).isTrue();
      assertThat(made.getDeclaredConstructors())
          .allSatisfy(
              constructor -> assertThat(Modifier.isPrivate(constructor.getModifiers())).isTrue());
    }
  }

  @Test
  void aDeniedCallReachesNoToolServer() {
    try (var enforced = Enforced.sound()) {
      String session = Enforced.freshSession();
      enforced.read(session);
      assertThat(enforced.leak(session)).isInstanceOf(Outcome.Refused.class);
      assertThat(enforced.execute(session, "run_shell", "{}")).isInstanceOf(Outcome.Refused.class);
      assertThat(enforced.authorize(session, "no_such_tool", "{}"))
          .isInstanceOf(Outcome.Refused.class);
      assertThat(enforced.tools().received()).hasSize(1);
      assertThat(enforced.signatures()).isEqualTo(1);
    }
  }

  @Test
  void aClassThatProvesAndForwardsByItselfIsCaught() {
    JavaClasses smuggler = new ClassFileImporter().importClasses(Smuggler.class);
    for (ArchRule rule :
        List.of(ONLY_THE_LOG_PROVES, ONLY_FORWARDING_FORWARDS, ONLY_THE_ADMISSION_DESK_MINTS)) {
      assertThatThrownBy(() -> rule.check(smuggler)).isInstanceOf(AssertionError.class);
    }
  }

  private static List<Method> methods(Class<?> type, String name) {
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getName().equals(name))
        .toList();
  }

  private static DescribedPredicate<JavaAccess<?>> accessTo(Class<?> type, String name) {
    return describe(
        type.getSimpleName() + "." + name,
        access ->
            access.getTargetOwner().isAssignableTo(type)
                && access.getTarget().getName().equals(name));
  }

  /// Broken on purpose.
  record Smuggler(TokenMinter minter, ToolServer server) {
    Object smuggle(DecisionRecord row, ToolCall call) {
      RecordedPermit claimed = RecordedPermit.afterCommit(row);
      return server.forward(minter.mint(claimed, call, server.audience()));
    }
  }
}
