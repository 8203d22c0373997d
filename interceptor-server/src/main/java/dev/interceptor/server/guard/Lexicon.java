package dev.interceptor.server.guard;

import java.util.HashMap;
import java.util.Map;

/// Words by the part they play in injected instructions: English, with the words for "ignore the
/// previous instructions" in German, French, Spanish, Italian, Portuguese and Dutch.
final class Lexicon {
  static final long OVERRIDE = 1;
  static final long EARLIER = 1 << 1;
  static final long WHOLE = 1 << 2;
  static final long ORDER = 1 << 3;
  static final long TOLD = 1 << 4;
  static final long EVERYTHING = 1 << 5;
  static final long STALE = 1 << 6;
  static final long NOT = 1 << 7;
  static final long SPEAK = 1 << 8;
  static final long PERSON = 1 << 9;
  static final long EXTRACT = 1 << 10;
  static final long SYSTEM = 1 << 11;
  static final long PROMPT = 1 << 12;
  static final long CREDENTIAL = 1 << 13;
  static final long MACHINE = 1 << 14;
  static final long COMMAND = 1 << 15;
  static final long YOU = 1 << 16;
  static final long YOUR = 1 << 17;
  static final long NOW = 1 << 18;
  static final long MODE = 1 << 19;
  static final long MODE_NAME = 1 << 20;
  static final long ENABLE = 1 << 21;
  static final long NEW = 1 << 22;
  static final long TASK = 1 << 23;
  static final long PRETEND = 1 << 24;
  static final long FREE = 1 << 25;
  static final long LIMIT = 1 << 26;
  static final long RESPOND = 1 << 27;
  static final long NOTE = 1 << 28;
  static final long DEFINITE = 1 << 29;
  static final long WORDS = 1 << 30;
  static final long IF = 1L << 31;
  static final long ARE = 1L << 32;
  static final long TALK = 1L << 33;
  static final long ASK = 1L << 34;

  private static final int LONGEST = 16;
  private static final int SLOTS = 2048;
  private static final String[] KEYS = new String[SLOTS];
  private static final long[] PARTS = new long[SLOTS];

  static {
    Map<String, Long> all = new HashMap<>();
    overriding(all);
    revealing(all);
    playing(all);
    all.forEach(Lexicon::put);
  }

  private Lexicon() {}

  private static void add(Map<String, Long> all, long part, String words) {
    for (String word : words.split(" ", -1)) {
      all.merge(word, part, (a, b) -> a | b);
    }
  }

  private static void overriding(Map<String, Long> all) {
    add(all, OVERRIDE, "ignore ignoring ignores ignored disregard disregarding forget forgetting");
    add(all, OVERRIDE, "override overriding overrule bypass bypassing neglect discard dismiss");
    add(all, OVERRIDE, "ignoriere ignorieren ignorier vergiss vergesse missachte ignorez oublie");
    add(
        all,
        OVERRIDE,
        "oubliez ignora ignoren olvida olvide olvidate descarta desestima dimentica");
    add(all, OVERRIDE, "vergessen ignorate esqueca esquece desconsidere negeer vergeet");
    add(all, EARLIER, "previous previously prior above earlier preceding foregoing former past");
    add(all, EARLIER, "aforementioned vorherigen bisherigen obigen vorigen precedentes precedents");
    add(all, EARLIER, "precedent anteriores anterior previas previos precedenti vorige eerdere");
    add(all, EARLIER, "before received existing");
    add(all, WHOLE, "all any every your these those alle toutes todas todos tutte");
    add(all, ORDER, "instruction instructions prompt prompts rule rules directive directives");
    add(all, ORDER, "guideline guidelines command commands restriction restrictions policies");
    add(all, ORDER, "constraint constraints programming orders directions safeguards guardrails");
    add(all, ORDER, "anweisung anweisungen regeln vorgaben befehle consignes regles instrucciones");
    add(all, ORDER, "ordenes reglas indicaciones istruzioni regole instrucoes regras instructies");
    add(all, TALK, "task tasks request requests conversation context questions input inputs");
    add(all, TOLD, "told said given instructed taught learned received");
    add(all, EVERYTHING, "everything anything what whatever todo tout tudo alles");
    add(all, STALE, "outdated obsolete void invalid cancelled canceled superseded revoked wrong");
    add(all, STALE, "deprecated suspended overridden replaced irrelevant longer");
  }

  private static void revealing(Map<String, Long> all) {
    add(all, NOT, "not dont never without don cannot no");
    add(all, SPEAK, "tell telling mention mentioning inform informing notify notifying reveal");
    add(all, SPEAK, "revealing disclose disclosing alert alerting warn warning");
    add(all, PERSON, "user users human humans anyone anybody");
    add(all, EXTRACT, "reveal print repeat output show display tell give say return leak expose");
    add(all, EXTRACT, "disclose summarize summarise translate write share recite provide spell");
    add(all, EXTRACT, "encode state list what whats echo copy paste");
    add(all, SYSTEM, "system initial hidden original secret internal developer initiale");
    add(all, PROMPT, "prompt prompts instruction instructions");
    add(all, CREDENTIAL, "password passwords passphrase passcode credentials secret secrets");
    add(all, DEFINITE, "the your me us its this");
    add(all, WORDS, "words text sentence sentences lines conversation everything message messages");
    add(all, ASK, "ask asks asked asking tell tells say says saying try tries trying tried may");
    add(all, ASK, "attempt attempts attempting claim claims might could instruct instructs like");
    add(all, ASK, "refuse refuses phrase phrases");
    add(all, NOTE, "note attention notice message instruction instructions important warning");
  }

  private static void playing(Map<String, Long> all) {
    add(all, MACHINE, "ai ais llm llms assistant assistants chatbot chatbots gpt chatgpt claude");
    add(all, MACHINE, "gemini copilot bot bots dan");
    add(all, COMMAND, "send mail email forward use call execute run reply respond answer ignore");
    add(all, COMMAND, "transfer pay delete post visit open click download include add say print");
    add(all, COMMAND, "output write summarize summarise stop please must should remember do");
    add(all, COMMAND, "disregard forget fetch upload share invoke buy create invite");
    add(all, YOU, "you u");
    add(all, YOUR, "your");
    add(all, NOW, "now henceforth onwards onward");
    add(all, ARE, "are re");
    add(all, IF, "if when");
    add(all, MODE, "mode");
    add(all, MODE_NAME, "developer god debug sudo admin maintenance dan jailbreak system root");
    add(all, MODE_NAME, "unrestricted opposite unsafe evil override");
    add(all, ENABLE, "enabled activated activate enter entering enable switch engage active start");
    add(all, ENABLE, "enabling activating into");
    add(all, NEW, "new real actual true");
    add(all, TASK, "task role goal objective persona identity instructions mission rules");
    add(all, PRETEND, "pretend act roleplay imagine simulate behave pretending acting");
    add(all, FREE, "unrestricted uncensored jailbroken unfiltered amoral unbound");
    add(all, LIMIT, "restrictions limitations filters censorship ethics limits rules guidelines");
    add(all, RESPOND, "respond answer reply speak act pretend behave obey");
  }

  private static void put(String word, long part) {
    int hash = 0;
    for (int i = 0; i < word.length(); i++) {
      hash = hash * 31 + word.charAt(i);
    }
    int slot = hash & (SLOTS - 1);
    while (KEYS[slot] != null) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    KEYS[slot] = word;
    PARTS[slot] = part;
  }

  /// The parts that a word can play, 0 for none.
  static long parts(PlainText text, int start, int end) {
    if (end - start > LONGEST) {
      return 0;
    }
    int hash = 0;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + text.lower(i);
    }
    int slot = hash & (SLOTS - 1);
    while (KEYS[slot] != null) {
      if (KEYS[slot].length() == end - start && text.startsWithIgnoringCase(KEYS[slot], start)) {
        return PARTS[slot];
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return 0;
  }
}
