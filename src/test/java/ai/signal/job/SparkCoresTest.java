package ai.signal.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkCoresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.master | local[99999]",
        "spark.master | local[1025]",
        "spark.master | local[0]",
        "spark.master | local[99999999999999999999]",
        "spark.master | local[ 99999 , 3 ]",
        "spark.master | local[99999,*]",
        "spark.master | local-cluster[99999,1,1024]",
        "spark.master | local-cluster[1,99999,1024]",
        "spark.executor.cores | 99999",
        "spark.executor.cores | 0",
        "spark.executor.cores | -1",
        "spark.driver.cores | 2147483648",
        "spark.task.cpus | 1025"
      })
  void numbersOutOfRangeAreRefusedInOneLine(String setting, String value) {
    SparkConf conf = new SparkConf(false).set(setting, value);
    Throwable refusal = catchThrowable(() -> SparkCores.require(conf));
    assertThat(refusal).isNotNull();
    assertThat(Failures.line(refusal))
        .startsWith("Cannot start Spark: %s should be ".formatted(setting))
        .contains("1 to 1024")
        .endsWith(", but was " + value.replace(" ", ""));
    assertThat(Failures.isOfTheUser(refusal)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spark.master | local",
        "spark.master | local[*]",
        "spark.master | local[1024]",
        "spark.master | local[2,3]",
        "spark.master | local[*,3]",
        "spark.master | local-cluster[2,1,1024]",
        "spark.master | spark://host:7077",
        "spark.master | yarn",
        "spark.executor.cores | 1024",
        "spark.task.cpus | 1",
        "spark.task.cpus | many"
      })
  void othersAreLeftToSpark(String setting, String value) {
    SparkConf conf = new SparkConf(false).set(setting, value);
    assertThatCode(() -> SparkCores.require(conf)).doesNotThrowAnyException();
  }
}
