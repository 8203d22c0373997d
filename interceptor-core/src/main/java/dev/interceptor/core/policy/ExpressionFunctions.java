package dev.interceptor.core.policy;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.Collections;
import java.util.List;

/// What expressions may call besides CEL's own functions: values as the target will read them. What
/// cannot be read for sure is an error.
final class ExpressionFunctions {
  static final String WITHIN = "within";
  static final String HOST = "host";
  static final String DOMAIN = "domain";
  static final String IN_CIDR = "inCidr";
  static final String IS_PRIVATE = "isPrivate";

  static final List<String> SIGNATURES =
      List.of(
          "within(path, root)",
          "host(url)",
          "isPrivate(url)",
          "domain(address)",
          "inCidr(ip, range)");

  static final List<CelFunctionDecl> DECLARATIONS =
      List.of(
          declared(WITHIN, SimpleType.BOOL, 2),
          declared(HOST, SimpleType.STRING, 1),
          declared(DOMAIN, SimpleType.STRING, 1),
          declared(IN_CIDR, SimpleType.BOOL, 2),
          declared(IS_PRIVATE, SimpleType.BOOL, 1));

  static final List<CelFunctionBinding> BINDINGS =
      List.of(
          CelFunctionBinding.from(
              overload(WITHIN), String.class, String.class, Containment::within),
          CelFunctionBinding.from(overload(HOST), String.class, WebAddress::host),
          CelFunctionBinding.from(overload(DOMAIN), String.class, MailAddress::domain),
          CelFunctionBinding.from(
              overload(IN_CIDR), String.class, String.class, ExpressionFunctions::inCidr),
          CelFunctionBinding.from(overload(IS_PRIVATE), String.class, WebAddress::isPrivate));

  private ExpressionFunctions() {}

  private static CelFunctionDecl declared(String name, CelType result, int parameters) {
    return CelFunctionDecl.newFunctionDeclaration(
        name,
        CelOverloadDecl.newGlobalOverload(
            overload(name), result, Collections.nCopies(parameters, SimpleType.STRING)));
  }

  private static String overload(String name) {
    return name + "_of_strings";
  }

  /// @throws IllegalArgumentException if either is not in its plain spelling
  static boolean inCidr(String ip, String range) {
    var addresses =
        Cidr.parse(range)
            .orElseThrow(() -> new IllegalArgumentException("not a range like 10.0.0.0/8"));
    return addresses.contains(
        IpAddress.parse(ip).orElseThrow(() -> new IllegalArgumentException("not an IP address")));
  }
}
