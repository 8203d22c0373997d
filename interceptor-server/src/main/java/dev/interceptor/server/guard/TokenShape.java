package dev.interceptor.server.guard;

import java.util.ArrayList;
import java.util.List;

/// The look of a provider's credential: a prefix and a run of characters.
///
/// @param min shortest run after the prefix
/// @param max longest run after the prefix; in a longer one it is something else
/// @param digits fewest digits in the run
/// @param place whether the prefix may stand within a word
record TokenShape(String prefix, Alphabet alphabet, int min, int max, int digits, Place place) {
  private static final int ANY = Integer.MAX_VALUE;
  private static final int FEW = 5;

  enum Place {
    WORD_START,
    ANYWHERE
  }

  /// What a run is made of.
  enum Alphabet {
    HEX,
    DIGIT_OR_UPPER,
    ALNUM,
    /// Letters, digits, `_` and `-`.
    URL_SAFE,
    /// As URL_SAFE, with `.` and `=`.
    DOTTED,
    /// Letters, digits, `+`, `/` and `=`.
    BASE64;

    boolean has(char c) {
      return switch (this) {
        case HEX -> Ascii.isHex(c);
        case DIGIT_OR_UPPER -> Ascii.isDigit(c) || (c >= 'A' && c <= 'Z');
        case ALNUM -> Ascii.isAlnum(c);
        case URL_SAFE -> Ascii.isWord(c) || c == '-';
        case DOTTED -> Ascii.isWord(c) || c == '-' || c == '.' || c == '=';
        case BASE64 -> Ascii.isAlnum(c) || c == '+' || c == '/' || c == '=';
      };
    }
  }

  /// @return the index after the credential that starts at `start`, -1 if none does
  int end(PlainText text, int start) {
    if (!text.startsWith(prefix, start)) {
      return -1;
    }
    int from = start + prefix.length();
    int end = from;
    while (end - from <= max && alphabet.has(text.at(end))) {
      end++;
    }
    while (max == ANY && end > from && (text.at(end - 1) == '.' || text.at(end - 1) == '-')) {
      end--;
    }
    int run = end - from;
    return run >= min && run <= max && isRandom(text, from, end) ? end : -1;
  }

  /// Whether the run is no placeholder such as `xxxxxxxx` and has the digits it needs.
  private boolean isRandom(PlainText text, int from, int end) {
    long low = 0;
    long high = 0;
    int numbers = 0;
    for (int i = from; i < end; i++) {
      char c = text.at(i);
      numbers += Ascii.isDigit(c) ? 1 : 0;
      if (c < 64) {
        low |= 1L << c;
      } else {
        high |= 1L << (c - 64);
      }
    }
    return numbers >= digits && Long.bitCount(low) + Long.bitCount(high) >= FEW;
  }

  static List<TokenShape> known() {
    List<TokenShape> all = new ArrayList<>();
    codeHosts(all);
    clouds(all);
    modelProviders(all);
    messaging(all);
    payments(all);
    packages(all);
    others(all);
    return all;
  }

  private static void add(
      List<TokenShape> all, Place place, Alphabet alphabet, int min, int max, String... prefixes) {
    for (String prefix : prefixes) {
      all.add(new TokenShape(prefix, alphabet, min, max, 0, place));
    }
  }

  private static void codeHosts(List<TokenShape> all) {
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 36, ANY, "ghp_", "gho_", "ghu_", "ghs_", "ghr_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 60, ANY, "github_pat_");
    add(all, Place.ANYWHERE, Alphabet.DOTTED, 20, ANY, "glpat-", "gldt-", "glrt-", "glcbt-");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 20, ANY, "glptt-", "glft-", "glagent-", "gloas-");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 20, ANY, "glimt-", "glsoat-", "glffct-");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 20, ANY, "GR1348941");
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 32, ANY, "_gitlab_session=");
    add(all, Place.WORD_START, Alphabet.DOTTED, 100, ANY, "ATATT3", "ATCTT3");
    add(all, Place.WORD_START, Alphabet.HEX, 40, ANY, "sgp_", "sgp_local_", "pul-");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 50, ANY, "sgp_");
  }

  private static void clouds(List<TokenShape> all) {
    add(all, Place.WORD_START, Alphabet.DIGIT_OR_UPPER, 16, 16, "AKIA", "ASIA", "ABIA", "ACCA");
    add(all, Place.WORD_START, Alphabet.DIGIT_OR_UPPER, 17, 17, "A3T");
    add(all, Place.WORD_START, Alphabet.BASE64, 100, 280, "ABSK");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 24, ANY, "bedrock-api-key-");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 35, 35, "AIza");
    add(all, Place.WORD_START, Alphabet.DOTTED, 20, ANY, "ya29.", "GOCSPX-", "1//0");
    add(all, Place.WORD_START, Alphabet.ALNUM, 20, 22, "LTAI");
    add(all, Place.ANYWHERE, Alphabet.HEX, 64, ANY, "dop_v1_", "doo_v1_", "dor_v1_");
    add(all, Place.WORD_START, Alphabet.DOTTED, 32, ANY, "dapi", "v1.0-");
    add(all, Place.ANYWHERE, Alphabet.DOTTED, 80, ANY, "dt0c01.", "dt0s16.");
    add(all, Place.WORD_START, Alphabet.BASE64, 43, ANY, "fm1a_", "fm1r_", "fm2_");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 43, ANY, "fo1_", "tk-us-", "HRKU-AA", "sha256~");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 24, ANY, "hvs.", "hvb.", "hvr.");
    all.add(new TokenShape("s.", Alphabet.ALNUM, 24, 24, 1, Place.WORD_START));
    add(all, Place.WORD_START, Alphabet.DOTTED, 30, ANY, "pscale_tkn_", "pscale_oauth_");
    add(all, Place.WORD_START, Alphabet.DOTTED, 30, ANY, "pscale_pw_");
    add(all, Place.WORD_START, Alphabet.ALNUM, 38, 38, "4b1d");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 35, 38, "AQVN", "YC");
  }

  private static void modelProviders(List<TokenShape> all) {
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 20, ANY, "sk-ant-", "sk-proj-", "sk-svcacct-");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 20, ANY, "sk-admin-", "sk-or-v1-");
    add(all, Place.WORD_START, Alphabet.ALNUM, 32, ANY, "sk-", "gsk_", "xai-", "pplx-", "r8_");
    add(all, Place.WORD_START, Alphabet.ALNUM, 34, ANY, "hf_", "api_org_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 41, 41, "ik_");
  }

  private static void messaging(List<TokenShape> all) {
    for (String kind :
        List.of("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxe", "xapp-")) {
      all.add(new TokenShape(kind, Alphabet.DOTTED, 8, ANY, 2, Place.ANYWHERE));
    }
    add(all, Place.ANYWHERE, Alphabet.BASE64, 20, ANY, "hooks.slack.com/services/");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 20, ANY, "hooks.slack.com/workflows/");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 20, ANY, "hooks.slack.com/triggers/");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 20, ANY, "webhook.office.com/webhookb2/");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 17, ANY, "discord.com/api/webhooks/");
    add(all, Place.WORD_START, Alphabet.DOTTED, 60, ANY, "SG.", "xkeysib-");
    add(all, Place.WORD_START, Alphabet.HEX, 32, 32, "SK", "key-", "pubkey-");
    add(all, Place.WORD_START, Alphabet.ALNUM, 90, ANY, "EAAM", "EAAC", "EAAB");
  }

  private static void payments(List<TokenShape> all) {
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 10, ANY, "sk_live_", "sk_test_", "sk_prod_");
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 10, ANY, "rk_live_", "rk_test_", "rk_prod_");
    add(all, Place.WORD_START, Alphabet.BASE64, 24, ANY, "whsec_");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 22, ANY, "EAAA", "sq0atp-", "sq0csp-");
    add(all, Place.ANYWHERE, Alphabet.HEX, 32, ANY, "shpat_", "shpca_", "shppa_", "shpss_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 12, ANY, "FLWSECK_TEST-", "FLWSECK-");
    add(all, Place.WORD_START, Alphabet.ALNUM, 54, ANY, "EZAK", "EZTK");
    add(all, Place.ANYWHERE, Alphabet.DOTTED, 40, ANY, "duffel_test_", "duffel_live_");
    add(all, Place.ANYWHERE, Alphabet.HEX, 40, ANY, "shippo_live_", "shippo_test_");
  }

  private static void packages(List<TokenShape> all) {
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 36, ANY, "npm_", "pnu_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 50, ANY, "pypi-AgE");
    add(all, Place.ANYWHERE, Alphabet.HEX, 48, ANY, "rubygems_");
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 60, ANY, "CLOJARS_", "clojars_");
    add(all, Place.WORD_START, Alphabet.ALNUM, 59, ANY, "AKCp", "cmVmd");
    add(all, Place.WORD_START, Alphabet.DIGIT_OR_UPPER, 26, 26, "API-");
  }

  private static void others(List<TokenShape> all) {
    add(all, Place.WORD_START, Alphabet.DIGIT_OR_UPPER, 50, ANY, "AGE-SECRET-KEY-1");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 43, ANY, "MC4CAQAwBQYDK2VwBCIEI");
    add(all, Place.WORD_START, Alphabet.BASE64, 200, ANY, "ops_eyJ");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 31, 40, "A3-");
    add(all, Place.WORD_START, Alphabet.ALNUM, 32, ANY, "p8e-", "ico-");
    add(all, Place.ANYWHERE, Alphabet.ALNUM, 40, ANY, "lin_api_", "lin_oauth_", "dp.pt.", "dp.st.");
    add(all, Place.WORD_START, Alphabet.ALNUM, 40, ANY, "ntn_");
    add(all, Place.WORD_START, Alphabet.ALNUM, 43, 43, "secret_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 50, ANY, "PMAK-");
    add(all, Place.ANYWHERE, Alphabet.BASE64, 32, ANY, "glc_");
    add(all, Place.ANYWHERE, Alphabet.URL_SAFE, 40, ANY, "glsa_", "fio-u-", "rdme_");
    add(all, Place.WORD_START, Alphabet.BASE64, 60, ANY, "sntrys_");
    add(all, Place.WORD_START, Alphabet.HEX, 64, ANY, "sntryu_", "s-s4t2ud-", "s-s4t2af-");
    add(all, Place.WORD_START, Alphabet.ALNUM, 16, ANY, "sm_aat_", "sm_pat_", "sm_sat_");
    add(all, Place.WORD_START, Alphabet.DOTTED, 50, ANY, "tfp_");
    add(all, Place.WORD_START, Alphabet.URL_SAFE, 19, ANY, "NRAK-", "NRII-", "NRJS-");
    add(all, Place.WORD_START, Alphabet.HEX, 40, ANY, "squ_", "sqp_", "sqa_");
    add(all, Place.WORD_START, Alphabet.DOTTED, 68, ANY, "pat.", "sat.");
  }
}
