package ai.signal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  @Test
  void warmsUpFromTheFirstStep() {
    for (Schedule schedule :
        new Schedule[] {Schedule.constant(4), Schedule.linear(4, 12), Schedule.cosine(4, 12)}) {
      assertThat(new double[] {factor(schedule, 0), factor(schedule, 2), factor(schedule, 3)})
          .containsExactly(0.25, 0.75, 1);
      assertThat(factor(schedule, 4)).isEqualTo(1);
    }
  }

  @Test
  void decaysToNothingAtTheEnd() {
    assertThat(factor(Schedule.constant(4), 11)).isEqualTo(1);
    assertThat(factor(Schedule.linear(4, 12), 6)).isEqualTo(0.75);
    assertThat(factor(Schedule.linear(4, 12), 12)).isZero();
    assertThat(factor(Schedule.cosine(4, 12), 6))
        .isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-15));
    assertThat(factor(Schedule.cosine(4, 12), 8)).isCloseTo(0.5, within(1e-15));
    assertThat(factor(Schedule.cosine(4, 12), 12)).isZero();
  }

  @Test
  void theInverseRootHalvesWithFourTimesTheWarmUp() {
    Schedule schedule = Schedule.inverseSqrt(4);
    assertThat(factor(schedule, 3)).isEqualTo(1);
    assertThat(factor(schedule, 4)).isEqualTo(1);
    assertThat(factor(schedule, 16)).isEqualTo(0.5);
    assertThat(factor(Schedule.inverseSqrt(0), 3)).isEqualTo(0.5);
  }

  @Test
  void restartsReturnToThePeak() {
    Schedule schedule = Schedule.cosineWithRestarts(4, 20, 2);
    assertThat(factor(schedule, 1)).isEqualTo(0.5);
    assertThat(factor(schedule, 4)).isEqualTo(1);
    assertThat(factor(schedule, 8)).isCloseTo(0.5, within(1e-15));
    assertThat(factor(schedule, 12)).isEqualTo(1);
    assertThat(factor(schedule, 20)).isZero();
  }

  @Test
  void staysInRangeWhereTheWarmUpIsTheWholeRun() {
    assertThat(factor(Schedule.cosine(10, 8), 7)).isEqualTo(0.8);
    assertThat(factor(Schedule.linear(0, 1), 0)).isEqualTo(1);
    assertThat(factor(Schedule.linear(0, 4), 9)).isZero();
  }

  private static double factor(Schedule schedule, long step) {
    return schedule.factor(step);
  }
}
