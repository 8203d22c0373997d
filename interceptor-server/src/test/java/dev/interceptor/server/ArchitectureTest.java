package dev.interceptor.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.interceptor.core.audit.RecordedPermit;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.session.SessionStore;
import dev.interceptor.server.upstream.ToolServer;
import java.util.Date;
import org.junit.jupiter.api.Test;

/// What the compiler cannot see.
class ArchitectureTest {
  private static final String ROOT = "dev.interceptor.server";
  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  /// INVARIANT (NothingForwardedWithoutPermit): the one caller of `forward` is the enforcement
  /// point.
  @Test
  void nothingForwardedWithoutPermit() {
    noClasses()
        .that(not(resideInAnyPackage(ROOT + ".enforcement")))
        .should()
        .callMethod(ToolServer.class, "forward", AuthorizedCall.class)
        .check(SERVER);
  }

  /// INVARIANT (NothingSignedBeforeRecorded): the one maker of a recorded permit is the log.
  @Test
  void nothingSignedBeforeRecorded() {
    check(
        noClasses()
            .that(not(resideInAnyPackage(ROOT + ".audit")))
            .should()
            .callMethod(
                RecordedPermit.class,
                "afterCommit",
                dev.interceptor.core.audit.DecisionRecord.class));
  }

  @Test
  void entryPointsReachStoresOnlyThroughEnforcement() {
    check(
        noClasses()
            .that(resideInAnyPackage(ROOT + ".proxy", ROOT + ".chat"))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(SessionStore.class));
    check(
        noClasses()
            .that(resideInAnyPackage(ROOT + ".proxy", ROOT + ".chat"))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(DecisionLog.class));
  }

  @Test
  void eachTechnologyStaysInItsAdapters() {
    check(
        noClasses()
            .that(not(nameMatching(".*\\.Jooq[^.]*")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.jooq..", "dev.interceptor.migrations.."));
    check(
        noClasses()
            .that(not(resideInAnyPackage(ROOT + ".signing")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.amazon.corretto.."));
    check(
        noClasses()
            .that(not(nameMatching(".*\\.Redis[^.]*")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lettuce.."));
    check(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                        ROOT,
                        ROOT + ".http",
                        ROOT + ".proxy",
                        ROOT + ".mcp",
                        ROOT + ".chat",
                        ROOT + ".admin",
                        ROOT + ".demo")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.javalin.."));
  }

  @Test
  void onlyMainReadsTheEnvironmentAndEndsTheProcess() {
    check(
        noClasses()
            .that(not(nameMatching(".*\\.Main")))
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class));
  }

  @Test
  void whatDevelopmentNeedsStaysOutOfProduction() {
    check(
        noClasses()
            .that(
                not(
                    resideInAnyPackage(
                        ROOT + ".embedded", ROOT + ".dev", ROOT + ".demo", ROOT + ".cli")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".embedded", ROOT + ".dev", ROOT + ".demo"));
    check(
        noClasses()
            .that(not(resideInAnyPackage(ROOT + ".embedded")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.zonky..", "redis.embedded.."));
  }

  @Test
  void noPackageIsPartOfACycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(SERVER);
  }

  @Test
  void namesSayWhatAThingIs() {
    check(
        noClasses()
            .should()
            .haveNameMatching(
                ".*(Manager|Helper|Util|Utils|Impl|Processor|Service|Data|Info)(\\$.*)?"));
  }

  @Test
  void nothingOutdatedIsUsed() {
    check(noClasses().should().dependOnClassesThat().areAssignableTo(Date.class));
    check(noClasses().should().callMethod(Throwable.class, "printStackTrace"));
    check(
        noClasses()
            .should()
            .callMethod(String.class, "toLowerCase")
            .orShould()
            .callMethod(String.class, "toUpperCase"));
  }

  private static void check(ArchRule rule) {
    rule.check(SERVER);
  }
}
