package dev.interceptor.core.token;

import java.util.Arrays;
import java.util.HexFormat;

/// Vectors whose verdict is known, for each way in which implementations of Ed25519 are known to
/// differ.
final class Ed25519SelfTest {
  private static final HexFormat HEX = HexFormat.of();

  /// RFC 8032 §7.1, tests 1 to 3: seed, message, signature.
  private static final String[][] RFC_8032 = {
    {
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
          + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    },
    {
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    },
    {
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    },
  };

  /// The key of test 2 and its holder's signatures of the byte 0 with a point of order 2, 4 and 8
  /// added to `R`: they satisfy the equation with the cofactor only.
  private static final String KEY =
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

  private static final String[] CROOKED = {
    "d00982b8e9ac89ed1ce022a231f6b861746ab460d0730e9189e86cc8560f606e"
        + "6f8b948ac2099f957104afe7e9b790de0319d0b8141b71d1b0133e37a9e4e502",
    "e9deca89993a3c98a9f931e82ca184e43ea0ad1a67a8fe8085b0f34c60cd3601"
        + "d15d0595ec1c5914b10ee4a46ad862af616f408277574be5a943f742cfb58207",
    "209c0803b74a911912050a24433501b499d9b0da73fe0f985ff8c1eb9bb619db"
        + "82c6e41dbc3e8aa186bde0ffd85ad25b1ceaa3f575af7143292c928d2158de0c",
  };

  /// The same holder's signature of the byte 0 with the neutral point as `R`: it satisfies both
  /// equations.
  private static final String NEUTRAL =
      "0100000000000000000000000000000000000000000000000000000000000000"
          + "8c8fa8a955e78e278ef8c3df6b5ab8c8a958df6f1f6bc2a2c706dff1cb880303";

  /// A key with a component of small order, and under it a signature that satisfies the equation
  /// without the cofactor, then two that satisfy only the one with it: message, signature. Cases 3
  /// to 5 of "Taming the many EdDSAs" (IACR ePrint 2020/1244).
  private static final String MIXED_KEY =
      "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d";

  private static final String[][] MIXED = {
    {
      "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
      "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f"
          + "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
    },
    {
      "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
      "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512"
          + "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
    },
    {
      "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
      "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7"
          + "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
    },
  };

  private final Ed25519Provider provider;

  private Ed25519SelfTest(Ed25519Provider provider) {
    this.provider = provider;
  }

  /// @throws UnfitProviderException naming the first vector on which `provider` is wrong
  static void run(Ed25519Provider provider) throws UnfitProviderException {
    try {
      Ed25519SelfTest test = new Ed25519SelfTest(provider);
      test.signsAsPublished();
      test.signsAnyLength();
      test.refusesWhatWasChanged();
      test.refusesBadForm();
      test.refusesComponentsOfSmallOrder();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UnfitProviderException(provider + " cannot sign with Ed25519", e);
    }
  }

  private void signsAsPublished() throws UnfitProviderException {
    for (String[] vector : RFC_8032) {
      SigningKey key = SigningKey.ofSeed(bytes(vector[0]), provider);
      byte[] message = bytes(vector[1]);
      byte[] signature = bytes(vector[2]);
      require(Arrays.equals(key.sign(message), signature), "sign RFC 8032 §7.1");
      verdict(true, key.publicKey(), message, signature, "RFC 8032 §7.1");
    }
  }

  /// Against BouncyCastle, over one key whose objects are used again.
  private void signsAnyLength() throws UnfitProviderException {
    byte[] seed = bytes(RFC_8032[0][0]);
    SigningKey key = SigningKey.ofSeed(seed, provider);
    for (int length : new int[] {8192, 0, 600, 1}) {
      byte[] message = new byte[length];
      byte[] signature = SigningKey.ofSeed(seed).sign(message);
      require(Arrays.equals(key.sign(message), signature), "sign " + length + " bytes");
      verdict(true, key.publicKey(), message, signature, length + " bytes");
    }
  }

  private void refusesWhatWasChanged() throws UnfitProviderException {
    VerificationKey key = key(KEY);
    byte[] message = bytes(RFC_8032[1][1]);
    byte[] signature = bytes(RFC_8032[1][2]);
    for (int bit : new int[] {0, 77, 255, 256, 333, 499}) {
      byte[] changed = signature.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      verdict(false, key, message, changed, "bit " + bit + " of a signature changed");
      verdict(true, key, message, signature, "RFC 8032 §7.1 after a refusal");
    }
    verdict(false, key, new byte[] {0x73}, signature, "a message changed");
    verdict(false, key, new byte[0], signature, "a message cut");
    verdict(false, key(MIXED_KEY), message, signature, "another key");
  }

  private void refusesBadForm() throws UnfitProviderException {
    VerificationKey key = key(KEY);
    byte[] message = bytes(RFC_8032[1][1]);
    byte[] signature = bytes(RFC_8032[1][2]);
    verdict(false, key, message, plusOrder(signature), "S + L");
    verdict(false, key, message, Arrays.copyOf(signature, 63), "63 bytes");
    verdict(false, key, message, Arrays.copyOf(signature, 65), "65 bytes");
    for (byte[] y : Ed25519.SMALL_ORDER) {
      for (int sign : new int[] {0, 0x80}) {
        byte[] point = y.clone();
        point[31] |= (byte) sign;
        byte[] changed = signature.clone();
        System.arraycopy(point, 0, changed, 0, point.length);
        verdict(false, key, message, changed, "R of small order");
        require(Ed25519.decodePublicKey(point, provider).isEmpty(), "key of small order");
      }
    }
    verdict(false, key, new byte[1], bytes(NEUTRAL), "neutral R");
    byte[] notCanonical = new byte[Ed25519.KEY_BYTES];
    Arrays.fill(notCanonical, (byte) 0xff);
    require(Ed25519.decodePublicKey(notCanonical, provider).isEmpty(), "key above the prime");
    System.arraycopy(notCanonical, 0, signature, 0, notCanonical.length);
    verdict(false, key, message, signature, "R above the prime");
  }

  private void refusesComponentsOfSmallOrder() throws UnfitProviderException {
    for (String signature : CROOKED) {
      verdict(false, key(KEY), new byte[1], bytes(signature), "component of small order in R");
    }
    for (int i = 0; i < MIXED.length; i++) {
      String vector = "component of small order in the key, case " + (3 + i);
      verdict(i == 0, key(MIXED_KEY), bytes(MIXED[i][0]), bytes(MIXED[i][1]), vector);
    }
  }

  private void verdict(
      boolean wanted, VerificationKey key, byte[] message, byte[] signature, String vector)
      throws UnfitProviderException {
    require(key.verifies(message, signature) == wanted, (wanted ? "accept " : "refuse ") + vector);
  }

  private void require(boolean right, String vector) throws UnfitProviderException {
    if (!right) {
      throw new UnfitProviderException(provider + " does not " + vector);
    }
  }

  private VerificationKey key(String encoded) {
    return VerificationKey.named("self-test", bytes(encoded), provider);
  }

  /// The same signature with the order of the group added to `S`, little-endian.
  private static byte[] plusOrder(byte[] signature) {
    byte[] sum = signature.clone();
    int carry = 0;
    for (int i = 0; i < Ed25519.KEY_BYTES; i++) {
      carry += (sum[Ed25519.KEY_BYTES + i] & 0xff) + (Ed25519.ORDER[i] & 0xff);
      sum[Ed25519.KEY_BYTES + i] = (byte) carry;
      carry >>= 8;
    }
    return sum;
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }
}
