package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MailAddressTest {
  @ParameterizedTest
  @CsvSource({
    "anna@acme.example, acme.example",
    "Anna.Kowalska+invoices@ACME.Example, acme.example",
    "o'neil_{x}@acme.example, acme.example",
    "root@localhost, localhost",
    "a@xn--bcher-kva.example, xn--bcher-kva.example",
  })
  void theDomainIsWhatEveryMailProgramReads(String address, String domain) {
    assertThat(MailAddress.domain(address)).isEqualTo(domain);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "anna",
        "anna@",
        "@acme.example",
        "anna@@acme.example",
        "anna@evil.example@acme.example",
        "anna@acme.example@",
        "\"anna@evil.example\"@acme.example",
        "\"anna\"@acme.example",
        "anna\\@evil.example@acme.example",
        "Anna <anna@acme.example>",
        "<anna@acme.example>",
        "anna@acme.example <x@evil.example>",
        "anna@acme.example,x@evil.example",
        "anna@acme.example;x@evil.example",
        "anna@acme.example x@evil.example",
        "anna@acme.example\nBcc: x@evil.example",
        "anna@acme.example\r\n",
        " anna@acme.example",
        "anna@acme.example ",
        "anna@ acme.example",
        "anna(comment)@acme.example",
        "anna@acme.example(comment)",
        "anna@(comment)acme.example",
        "mailto:anna@acme.example",
        "anna@acme.example?bcc=x@evil.example",
        "anna%evil.example@acme.example",
        "evil.example!anna@acme.example",
        "@evil.example:anna@acme.example",
        ".anna@acme.example",
        "anna.@acme.example",
        "an..na@acme.example",
        "anna@acme..example",
        "anna@.acme.example",
        "anna@acme.example.",
        "anna@acme.example:25",
        "anna@acme.example/x",
        "anna@[127.0.0.1]",
        "anna@[IPv6:::1]",
        "anna@127.0.0.1",
        "anna@2130706433",
        "anna@0x7f000001",
        "anna@acm\u00e9.example",
        "anna@ａｃｍｅ.example",
        "anna@acme。example",
        "\u00e4nna@acme.example",
        "x＠evil.example@acme.example",
        "anna@acme.example\u200b",
        "anna@acme.example\0.evil.example",
        "=?utf-8?q?x=40evil.example=3e=00?=foo@acme.example@x",
      })
  void whereMailProgramsDifferThereIsNoDomain(String address) {
    assertThatIllegalArgumentException().isThrownBy(() -> MailAddress.domain(address));
  }
}
