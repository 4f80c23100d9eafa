package ai.signal.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UriCredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://anna:PLANTED@bucket/x",
        "s3a://AKIA:PL/ANTED@bucket/x",
        "S3A://anna%3APLANTED@bucket",
        "hdfs://anna:PLANTED@name-node:8020/x",
        "https://host/x?X-Amz-Algorithm=A&X-Amz-Signature=PLANTED",
        "https://host/x?x-amz-security-token=PLANTED&a=b",
        "https://account.blob.core.windows.net/c/x?sv=2022&sig=PLANTED",
        "https://storage.googleapis.com/b/x?X-Goog-Signature=PLANTED",
        "s3a://bucket/x?AWSAccessKeyId=A&Signature=PLANTED",
        "jdbc:postgresql://host:5432/db?user=anna&password=PLANTED",
        "https://host/x?access_token=PLANTED"
      })
  void credentialsAreFoundAndNeverRepeated(String location) {
    assertThatThrownBy(() -> UriCredentials.refuse("Cannot read data", location))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(location.substring(0, location.indexOf(':') + 1) + " location")
        .hasMessageNotContainingAny("PLANTED", "PL/", "anna");
    assertThat(UriCredentials.redacted("Cannot read " + location + ": it is not there"))
        .startsWith("Cannot read ")
        .endsWith(" it is not there")
        .contains("***")
        .doesNotContain("PLANTED", "ANTED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/anna/a:b@c",
        "runs/mine",
        "builtin:tiny",
        "s3a://bucket/a:b@c/x?.jsonl",
        "s3a://bucket/runs/*",
        "hdfs://name-node:8020/a@b",
        "hdfs://one:8020,two:8020/a@b",
        "hdfs://[::1]:8020/a@b",
        "hdfs:///user/anna/x",
        "file:///tmp/x",
        "abfss://container@account.dfs.core.windows.net/runs/x",
        "https://host/x?tokens=4&page=2"
      })
  void whatOnlyLooksLikeThemIsLeftAlone(String location) {
    assertThat(UriCredentials.refuse("Cannot read data", location)).isEqualTo(location);
    assertThat(UriCredentials.redacted(location)).isEqualTo(location);
  }
}
