package dev.interceptor.core.token;

import static dev.interceptor.core.token.CraftedToken.KID;
import static dev.interceptor.core.token.CraftedToken.OTHER_SEED;
import static dev.interceptor.core.token.CraftedToken.SEED;
import static dev.interceptor.core.token.CraftedToken.good;
import static dev.interceptor.core.token.TokenRejection.Reason.BAD_SIGNATURE;
import static dev.interceptor.core.token.VectorCase.accepted;
import static dev.interceptor.core.token.VectorCase.refused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Signatures that hold for one reading of RFC 8032 and not for the strict one.
final class SignatureCases {
  /// Names a key that is not in the group of prime order.
  static final String CROOKED_KID = "outside-the-prime-order-group";

  /// The holder of a public key with a component of order 8.
  static final CrookedSigner CROOKED = new CrookedSigner(SEED, 1);

  private static final String ORDER =
      "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  private static final String SPEC = "RFC 8032 §5.1.7";

  private SignatureCases() {}

  static List<VectorCase> all() {
    List<VectorCase> cases = new ArrayList<>();
    byte[] honest = good().signature();
    byte[] message = CraftedToken.ascii(good().signed());
    cases.add(bad("signature-empty", "no bytes", new byte[0]));
    cases.add(bad("signature-63", "a byte too few", Arrays.copyOf(honest, 63)));
    cases.add(bad("signature-65", "a byte too many", Arrays.copyOf(honest, 65)));
    cases.add(bad("signature-zero", "64 zero bytes", new byte[64]));
    cases.add(bad("signature-hmac", "an HMAC under the public key", hmacLike()));
    cases.add(
        refused(
            "signature-other-key",
            BAD_SIGNATURE,
            "made by the other key of the set",
            SPEC,
            good().signedBy(OTHER_SEED).text()));
    cases.add(
        refused(
            "signature-other-payload",
            BAD_SIGNATURE,
            "the payload was changed afterwards",
            SPEC,
            good().withClaim("scope", "\"tool:run_shell\"").text(honest)));
    cases.add(
        refused(
            "signature-other-header",
            BAD_SIGNATURE,
            "the header was rewritten afterwards",
            SPEC,
            good().withHeader(CraftedToken.header(KID).replace(",", ", ")).text(honest)));
    for (int bit : new int[] {0, 7, 100, 255, 256, 300, 508, 511}) {
      byte[] flipped = honest.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      cases.add(bad("signature-bit-" + bit, "bit " + bit + " flipped", flipped));
    }
    cases.add(
        bad("signature-s-plus-l", "`S` plus the group's order", CrookedSigner.plusOrder(honest)));
    byte[] isL = honest.clone();
    System.arraycopy(HexFormat.of().parseHex(ORDER), 0, isL, 32, 32);
    cases.add(bad("signature-s-is-l", "`S` is the group's order", isL));
    cases.add(
        bad(
            "signature-r-neutral",
            "`R` is the neutral point, and the equation holds",
            new CrookedSigner(SEED, 0)
                .signWithNeutral(message, HexFormat.of().parseHex("01" + "00".repeat(31)))));
    cases.add(
        bad(
            "signature-r-neutral-non-canonical",
            "`R` is the neutral point, written as p + 1",
            new CrookedSigner(SEED, 0)
                .signWithNeutral(message, HexFormat.of().parseHex("ee" + "ff".repeat(30) + "7f"))));
    cases.add(
        bad(
            "signature-r-neutral-signed",
            "`R` is the neutral point with the sign of x set",
            new CrookedSigner(SEED, 0)
                .signWithNeutral(message, HexFormat.of().parseHex("01" + "00".repeat(30) + "80"))));
    cases.addAll(componentsOfSmallOrder());
    return cases;
  }

  /// The equation without the cofactor holds for some of these; with it, it holds for all.
  private static List<VectorCase> componentsOfSmallOrder() {
    List<VectorCase> cases = new ArrayList<>();
    CrookedSigner holder = new CrookedSigner(SEED, 0);
    for (int inR = 1; inR < 8; inR++) {
      cases.add(
          refused(
              "signature-r-component-" + inR,
              BAD_SIGNATURE,
              "`R` has a component of small order",
              SPEC,
              good().text(holder.sign(CraftedToken.ascii(good().signed()), inR))));
    }
    for (int i = 0; i < 16; i++) {
      CraftedToken token =
          good()
              .withHeader(CraftedToken.header(CROOKED_KID))
              .withClaim("decision", "\"d-" + i + "\"");
      byte[] message = CraftedToken.ascii(token.signed());
      String text = token.text(CROOKED.sign(message, i % 8));
      String id = "signature-key-component-" + i;
      cases.add(
          CROOKED.holdsExactly(message, i % 8)
              ? accepted(id, "the key has a component of small order that cancels", SPEC, text)
              : refused(
                  id,
                  BAD_SIGNATURE,
                  "the key has a component of small order that does not cancel",
                  SPEC,
                  text));
    }
    return cases;
  }

  private static byte[] hmacLike() {
    byte[] tag = Digests.of("{}").bytes();
    byte[] both = Arrays.copyOf(tag, 64);
    System.arraycopy(tag, 0, both, 32, 32);
    return both;
  }

  private static VectorCase bad(String id, String shows, byte[] signature) {
    return refused(id, BAD_SIGNATURE, shows, SPEC, good().text(signature));
  }
}
