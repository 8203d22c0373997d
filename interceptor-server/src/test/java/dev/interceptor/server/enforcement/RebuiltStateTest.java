package dev.interceptor.server.enforcement;

import static dev.interceptor.server.enforcement.ScriptedToolServer.result;
import static dev.interceptor.server.enforcement.ScriptedToolServer.returned;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.session.SessionId;
import dev.interceptor.core.session.SessionState;
import dev.interceptor.core.token.AuthorizedCall;
import dev.interceptor.server.audit.DecisionLog;
import dev.interceptor.server.audit.OpenedDecisionLog;
import dev.interceptor.server.audit.OutcomeRecord;
import dev.interceptor.server.embedded.TestServices;
import dev.interceptor.server.enforcement.Enforced.Parts;
import dev.interceptor.server.session.SessionKey;
import dev.interceptor.server.session.StoredState;
import dev.interceptor.server.upstream.ToolReply;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random sessions on the real store and the real log, with tags, sanitizers, tags of results,
/// sequences, limits of both kinds, calls that fail and those of conversations: what is rebuilt
/// after FLUSHALL is what was there.
///
/// The build does a few sessions. The long run: `-Drebuilt.sessions=1000`
final class RebuiltStateTest {
  private static final int SESSIONS = Integer.getInteger("rebuilt.sessions", 25);
  private static final int LONGEST = 24;
  private static final long SEED = Long.getLong("seed", 20_261_121);
  private static final List<String> TOOLS =
      List.of("read", "look", "list", "wash", "clean", "send", "pay", "run_shell");

  @TempDir private Path folder;

  private Parts parts(String counter) {
    return Parts.SOUND.withPolicy(
        folder,
        """
        version: 1
        name: story
        static_rules:
          {read: ALLOW, look: ALLOW, list: ALLOW, wash: ALLOW, clean: ALLOW, send: ALLOW,
           pay: ALLOW, run_shell: DENY}
        tool_classes: {send: [SINK], look: [READER]}
        taint_rules:
          - {id: looked, tool: look, action: ADD_TAINT, tag: secret}
          - {id: listed, tool: list, action: ADD_TAINT, tag: internal}
          - {id: washes, tool: wash, action: REMOVE_TAINT, tag: pii}
          - {id: cleans, tool: clean, action: REMOVE_TAINT, tag: secret}
          - {id: closed, tool: send, action: CHECK_TAINT, forbidden_tags: [secret]}
          - id: list-read-send
            tool: send
            action: BLOCK
            pattern: {type: sequence, max_distance: 5, steps: [{tool: list}, {tool: read}, {tool: send}]}
          - id: pay-then-look
            tool: look
            action: BLOCK
            pattern: {type: sequence, max_gap: 2, steps: [{tool: pay}, {tool: look}]}
          - id: ever
            tool: pay
            action: BLOCK
            pattern: {type: sequence, anywhere: true, steps: [{class: READER}, {class: SINK}, {class: READER}]}
        result_rules:
          - {id: personal, tool: read, action: ADD_TAINT, tag: pii, detect: [pii]}
          - {id: unclean, tool: clean, action: ADD_TAINT, tag: pii, detect: [pii]}
        limits:
          - {id: pot, tool: pay, sum: args.%1$s, max: 40, per: session}
          - {id: purse, tool: pay, sum: args.%1$s, max: 300, per: day}
          - {id: sends, tool: send, max_calls: 6, per: session}
        """
            .formatted(counter));
  }

  @Test
  void whatIsRebuiltIsWhatWasLost() {
    var random = new Random(SEED);
    var told = new Told();
    String counter = "amount-" + Long.toString(System.nanoTime(), 36);
    Enforced.flushRedis();
    try (var enforced = new Enforced(parts(counter))) {
      for (int session = 0; session < SESSIONS; session++) {
        told.add(lostAndRebuilt(enforced, counter, random));
      }
    }
    System.out.println(SESSIONS + " sessions rebuilt: " + told);
    told.requireAll();
  }

  /// A log that forgets one kind of outcome: what a sanitizer removed stays.
  @Test
  void aLogThatForgetsRemovalsIsCaught() {
    var random = new Random(SEED);
    String counter = "amount-" + Long.toString(System.nanoTime(), 36);
    int wrong = 0;
    Enforced.flushRedis();
    try (var enforced = new Enforced(parts(counter).withLog(Forgetful::new))) {
      for (int session = 0; session < SESSIONS; session++) {
        Pair pair = rebuilt(enforced, counter, random);
        wrong += pair.isEqual() ? 0 : 1;
      }
    }
    assertThat(wrong).isPositive();
  }

  private record Pair(StoredState lost, StoredState rebuilt) {
    boolean isEqual() {
      return ignoringVersion(lost.state()).equals(ignoringVersion(rebuilt.state()))
          && lost.used().equals(rebuilt.used());
    }
  }

  private static StoredState lostAndRebuilt(Enforced enforced, String counter, Random random) {
    Pair pair = rebuilt(enforced, counter, random);
    assertThat(ignoringVersion(pair.rebuilt().state()))
        .isEqualTo(ignoringVersion(pair.lost().state()));
    assertThat(pair.rebuilt().used()).isEqualTo(pair.lost().used());
    return pair.lost();
  }

  /// The denied payment asks for all there is to know of the session and of the customer, and
  /// changes nothing.
  private static Pair rebuilt(Enforced enforced, String counter, Random random) {
    String session = Enforced.freshSession();
    var key = new SessionKey(Enforced.ACME.customer(), new SessionId(session));
    int calls = 1 + random.nextInt(LONGEST);
    for (int call = 0; call < calls; call++) {
      enforced.tools().answers(answer(random));
      String tool = TOOLS.get(random.nextInt(TOOLS.size()));
      String arguments = "{\"" + counter + "\":" + random.nextInt(12) + "}";
      switch (random.nextInt(8)) {
        case 0 -> enforced.release(session, tool, arguments);
        case 1 -> enforced.observe(session, tool, result("jonas@okafor.example"), true);
        case 2 -> enforced.observe(session, tool, result("nothing"), false);
        default -> enforced.execute(session, tool, arguments);
      }
    }
    String tooMuch = "{\"" + counter + "\":1000}";
    enforced.execute(session, "pay", tooMuch);
    StoredState lost = StoredState.read(TestServices.shared().redisUri(), key);
    Enforced.flushRedis();
    enforced.execute(session, "pay", tooMuch);
    return new Pair(lost, StoredState.read(TestServices.shared().redisUri(), key));
  }

  private static Function<AuthorizedCall, ToolReply> answer(Random random) {
    int kind = random.nextInt(6);
    return _ ->
        switch (kind) {
          case 0 -> returned("write to jonas@okafor-studio.example");
          case 1 -> new ToolReply.Completed(result("it failed").put("isError", true));
          case 2 -> new ToolReply.Unknown(ToolReply.Fault.TIMEOUT, "late");
          default -> returned("nothing to see");
        };
  }

  /// A version counts changes, and a rebuilt state has had others.
  private static SessionState ignoringVersion(SessionState state) {
    return new SessionState(
        0,
        state.policy(),
        state.position(),
        state.labels(),
        state.tools(),
        state.classes(),
        state.progress(),
        state.counters());
  }

  /// What the sessions had, over all.
  private static final class Told {
    private final TreeSet<String> words = new TreeSet<>();

    void add(StoredState stored) {
      SessionState state = stored.state();
      state.labels().forEach(label -> words.add("tag " + label));
      state.classes().forEach(name -> words.add("class " + name));
      state
          .progress()
          .forEach((sequence, starts) -> {
            if (starts.stream().anyMatch(start -> start >= 0)) {
              words.add("progress " + sequence.charAt(0));
            }
          });
      state
          .counters()
          .forEach((name, used) -> {
            if (used > 0) {
              words.add("session counter");
            }
          });
      if (!stored.used().isEmpty()) {
        words.add("customer counter");
      }
    }

    void requireAll() {
      assertThat(words)
          .contains(
              "tag pii",
              "tag secret",
              "tag internal",
              "class READER",
              "class SINK",
              "session counter",
              "customer counter");
      assertThat(words).anyMatch(word -> word.startsWith("progress "));
    }

    @Override
    public String toString() {
      return words.toString();
    }
  }

  /// Broken on purpose: removals are not written down.
  private static final class Forgetful extends OpenedDecisionLog {
    Forgetful(DecisionLog log) {
      super(log);
    }

    @Override
    public void recordNow(OutcomeRecord outcome) {
      super.recordNow(
          new OutcomeRecord(
              outcome.decisionId(),
              outcome.at(),
              outcome.status(),
              Collections.emptySortedSet(),
              outcome.results(),
              outcome.upstreamTime()));
    }
  }
}
