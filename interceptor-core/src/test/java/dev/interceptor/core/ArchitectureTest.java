package dev.interceptor.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.interceptor.core.decision.Decision;
import dev.interceptor.core.token.AuthorizedCall;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the compiler cannot see.
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.interceptor.core");

  /// Streams over memory are no I/O; `Serializable` comes with enums and exceptions.
  private static final Set<String> HARMLESS_IO =
      Set.of(
          "java.io.Serializable",
          "java.io.IOException",
          "java.io.UncheckedIOException",
          "java.io.ByteArrayInputStream",
          "java.io.ByteArrayOutputStream",
          "java.io.InputStream",
          "java.io.OutputStream",
          "java.io.Reader",
          "java.io.StringReader",
          "java.io.StringWriter");

  /// Names and addresses as values; nothing that resolves or connects.
  private static final Set<String> HARMLESS_NET =
      Set.of(
          "java.net.URI",
          "java.net.URISyntaxException",
          "java.net.URLDecoder",
          "java.net.URLEncoder");

  private static final DescribedPredicate<JavaClass> INPUT_OR_OUTPUT =
      describe(
          "input, output or logging",
          type -> {
            String in = type.getPackageName();
            return (in.equals("java.io") && !HARMLESS_IO.contains(type.getName()))
                || (in.startsWith("java.net") && !HARMLESS_NET.contains(type.getName()))
                || in.startsWith("java.nio.file")
                || in.startsWith("java.nio.channels")
                || in.startsWith("java.sql")
                || in.startsWith("java.util.logging")
                || in.startsWith("org.slf4j");
          });

  @Test
  void theCoreDoesNoInputAndNoOutput() {
    noClasses().should().dependOnClassesThat(INPUT_OR_OUTPUT).check(CORE);
    nothingUses("java\\.lang\\.System\\.(in|out|err|getenv|getProperty|console)\\b.*");
  }

  @Test
  void theCoreReadsTimeFromItsArgumentsOnly() {
    nothingUses("java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(.*");
    nothingUses("java\\.time\\.(\\w+\\.)+now\\(.*");
    nothingUses("java\\.time\\.(Clock|InstantSource)\\.(system|tick)\\w*\\(.*");
    noClasses().should().dependOnClassesThat().areAssignableTo(Date.class).check(CORE);
  }

  @Test
  void noPackageIsPartOfACycle() {
    slices().matching("dev.interceptor.core.(*)..").should().beFreeOfCycles().check(CORE);
  }

  /// What checks a log knows nothing of what stands in it.
  @Test
  void theTreeOfTheLogStandsOnJsonAndKeysAlone() {
    noClasses()
        .that()
        .resideInAPackage("dev.interceptor.core.tlog")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.interceptor.core.audit..",
            "dev.interceptor.core.decision..",
            "dev.interceptor.core.identity..",
            "dev.interceptor.core.policy..",
            "dev.interceptor.core.session..",
            "dev.interceptor.core.tool..")
        .check(CORE);
  }

  @Test
  void onlyTheDecisionPointPermits() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.interceptor.core.decision..")
        .should()
        .accessTargetWhere(constructorOf(Decision.Permit.class))
        .check(CORE);
  }

  @Test
  void onlyTheMinterAuthorizes() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.interceptor.core.token..")
        .should()
        .accessTargetWhere(constructorOf(AuthorizedCall.class))
        .check(CORE);
  }

  @Test
  void noNameSaysNothing() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Utils?|Impl|Processor|Service|Data|Info)")
        .check(CORE);
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> silent = new TreeSet<>();
    for (JavaClass type : CORE) {
      if (CORE.stream()
          .noneMatch(that -> that.getName().equals(type.getPackageName() + ".package-info"))) {
        silent.add(type.getPackageName());
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void caseIsMappedForANamedLocale() {
    nothingUses("java\\.lang\\.String\\.to(Lower|Upper)Case\\(\\)");
  }

  @Test
  void failuresAreNotPrinted() {
    nothingUses(".*\\.printStackTrace\\(.*");
  }

  private static DescribedPredicate<JavaAccess<?>> constructorOf(Class<?> type) {
    return describe(
        "constructor of " + type.getSimpleName(),
        access ->
            access.getTargetOwner().isEquivalentTo(type)
                && access.getTarget().getName().equals("<init>"));
  }

  /// @param member a pattern of owner, member and parameter types; calls and method references
  ///   count
  private static void nothingUses(String member) {
    Pattern pattern = Pattern.compile(member);
    DescribedPredicate<JavaAccess<?>> matches =
        describe(
            "target matches " + member,
            access -> pattern.matcher(access.getTarget().getFullName()).matches());
    noClasses().should().accessTargetWhere(matches).check(CORE);
  }
}
