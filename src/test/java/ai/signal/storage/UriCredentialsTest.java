package ai.signal.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which paths carry credentials; every secret below holds the word PLANTED. */
class UriCredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        // user and password
        "s3a://anna:PLANTED@bucket/x",
        "s3a://AKIA:PL/PLANTED@bucket/x",
        "s3a://AKIA:12/PLANTED@bucket/x",
        "S3A://anna:PLANTED@bucket",
        "s3a://:PLANTED@bucket/x",
        "s3a://anna:PLANTED@",
        "s3a://anna:PLAN@TED-PLANTED@bucket/x",
        "s3a://anna@x:PLANTED@bucket/x",
        "s3a://anna:PLANTED word@bucket/x",
        "s3a://anna:?PLANTED@bucket/x",
        "s3a://anna:#PLANTED@bucket/x",
        "hdfs://anna:PLANTED@name-node:8020/x",
        "hdfs://anna:PL/PLANTED@name-node/x",
        "https://anna:PLANTED@host/x",
        "HTTPS://anna:PLANTED@[::1]:80/x",
        "ftp://anna:PLANTED@host/x",
        "abfss://container:PLANTED@account.dfs.core.windows.net/x",
        "abfss://container@account:PLANTED@host/x",
        "gs://anna:PLANTED@bucket/x",
        "hf://anna:PLANTED@org/name",
        "file://anna:PLANTED@host/x",
        // a key alone
        "s3a://PLANTED@bucket/x",
        "https://PLANTED@host/org/repository",
        "hf://hf_PLANTED@org/name",
        // encoded
        "S3A://anna%3APLANTED@bucket",
        "s3a://anna%3aPLANTED%40bucket/x",
        "s3a://anna:PLANTED%40bucket/x",
        "s3a://anna%253APLANTED%2540bucket/x",
        "s3a%3A%2F%2Fanna%3APLANTED%40bucket/x",
        "https://host/x?X%2DAmz%2DSignature=PLANTED",
        "https://host/x%3Fsig%3DPLANTED",
        // misspelt
        "s3a:anna:PLANTED@bucket/x",
        "s3a:PLANTED@bucket/x",
        "s3a:anna:PL/PLANTED@bucket",
        "s3a:/anna:PLANTED@bucket/x",
        "s3a:///anna:PLANTED@bucket/x",
        "s3a:////anna:PLANTED@bucket/x",
        "s3a:\\\\anna:PLANTED@bucket\\x",
        "s3a:/\\anna:PLANTED@bucket",
        "s3a ://anna:PLANTED@bucket/x",
        "s3a: //anna:PLANTED@bucket/x",
        " s3a://anna:PLANTED@bucket/x",
        "\ts3a://anna:PLANTED@bucket/x",
        "s3a:\n//anna:PLANTED@bucket/x",
        "s3a://anna\u0000:PLANTED@bucket/x",
        "s3a:/\u200B/anna:PLANTED@bucket/x",
        "'s3a://anna:PLANTED@bucket/x'",
        "//anna:PLANTED@bucket/x",
        "//PLANTED@bucket/x",
        "anna:PLANTED@bucket/x",
        "x+y.z-1://anna:PLANTED@bucket",
        // one of several, or in another
        "data/a.jsonl,s3a://anna:PLANTED@bucket/b.jsonl",
        "{data/a,s3a://anna:PLANTED@bucket/b}.jsonl",
        "har://s3a-anna:PLANTED@bucket/x.har",
        "jar:https://anna:PLANTED@host/x.jar!/model",
        "s3a://bucket/x?from=s3a://anna:PLANTED@other/x",
        "parquet.`s3a://anna:PLANTED@bucket/x`",
        "/home/anna/s3a:/anna:PLANTED@bucket/x",
        // parameters
        "https://host/x?X-Amz-Algorithm=A&X-Amz-Signature=PLANTED",
        "https://host/x?X-Amz-Credential=PLANTED",
        "https://host/x?x-amz-security-token=PLANTED&a=b",
        "https://account.blob.core.windows.net/c/x?sv=2022&sig=PLANTED",
        "abfss://container@account.dfs.core.windows.net/x?SV=2022&SIG=PLANTED",
        "https://account.blob.core.windows.net/c/x?sv=PLANTED&se=2030&sp=r",
        "https://storage.googleapis.com/b/x?X-Goog-Signature=PLANTED",
        "https://storage.googleapis.com/b/x?GoogleAccessId=PLANTED",
        "s3a://bucket/x?AWSAccessKeyId=A&Signature=PLANTED",
        "s3a://bucket/x?AWSSecretKey=PLANTED",
        "jdbc:postgresql://host:5432/db?user=anna&password=PLANTED",
        "jdbc:sqlserver://host;user=anna;password=PLANTED",
        "https://host/x?access_token=PLANTED",
        "https://host/x?token=PLANTED",
        "https://host/x?a=b& token =PLANTED",
        "https://host/x?api_key=PLANTED",
        "https://host/x?API-KEY=PLANTED",
        "https://host/x?apikey=PLANTED",
        "https://host/x?key=PLANTED",
        "https://host/x?client_secret=PLANTED",
        "https://host/x;AccountKey=PLANTED",
        "https://host/x#access_token=PLANTED",
        "host/x?X-Amz-Signature=PLANTED",
        "s3a://bucket/x?ticket=PLANTED",
        "host/x?delegation=PLANTED",
        "/data/x;jsessionid=PLANTED",
        // whatever their name, after a URI
        "webhdfs://host:9870/x?delegation=PLANTED",
        "https://host/x?code=PLANTED",
        "https://host/x?t=PLANTED",
        "s3a://bucket/x?PLANTED",
        "s3a://bucket/x??PLANTED",
        "s3a://bucket/x?PLANTED/TED",
        "s3a://bucket/x/?PLANTED",
        "s3a://bucket?PLANTED",
        "s3a:bucket/x?PLANTED",
        "builtin:tiny?PLANTED",
        "builtin:tiny#PLANTED",
        "file:///x?PLANTED",
        "file:///x#PLANTED",
        "dbfs:/x#PLANTED",
        "hdfs:///x#PLANTED",
        "s3a://bucket/x#PLANTED",
        "s3a://bucket#PLANTED",
        "s3a://bucket/x%23PLANTED",
        "s3a://bucket/x;PLANTED",
        "https://host/x;jsessionid=PLANTED",
        "hdfs://host/x;v=PLANTED/y",
        "s3a://bucket/x?versionId=PLANTED",
        "https://host/x?page=PLANTED&design=1",
        "parquet.`s3a://bucket/x?PLANTED`",
        "data/a.jsonl,s3a://bucket/x#PLANTED",
        // where a port may be, and users of files
        "s3a://AKIA:PLANTED/x",
        "s3a://AKIA:PLANTED",
        "s3a:AKIA:PLANTED/x",
        "s3a:/AKIA:PLANTED/x",
        "hdfs:/anna:PLANTED/x",
        "s3a:///AKIA:PLANTED/x",
        "gs://bucket:80/PLANTED",
        "hdfs://anna:PLANTED/x",
        "hdfs://one:8020,two:PLANTED/x",
        "//anna:PLANTED/x",
        "file:///anna:PLANTED@host/x",
        "file:////anna:PLANTED@host/x",
        "dbfs:///anna:PLANTED@host/x",
        // in other letters
        "s3a://anna:PLANTED\uff20bucket/x",
        "s3a://anna\uff1aPLANTED\uff20bucket/x",
        "s3a\uff1a//anna\uff1aPLANTED@bucket/x",
        "s3a:\uff0f\uff0fAKIA\uff1aPLANTED/x",
        "s3a://AKIA\u2236PLANTED/x",
        "s3a://anna\ufe55PLANTED\ufe6bbucket/x",
        "s3a://bucket/x\uff1fPLANTED",
        "https://host/x?%EF%BC%A1=PLANTED",
        "/data/ｐａｓｓｗｏｒｄ＝PLANTED/x",
        // named in directories
        "/data/AccountKey=PLANTED/x",
        "s3a://bucket/AccountKey=PLANTED",
        "s3a://bucket/fs.s3a.secret.key=PLANTED/x",
        "fs.azure.account.key.anna.dfs.core.windows.net=PLANTED",
        "runs/AWS_SECRET_ACCESS_KEY=PLANTED",
        "runs/x,AWS_ACCESS_KEY_ID=PLANTED",
        "runs/SharedAccessSignature=PLANTED",
        "/data/password=PLANTED/x",
        "/data/password=1/PLANTED",
        "/data/my_secret = PLANTED",
        "/data/token=PLANTED/x",
        "/data/hf_token%3DPLANTED",
        "/data/api-key=PLANTED",
        // tokens
        "hf://org/name?x=hf_PLANTEDPLANTEDPLANTEDPLANTED",
        "hf_PLANTEDPLANTEDPLANTEDPLANTED",
        "https://host/hf_PLANTEDPLANTEDPLANTEDPLANTED/x",
        "/data/ghp_PLANTEDPLANTEDPLANTED/x",
        "/data/gho_PLANTEDPLANTEDPLANTED",
        "runs/github_pat_11PLANTED_PLANTEDPLANTED",
        "runs/glpat-PLANTEDPLANTED-PLANTED",
        "runs/sk-PLANTEDPLANTEDPLANTED",
        "runs/sk-proj-PLANTED_PLANTED-PLANTED",
        "runs/sk-ant-PLANTEDPLANTED-PLANTED",
        "runs/xoxb-1-PLANTEDPLANTED",
        "s3a://AKIAPLANTEDPLANTED/x",
        "s3a://bucket/ASIAPLANTEDPLANTED",
        "runs/AIzaPLANTEDPLANTED_PLANTEDPLANTEDPLANTED",
        "runs/eyJPLANTED.eyJPLANTED.PLANTED",
        "runs/Bearer PLANTED",
        "runs/Bearer%20PLANTED",
        "Authorization: Basic PLANTED",
        "-----BEGIN PRIVATE KEY-----PLANTED"
      })
  void credentialsAreFoundAndNeverRepeated(String path) {
    assertThat(UriCredentials.in(path)).isPresent();
    assertThatThrownBy(() -> Location.of("Cannot read data", path))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageStartingWith("Cannot read data: the ")
        .hasMessageContaining("location carries a ")
        .hasMessageNotContainingAny("PLANTED", "PL/", "TED", "anna", "container");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/anna/a:b@c",
        "/home/anna@example.com/x",
        "runs/mine",
        "runs/a@b",
        "a@b:c/d",
        "./a:b@c",
        "../x",
        "~/runs/mine",
        "C:\\models\\x",
        "runs/half done",
        "runs/übung",
        "models/org--name@v1",
        "builtin:tiny",
        "file:/a@b:c/d",
        "file:/a:b@c/d",
        "file:/tmp/x",
        "file:///tmp/a@b",
        "s3a://bucket",
        "s3a://bucket/a:b@c/x?.jsonl",
        "s3a://bucket/runs/*",
        "s3a://bucket/a b/100%",
        "s3a://bucket/day=2024-01-01/key=7/x",
        "hdfs://name-node:8020/a@b",
        "hdfs://anna@name-node:8020/a@b",
        "hdfs://one:8020,two:8020/a@b",
        "hdfs://[::1]:8020/a@b",
        "hdfs:///user/anna/x",
        "hdfs:///user/anna@example.com/x",
        "hdfs:/user/anna@example.com/x",
        "dbfs:/anna@example.com/x",
        "dbfs:/Users/anna@example.com/a:b",
        "abfss://container@account.dfs.core.windows.net/runs/x",
        "ABFSS://container@account.dfs.core.windows.net/a@b",
        "wasbs://container@account.blob.core.windows.net/x",
        "hf://org/name@main",
        "hf://name@main",
        "hf_models/x",
        "models/hf_llama_3_2_1b_instruct_v2_final",
        "https://host:8443/x",
        "{a,b}/part-?.jsonl",
        // what a URI may not have, in names of this machine
        "/data/a#b.jsonl",
        "/data/a?b",
        "/data/run@2/x",
        "/data/a:b/c;d=e",
        "/data/year=2024/month=12/x.parquet",
        "/data/token=17/key=3/x",
        "/data/secret=/x",
        "C++;x",
        "C#/x",
        "x?y=z",
        "file:/data/a#b;c?d",
        "会話：１/data＃1.jsonl",
        // patterns of names
        "s3a://bucket/part-????.jsonl",
        "s3a://bucket/part-?",
        "s3a://bucket/day-?/part-??-?.parquet",
        "s3a://bucket/day-?/hour=3/x.jsonl",
        "s3a://bucket/[ab]?*.jsonl",
        "s3a://bucket/{a,b?}/x",
        "s3a://bucket/x?{a,b}.csv",
        "hdfs:///data/?.jsonl",
        "file:///data/part-?.jsonl",
        // names that begin as tokens do
        "models/sk-learn-pipeline-v2-run-2024-01",
        "models/sk-test-run-2024",
        "risk-assessment-of-2024",
        "runs/AKIA/x",
        "runs/eyJ/a.b",
        "runs/Bearer of news",
        "models/tokenizer=bpe/max_tokens=64",
        "models/secretary=anna",
        "file:///C:/models/x",
        "https://host:8443/a:b",
        "/home/anna/step:/a:b/c",
        "data/[a-c]*.jsonl"
      })
  void whatOnlyLooksLikeThemIsLeftAlone(String path) {
    assertThat(UriCredentials.in(path)).isEmpty();
    assertThat(Location.problem(path)).isEmpty();
    assertThat(UriCredentials.redacted("Cannot read " + path + ": it is not there"))
        .isEqualTo("Cannot read " + path + ": it is not there");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://anna:PLANTED@bucket/x",
        "s3a://AKIA:PL/PLANTED@bucket/x",
        "s3a:/anna:PLANTED@bucket/x",
        "https://host/x?X-Amz-Signature=PLANTED",
        "s3a://anna%3APLANTED%40bucket/x",
        "hf_PLANTEDPLANTEDPLANTEDPLANTED",
        "ghp_PLANTEDPLANTEDPLANTEDPLANTED",
        "s3a://AKIA:PLANTED/x",
        "s3a://bucket/x?PLANTED",
        "hdfs://host/x#PLANTED",
        "s3a://bucket/x;v=PLANTED",
        "s3a://bucket/AccountKey=PLANTED",
        "s3a://anna\uff1aPLANTED\uff20bucket/x"
      })
  void textsAreRedacted(String path) {
    assertThat(UriCredentials.redacted("Cannot read '" + path + "': it is not there"))
        .isEqualTo("Cannot read '***': it is not there");
    assertThat(UriCredentials.inText("see " + path)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "answer: mail me@example.org",
        "user:name@example.org",
        "See https://example.com: mail me@example.org",
        "if (a > 1 && key == 2) x",
        "SELECT 'a:b@c' FROM t",
        "SELECT * FROM t WHERE token='a'",
        "see https://host/x?page=2#part",
        "no master answers at spark://HOST:PORT",
        "allowed: k8s://https://HOST:PORT, s3a://BUCKET/PATH",
        "Cannot reach s3a://bucket; check it",
        "Cannot reach s3a://bucket/x; is it s3a://bucket/y?",
        "// a comment#1",
        "password=x"
      })
  void textsAreNoPaths(String text) {
    assertThat(UriCredentials.inText(text)).isEmpty();
    assertThat(UriCredentials.redacted(text)).isEqualTo(text);
  }
}
