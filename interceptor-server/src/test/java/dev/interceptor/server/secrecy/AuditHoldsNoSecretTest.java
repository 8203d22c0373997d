package dev.interceptor.server.secrecy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.identity.CustomerId;
import dev.interceptor.server.Wiring;
import dev.interceptor.server.audit.ArgumentTerms;
import dev.interceptor.server.audit.ArgumentTerms.Detail;
import dev.interceptor.server.config.ServerConfig;
import dev.interceptor.server.database.Database;
import dev.interceptor.server.database.DatabaseConfig;
import dev.interceptor.server.database.DatabasePassword;
import dev.interceptor.server.identity.ApiKeyStore;
import dev.interceptor.server.identity.KeyRole;
import dev.interceptor.server.identity.NewKey;
import dev.interceptor.server.live.LiveStack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// INVARIANT (AuditHoldsNoSecret): whatever a client writes, and wherever it writes it, no row of
/// any table holds a credential or an argument that the policy does not look at.
///
/// Two corpora of secrets, the big list of naughty strings, every credential of the product's own
/// and unguessable marks go through every field of every way in, under each setting of
/// `audit.arguments`. A secret of a corpus counts as far as the detectors know it.
final class AuditHoldsNoSecretTest {
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
  private static final int SHORTEST = 6;

  private final SecureRandom random = new SecureRandom();
  private final Map<String, String> marks = new LinkedHashMap<>();
  private final List<String> credentials = new ArrayList<>();

  private String serverKey = "";

  /// The PostgreSQL of the tests takes any.
  private final String password = mark("the database's password");

  private final AtomicInteger decided = new AtomicInteger();

  @Test
  void noRowHoldsACredentialOrAnArgumentThatThePolicyDoesNotLookAt() throws Exception {
    try (var stack = LiveStack.start()) {
      serverKey = serverKey(stack);
      credentials.addAll(ours(stack));
      List<String> texts = new ArrayList<>(credentials);
      List<String> corpus = HostileTexts.withSecrets();
      texts.addAll(corpus);
      texts.addAll(HostileTexts.naughty());
      for (Detail detail : Detail.values()) {
        send(stack, detail, texts);
      }
      Rows rows = Rows.of(stack.config().database());

      List<String> known = known(corpus, texts);
      System.out.printf(
          "%d texts, %d of %d with a secret that is recognised, %d secrets looked for, %d rows%n",
          texts.size(),
          corpus.stream().filter(text -> !HostileTexts.cleaned(text).equals(text)).count(),
          corpus.size(),
          known.size(),
          rows.count());
      assertThat(rows.holding(credentials)).isEmpty();
      assertThat(rows.holding(known)).isEmpty();
      assertThat(rows.columns("audit_log")).noneMatch(text -> UNSEEN.matcher(text).find());
      assertThat(rows.columns("audit_log"))
          .noneMatch(text -> HostileTexts.recognised(text).findAny().isPresent());
      assertThat(rows.holding(List.copyOf(marks.values())))
          .as("what is shown on purpose, as proof that the search finds what is there")
          .containsExactlyInAnyOrder(
              marks.get("DIGEST path"),
              marks.get("REDACTED path"),
              marks.get("REDACTED other"),
              marks.get("REDACTED name"),
              marks.get("FULL path"),
              marks.get("FULL other"),
              marks.get("FULL name"));
      assertThat(rows.decisions()).hasSize(decided.get() + 1);
    }
  }

  /// The secrets of the corpus that the detectors know, without those that stand somewhere else
  /// among the texts where nothing tells that they are some.
  private static List<String> known(List<String> corpus, List<String> texts) {
    List<String> cleaned = texts.stream().map(HostileTexts::cleaned).toList();
    return corpus.stream()
        .flatMap(HostileTexts::recognised)
        .filter(secret -> secret.length() >= SHORTEST)
        .distinct()
        .filter(secret -> cleaned.stream().noneMatch(text -> text.contains(secret)))
        .toList();
  }

  /// One server under each setting, all on one log.
  private void send(LiveStack stack, Detail detail, List<String> texts) throws Exception {
    ServerConfig known = stack.config();
    var config =
        new ServerConfig(
            new ServerConfig.Http("127.0.0.1", 0),
            new ServerConfig.Http("127.0.0.1", 0),
            known.limits(),
            new DatabaseConfig(
                known.database().jdbcUrl(),
                known.database().user(),
                new DatabasePassword(password),
                known.database().poolSize(),
                known.database().timeout()),
            known.redis(),
            known.token(),
            known.policy(),
            known.approvals(),
            known.mcp(),
            known.models(),
            new ServerConfig.Audit(
                new ArgumentTerms(detail, Map.of()), known.audit().checkpoints(), 0, true),
            known.upstreams());
    try (Wiring server = Wiring.start(config);
        var agent = new HostileAgent(server.url(), stack.dev().apiKey());
        ExecutorService threads = Executors.newFixedThreadPool(16)) {
      agent.marked(field -> mark(detail + " " + field));
      var sent = new ArrayList<Future<Boolean>>();
      for (String text : texts) {
        sent.add(threads.submit(() -> sendOne(agent, detail, text)));
      }
      for (Future<Boolean> one : sent) {
        assertThat(one.get()).isTrue();
      }
      decided.addAndGet(agent.decisions().size() + agent.decidedByMcp());
    }
  }

  private boolean sendOne(HostileAgent agent, Detail detail, String text) {
    agent.arguments(text);
    if (detail == Detail.DIGEST) {
      agent.everywhereElse(text);
      agent.report(serverKey, text);
      HostileTexts.recognised(text)
          .filter(AuditHoldsNoSecretTest::isCredential)
          .forEach(secret ->
              assertThat(agent.session(secret))
                  .as("a credential as a session's id")
                  .allMatch(reply ->
                      reply.status() == 400
                          && reply.body().toString().contains("session id looks like")));
    }
    return true;
  }

  /// Whether it is one without the text around it, and could be a session's id.
  private static boolean isCredential(String text) {
    return text.matches("[\\x21-\\x7e]{1,128}")
        && HostileTexts.recognised(text).findAny().isPresent();
  }

  private String mark(String name) {
    return marks.computeIfAbsent(
        name,
        _ -> {
          byte[] chosen = new byte[12];
          random.nextBytes(chosen);
          return "mk" + HexFormat.of().formatHex(chosen);
        });
  }

  private static String serverKey(LiveStack stack) {
    try (var database = Database.open(stack.config().database())) {
      var wanted = new NewKey(new CustomerId("demo"), KeyRole.SERVER, "reporter", Optional.empty());
      return new String(
          ApiKeyStore.postgres(database, InstantSource.system())
              .create(wanted, "test")
              .insecureBytes(),
          StandardCharsets.US_ASCII);
    }
  }

  private List<String> ours(LiveStack stack) throws IOException {
    List<String> ours = new ArrayList<>();
    ours.add(stack.dev().apiKey());
    ours.add(stack.dev().adminKey());
    ours.add(serverKey);
    ours.add(password);
    ours.add(stack.config().redis().insecurePassword());
    try (var agent = new HostileAgent(stack.dev().url(), stack.dev().apiKey())) {
      ours.add(agent.token());
    }
    try (var files = Files.list(stack.state().resolve("signing-keys"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".pem")).toList()) {
        String pem = Files.readString(file);
        ours.add(pem);
        ours.add(pem.lines().filter(line -> !line.startsWith("-")).findFirst().orElseThrow());
      }
    }
    assertThat(ours).hasSizeGreaterThan(6).allMatch(secret -> secret.length() >= 12);
    return ours;
  }
}
