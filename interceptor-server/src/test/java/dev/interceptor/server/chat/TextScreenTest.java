package dev.interceptor.server.chat;

import static dev.interceptor.server.chat.SentEvents.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interceptor.core.policy.Detection;
import dev.interceptor.server.guard.AnswerRedaction;
import dev.interceptor.server.guard.Detectors;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TextScreenTest {
  private static final String KEY = "AKIAQ3EGRXWTDJ7ZLPAB";

  private final TextScreen screen =
      new TextScreen(new AnswerRedaction(Detectors.standard(), Set.of(Detection.SECRETS)));

  @Test
  void onlyTheIdsOfTheProtocolAreLeftAlone() {
    String redacted =
        screen
            .redacted(
                json(
                    "{'item_id':'item %s','x':{'access_key_id':'%s','user_id':'%s'}}"
                        .formatted(KEY, KEY, KEY)))
            .toString();
    assertThat(redacted).containsOnlyOnce(KEY).contains("item " + KEY);
  }
}
