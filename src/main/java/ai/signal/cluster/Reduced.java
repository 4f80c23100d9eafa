package ai.signal.cluster;

import java.util.List;

/**
 * What all lanes brought.
 *
 * @param values in lane order
 * @param sum of the lanes' vectors
 */
public record Reduced<O>(List<O> values, LaneSum sum) {}
