package dev.interceptor.core.token;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/// A JCA provider that has one flaw on purpose, and fails on one message.
final class ScriptedProvider extends Provider {
  static final byte[] POISON = {6, 6, 6};

  enum Flaw {
    NONE,
    NOT_THERE,
    FAILS_TO_SIGN,
    SIGNS_WRONGLY,
    ACCEPTS_NOTHING,
    FAILS_TO_VERIFY,
    ACCEPTS_ALL,
    /// BouncyCastle's own verdict.
    MULTIPLIES_BY_THE_COFACTOR,
    REFUSES_MIXED_KEYS
  }

  private final AtomicInteger made = new AtomicInteger();

  ScriptedProvider(Flaw flaw) {
    super("scripted", "1", "for tests");
    if (flaw != Flaw.NOT_THERE) {
      putService(
          new Service(this, "Signature", "Ed25519", "none", null, null) {
            @Override
            public Object newInstance(@Nullable Object parameter) {
              made.incrementAndGet();
              return new Scripted(flaw);
            }
          });
    }
  }

  /// How many `Signature` objects were made.
  int made() {
    return made.get();
  }

  private static final class Scripted extends SignatureSpi {
    private final Flaw flaw;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private byte[] key = {};
    private @Nullable PublicKey publicKey;

    Scripted(Flaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected void engineInitSign(PrivateKey privateKey) {
      key = last32(privateKey);
    }

    @Override
    protected void engineInitVerify(PublicKey given) {
      publicKey = given;
      key = last32(given);
    }

    private static byte[] last32(Key key) {
      byte[] der = key.getEncoded();
      return Arrays.copyOfRange(der, der.length - 32, der.length);
    }

    @Override
    protected void engineUpdate(byte one) {
      message.write(one);
    }

    @Override
    protected void engineUpdate(byte[] bytes, int from, int length) {
      message.write(bytes, from, length);
    }

    private byte[] takeMessage() throws SignatureException {
      byte[] taken = message.toByteArray();
      if (Arrays.equals(taken, POISON)) {
        throw new SignatureException("poison");
      }
      message.reset();
      return taken;
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
      if (flaw == Flaw.FAILS_TO_SIGN) {
        throw new SignatureException("on purpose");
      }
      byte[] taken = takeMessage();
      byte[] signature = new byte[64];
      Ed25519.sign(key, 0, taken, 0, taken.length, signature, 0);
      signature[0] ^= (byte) (flaw == Flaw.SIGNS_WRONGLY ? 1 : 0);
      return signature;
    }

    @Override
    protected boolean engineVerify(byte[] signature) throws SignatureException {
      byte[] taken = takeMessage();
      return switch (flaw) {
        case ACCEPTS_ALL -> true;
        case ACCEPTS_NOTHING -> false;
        case FAILS_TO_VERIFY -> throw new SignatureException("on purpose");
        case MULTIPLIES_BY_THE_COFACTOR ->
            Ed25519.verify(signature, 0, key, 0, taken, 0, taken.length);
        case REFUSES_MIXED_KEYS ->
            Ed25519.validatePublicKeyFull(key, 0) && verifiesExactly(taken, signature);
        default -> verifiesExactly(taken, signature);
      };
    }

    private boolean verifiesExactly(byte[] taken, byte[] signature) throws SignatureException {
      try {
        Signature jdk = Signature.getInstance("Ed25519", "SunEC");
        jdk.initVerify(publicKey);
        jdk.update(taken);
        return jdk.verify(signature);
      } catch (GeneralSecurityException e) {
        throw new SignatureException(e);
      }
    }

    @Deprecated
    @Override
    protected void engineSetParameter(String name, Object value) {
      throw new UnsupportedOperationException();
    }

    @Deprecated
    @Override
    protected Object engineGetParameter(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
