package dev.interceptor.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WebAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://good.example, good.example",
    "HTTPS://GOOD.Example/Path, good.example",
    "https://good.example., good.example",
    "https://good.example:8443/a?b#c, good.example",
    "https://good.example?q=1, good.example",
    "https://good.example#@, ''",
    "https://good.example/@evil.example, good.example",
    "https://good.example/?to=a@evil.example, good.example",
    "https://good.example//evil.example, good.example",
    "wss://xn--bcher-kva.example/, xn--bcher-kva.example",
    "http://a_b.example, a_b.example",
    "http://192.0.2.7/, 192.0.2.7",
    "http://[2001:DB8:0:0:0:0:0:1]:80/, 2001:db8::1",
    "http://[::ffff:10.0.0.1]/, 10.0.0.1",
    "http://[::ffff:a00:1]/, 10.0.0.1",
    "http://[0:0:1::]/, 0:0:1::",
    "http://[::]/, ::",
  })
  void theHostIsWhatEveryReaderReads(String url, String host) {
    if (host.isEmpty()) {
      assertThatIllegalArgumentException().isThrownBy(() -> WebAddress.host(url));
      return;
    }
    assertThat(WebAddress.host(url)).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "good.example",
        "good.example/path",
        "//good.example/",
        "/path",
        "://good.example",
        " https://good.example",
        "https://good.example ",
        "https:good.example",
        "https:/good.example",
        "https:///good.example",
        "https:\\\\good.example",
        "https:/\\good.example",
        "https://",
        "https:///",
        "https://?a",
        "https://.",
        "https://..",
        "https://good..example",
        "https://.good.example",
        "https://good.example..",
        "https://good.example@evil.example/",
        "https://good.example:443@evil.example/",
        "https://good.example%40evil.example/",
        "https://evil.example#@good.example/",
        "https://evil.example?@good.example/",
        "https://evil.example\\@good.example/",
        "https://evil.example\\.good.example/",
        "https://good.example/\\evil.example",
        "https://@good.example/",
        "https://a@b@good.example/",
        "https://good.example\t.evil.example/",
        "https://good.\nexample/",
        "https://good.example/\r\nHost: evil.example",
        "ht\ntps://good.example/",
        "https://good.example\0.evil.example/",
        "https://good.exam%70le/",
        "https://good.example%00.evil.example/",
        "https://good.example%2fevil.example/",
        "https://g\u00f6\u00f6d.example/",
        "https://ｇｏｏｄ.example/",
        "https://good。example/",
        "https://good．example/",
        "https://good.example／.evil.example/",
        "https://good.ex\u00adample/",
        "https://good.example\u200b/",
        "https://\u2488.example/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://good.example:/",
        "https://good.example:0/",
        "https://good.example:080/",
        "https://good.example:65536/",
        "https://good.example:80:80/",
        "https://good.example:8o/",
        "https://good.example:\u0661/",
        "https://[::1/",
        "https://::1/",
        "https://[::1%25eth0]/",
        "https://[::1]evil.example/",
        "https://[::1].evil.example/",
        "https://[good.example]/",
        "https://[1.2.3.4]/",
        "https://[1:2:3:4:5:6:7::8]/",
        "https://[1::2::3]/",
        "https://[:::]/",
        "https://[::1.2.3]/",
        "https://[::01.2.3.4]/",
        "https://[::1.2.3.4:5]/",
        "https://[12345::]/",
        "https://*.example/",
        "https://good.example,evil.example/",
        "https://good.example;evil.example/",
        "https://good.example|evil.example/",
        "https://good.example&evil.example/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.01/",
        "https://127.0.0.1../",
        "https://1.2.3.4.5/",
        "https://256.0.0.1/",
        "https://evil.1/",
        "https://evil.0x/",
        "javascript://good.example/%0aalert(1)",
        "file://good.example/etc/passwd",
        "data://good.example/",
        "jar:https://good.example!/",
        "view-source:https://good.example",
        "url:https://good.example",
        "gopher://good.example/",
        "https\u017f://good.example",
      })
  void whereReadersDifferThereIsNoHost(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> WebAddress.host(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://127.255.255.254/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.168.1.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://192.0.0.1/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://198.18.0.1/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://239.255.255.250/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0X7F.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0/",
        "http://0x/",
        "http://0x.0x.0x.0x/",
        "http://010.8.8.8/",
        "http://3232235777/",
        "http://2852039166/",
        "http://0xa9.0xfea9fe/",
        "http://0xa9.254.0251.0376/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::127.0.0.1]/",
        "http://[::8.8.8.8]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::8.8.8.8]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a9fe:a9fe::1]/",
        "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
        "http://[100::1]/",
        "http://[5f00::1]/",
        "http://[4000::1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://localhost.localdomain/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://db/",
        "http://router.lan/",
        "http://nas.home.arpa/",
      })
  void whatStaysInsideIsPrivate(String url) {
    assertThat(WebAddress.isPrivate(url)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://8.8.8.8/",
        "http://172.32.0.1/",
        "http://100.128.0.1/",
        "http://169.253.255.255/",
        "http://223.255.255.255/",
        "http://[2606:4700::1111]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::8.8.8.8]/",
        "http://[2002:808:808::1]/",
        "https://good.example/",
        "https://localhost.example/",
        "https://internal.example/",
        "https://notlocalhost.example/?u=http://127.0.0.1",
      })
  void whatLeadsOutIsNotPrivate(String url) {
    assertThat(WebAddress.isPrivate(url)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1",
        "http:127.0.0.1",
        "http://good.example@127.0.0.1/",
        "http://127.0.0.1\\@good.example/",
        "http://134744072/",
        "http://0x08080808/",
        "http://8.8.8.08/",
        "http://425.510.425.510/",
        "http://127.0.0.256/",
        "http://1.2.3.4.5/",
        "http://4294967296/",
        "http://18446744073709551616/",
        "http://①②⑦.⓪.⓪.①/",
        "http://[::ffff:127.0.0.1%25lo]/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
      })
  void whatCannotBeReadIsNeitherPrivateNorPublic(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> WebAddress.isPrivate(url));
  }

  @Test
  void aLongHostIsRefusedWithoutMuchWork() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebAddress.host("https://" + "a.".repeat(1_000_000)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WebAddress.isPrivate("https://" + "0.".repeat(1_000_000) + "0"));
  }
}
