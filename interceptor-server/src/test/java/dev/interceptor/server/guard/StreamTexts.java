package dev.interceptor.server.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/// Texts as models write them, with secrets and personal data in them, whole and in pieces.
final class StreamTexts {
  private static final String[] WORDS = {
    "the",
    "quick",
    "brown",
    "fox",
    "is",
    "a",
    "key",
    "password",
    "token",
    "and",
    "to",
    "Größe",
    "naïve",
    "信用卡号码是",
    "пароль",
    "密码。",
    "don't",
    "e.g.",
    "2024",
    "3.14",
    "configuration",
    "internationalization",
    "user",
    "Mr.",
    "https://example.com/a?b=c",
    "x=1",
    "(see",
    "below)",
    "[1]",
    "`code`",
    "DE",
    "1",
    "22",
    "333"
  };
  private static final String[] GLUE = {
    " ",
    " ",
    " ",
    " ",
    "",
    "",
    "\n",
    ", ",
    ": ",
    "=",
    "\"",
    "'",
    "-",
    ".",
    "\t",
    "  ",
    "\r\n",
    "\u200b",
    "\u0301",
    "\u3000",
    "\ud83d\ude00",
    "\ud83d",
    "\ude00",
    "、",
    "，",
    "：",
    "/",
    "@",
    "+",
    "(",
    ")",
    "_",
    "\u0000",
    "`"
  };
  private static final String[] TELLING = {
    "AKIA",
    "IOSFODNN7EXAMPLE",
    "AKIAIOSFODNN7QWERTZA",
    "ghp_",
    "ghp_aB3dE5gH7jK9mN1pQ3sT5vX7zA2cD4fG6hJ8",
    "sk-ant-",
    "sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2",
    "xoxb-1234567890-abcdefghij",
    "joe",
    "@",
    "example.com",
    "joe.doe@example.com",
    "a@b.co",
    "+49 30 901820",
    "+1-212-555-0123",
    "(212) 555-0123",
    "212-555-0123",
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500-0000-0000-0004",
    "GB82 WEST 1234 5698 7654 32",
    "DE89370400440532013000",
    "DE89 3704 0044 0532 0130 00",
    "078-05-1120",
    "900 123 4567",
    "943 476 5919",
    "-----BEGIN ",
    "RSA PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n",
    "-----END ",
    "-----END PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----\n",
    "password: ",
    "password is ",
    "passwd=",
    "\"api_key\": \"",
    "secret = '",
    "Authorization: Bearer ",
    "hunter2!x",
    "correct horse battery 9",
    "aZ3kQ9xL2mN8",
    "\"",
    "'",
    "-u admin:s3cr3tPass!",
    "curl --user bob:",
    "redis://:pa55w0rd@host:6379",
    "postgres://user:p%40ss@db/x",
    "://",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig-Na_ture12",
    "eyJhbGciOi",
    ".eyJzdWIiOiIx",
    "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    "abc8Q~",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab1c",
    "0123456789abcdef0123456789abcdef-us12",
    "12345678Z",
    "X1234567L",
    "131052-308T",
    "RSSMRA85T10A562S",
    "１２３４",
    "ＡＫＩＡ",
    "４１１１ １１１１ １１１１ １１１１",
    "𝟒𝟏𝟏𝟏",
    "\u00a0",
    "ｐａｓｓｗｏｒｄ：",
    "п\u0430ss",
    "ﬁ",
    "⑴",
    "hvs.",
    "key-",
    "SG.",
    "AB 12 34 56 C",
    "ab123456c",
    "ab 12 34 56 c",
    "CE 12 ",
    "34 56 D",
    "0201 234 5678",
    "0044 20 7946 0018",
    "(090-1234-5678)",
    "09171234567",
    "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    "15070649C103",
    "1EG4-TE5-MK73",
    "MORGA607054SM9IJ",
    "is030594W903B",
    "960121-1234567",
    "8001015009087",
    "876 543 210",
    "adafruit_key = \"",
    "meraki: ",
    "f15a5a04b0f6dc6073e6db0296e6ef2d8b8d2522",
    "abcdefgh12345678abcdefgh1234567x",
    "HUBSPOT_KEY -> ",
    "12345678-abcd-1234-abcd-1234567890ab",
    "dapi0123456789abcdef0123456789abcdef",
    "123456789012345|abcdefghijklmnopqrstuvwxyz0",
    ".atlasv1.",
    "a1B2c3D4e5F6g7",
    "</password>",
    "<password>"
  };

  private StreamTexts() {}

  static String random(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = 1 + random.nextInt(random.nextInt(8) == 0 ? 120 : 24);
    int telling = 1 + random.nextInt(4);
    for (int i = 0; i < pieces; i++) {
      text.append(random.nextInt(4) < telling ? one(TELLING, random) : one(WORDS, random));
      if (random.nextInt(300) == 0) {
        text.append("\u200b".repeat(random.nextInt(700)));
      }
      text.append(one(GLUE, random));
    }
    return text.toString();
  }

  private static String one(String[] of, Random random) {
    String whole = of[random.nextInt(of.length)];
    boolean part = whole.length() > 1 && random.nextInt(6) == 0;
    return part ? whole.substring(0, 1 + random.nextInt(whole.length() - 1)) : whole;
  }

  static List<String> ofCorpora() {
    Path folder = Path.of(System.getProperty("vectors", "../../shared/vectors"));
    List<String> texts = new ArrayList<>();
    for (String file :
        List.of(
            "secrets/gitleaks_cases.jsonl",
            "secrets/detect_secrets_cases.jsonl",
            "pii/presidio_cases.jsonl")) {
      if (Files.exists(folder.resolve(file))) {
        texts.addAll(rows(folder.resolve(file)));
      }
    }
    return texts;
  }

  private static List<String> rows(Path file) {
    try {
      List<String> texts = new ArrayList<>();
      ObjectMapper json = new ObjectMapper();
      for (String line : Files.readAllLines(file)) {
        JsonNode row = json.readTree(line);
        texts.add(
            row.has("text")
                ? row.path("text").asText()
                : new String(
                    Base64.getDecoder().decode(row.path("text_b64").asText()),
                    StandardCharsets.UTF_8));
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A text in random pieces, mostly as long as a model's tokens are.
  static List<String> cut(String text, Random random) {
    int longest = 1 + random.nextInt(random.nextInt(4) == 0 ? 400 : 12);
    List<String> pieces = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int next = Math.min(text.length(), at + random.nextInt(longest + 1));
      pieces.add(text.substring(at, next));
      at = next;
    }
    return pieces;
  }
}
