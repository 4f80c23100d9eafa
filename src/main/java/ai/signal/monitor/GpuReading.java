package ai.signal.monitor;

/**
 * One GPU at one moment, as its driver tells; NaN is what it does not tell.
 *
 * @param executor that computes on it
 * @param index of the GPU on its host
 * @param memoryUsedMib by every process
 * @param memoryTotalMib of the device
 * @param utilizationPercent share of time in which a kernel ran, 0 to 100
 * @param temperatureC degrees Celsius
 * @param powerW watts
 */
public record GpuReading(
    String executor,
    int index,
    double memoryUsedMib,
    double memoryTotalMib,
    double utilizationPercent,
    double temperatureC,
    double powerW) {}
