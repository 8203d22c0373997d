package dev.interceptor.server.signing;

import static java.lang.ClassLoader.getPlatformClassLoader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.interceptor.core.token.Ed25519Provider;
import dev.interceptor.server.failure.InterceptorException;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class Ed25519ChoiceTest {
  private static final Provider WORKS = Security.getProvider("SunEC");

  /// Has no Ed25519.
  private static final Provider DIFFERS = Security.getProvider("SUN");

  @Test
  void autoTakesCorrettoWhereItWorks() {
    Ed25519Choice.Selected selected = Ed25519Choice.AUTO.select(() -> WORKS);
    assertThat(selected.toString())
        .startsWith("provider=SunEC ")
        .endsWith(" selftest=passed reason=corretto works here");
  }

  @Test
  void autoTakesBouncyCastleWhereCorrettoDoesNotWork() {
    assertFallsBack(() -> DIFFERS, "SUN");
    assertFallsBack(Ed25519ChoiceTest::withoutJar, "its jar is not on the class path");
    assertFallsBack(Ed25519ChoiceTest::withoutLibrary, "libx.so");
  }

  private static void assertFallsBack(Supplier<Provider> corretto, String reason) {
    Ed25519Choice.Selected selected = Ed25519Choice.AUTO.select(corretto);
    assertThat(selected.provider()).isSameAs(Ed25519Provider.bouncyCastle());
    assertThat(selected.toString())
        .startsWith("provider=bouncycastle selftest=passed reason=corretto is not usable here: ")
        .contains(reason);
  }

  @Test
  void correttoOrNoStart() {
    assertThat(Ed25519Choice.CORRETTO.select(() -> WORKS).reason()).isEqualTo("configured");
    assertRefused(() -> DIFFERS, "SUN");
    assertRefused(Ed25519ChoiceTest::withoutJar, "its jar is not on the class path");
    assertRefused(Ed25519ChoiceTest::withoutLibrary, "libx.so");
  }

  private static void assertRefused(Supplier<Provider> corretto, String reason) {
    assertThatExceptionOfType(InterceptorException.class)
        .isThrownBy(() -> Ed25519Choice.CORRETTO.select(corretto))
        .withMessageContaining("`token.ed25519-provider` is `corretto`")
        .withMessageContaining(reason)
        .withMessageContaining("write `auto` or `bouncycastle`");
  }

  @Test
  void bouncyCastleIsTakenUnasked() {
    Ed25519Choice.Selected selected = Ed25519Choice.BOUNCYCASTLE.select(() -> WORKS);
    assertThat(selected.provider()).isSameAs(Ed25519Provider.bouncyCastle());
    assertThat(selected.reason()).isEqualTo("configured");
  }

  @Test
  void theJarOfThisBuildWorksOnItsPlatform() {
    Throwable obstacle = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
    if (obstacle != null) {
      System.out.println("SKIPPED: Amazon Corretto Crypto Provider does not load: " + obstacle);
    }
    assumeTrue(obstacle == null, "Amazon Corretto Crypto Provider does not load");
    assertThat(Ed25519Choice.AUTO.select().provider().name())
        .startsWith("AmazonCorrettoCryptoProvider ");
  }

  @Test
  void theServerRunsWithoutTheJar() throws IOException, ReflectiveOperationException {
    try (var loader = new URLClassLoader(classPathWithoutCorretto(), getPlatformClassLoader())) {
      Class<?> choice = Class.forName(Ed25519Choice.class.getName(), true, loader);
      Object auto = choice.getField("AUTO").get(null);
      assertThat(choice.getMethod("select").invoke(auto).toString())
          .startsWith("provider=bouncycastle ")
          .endsWith(": its jar is not on the class path");
    }
  }

  private static URL[] classPathWithoutCorretto() throws MalformedURLException {
    var urls = new ArrayList<URL>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("AmazonCorretto")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }

  private static Provider withoutJar() {
    throw new NoClassDefFoundError("com/amazon/…");
  }

  private static Provider withoutLibrary() {
    throw new UnsatisfiedLinkError("libx.so");
  }
}
