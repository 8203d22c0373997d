package dev.interceptor.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  @Test
  void everyCharacterIsText() {
    for (int point = 1; point <= Character.MAX_CODE_POINT; point++) {
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        byte[] bytes = Character.toString(point).getBytes(StandardCharsets.UTF_8);
        assertThat(Utf8.isText(bytes)).as(Integer.toHexString(point)).isTrue();
      }
    }
  }

  @Test
  void anyThreeBytesAreJudgedAsTheJdkDoes() {
    byte[] interesting = {
      1,
      0x41,
      0x7F,
      (byte) 0x80,
      (byte) 0x8F,
      (byte) 0x90,
      (byte) 0x9F,
      (byte) 0xA0,
      (byte) 0xBF,
      (byte) 0xC0,
      (byte) 0xC1,
      (byte) 0xC2,
      (byte) 0xDF,
      (byte) 0xE0,
      (byte) 0xED,
      (byte) 0xEF,
      (byte) 0xF0,
      (byte) 0xF3,
      (byte) 0xF4,
      (byte) 0xF5,
      (byte) 0xFF
    };
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(5)];
      for (int at = 0; at < bytes.length; at++) {
        bytes[at] = interesting[random.nextInt(interesting.length)];
      }
      assertThat(Utf8.isText(bytes)).isEqualTo(isReadByTheJdk(bytes));
    }
  }

  @Test
  void nulIsNoText() {
    assertThat(Utf8.isText("{}".getBytes(StandardCharsets.UTF_16LE))).isFalse();
  }

  private static boolean isReadByTheJdk(byte[] bytes) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
