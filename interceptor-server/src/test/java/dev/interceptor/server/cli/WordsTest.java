package dev.interceptor.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void spacesSeparateAndQuotesKeepTogether() {
    assertThat(Words.of("  node  'my server.js' --x=\"a 'b'\" '' $HOME;id "))
        .containsExactly("node", "my server.js", "--x=a 'b'", "", "$HOME;id");
    assertThat(Words.of("")).isEmpty();
  }

  @Test
  void aQuoteHasToBeClosed() {
    assertThatThrownBy(() -> Words.of("node 'server.js"))
        .hasMessage("a quote is not closed: write another '");
  }
}
