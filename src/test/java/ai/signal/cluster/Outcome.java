package ai.signal.cluster;

import java.util.List;
import java.util.Map;

/**
 * What an application tells of its training.
 *
 * @param results of its runs
 * @param lanes of all calls of forward_backward
 * @param shuffles calls whose lanes were reduced over the shuffle
 * @param recomputed attempts at lanes beyond each first, speculative copies not counted
 * @param lost attempts that ended with their executor
 * @param resultsLost attempts that were done, but whose result went with their executor before the
 *     driver had it
 * @param kills executors that were killed while a lane ran there
 * @param copies speculative
 * @param copiesUsed speculative, done before the original
 * @param overlaps lanes that began while a lane of another call ran
 * @param lanesOfHosts attempts that succeeded, by host
 */
record Outcome(
    List<Training.Result> results,
    int lanes,
    int shuffles,
    int recomputed,
    int lost,
    int resultsLost,
    int kills,
    int copies,
    int copiesUsed,
    int overlaps,
    Map<String, Integer> lanesOfHosts) {}
