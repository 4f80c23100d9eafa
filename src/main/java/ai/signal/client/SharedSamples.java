package ai.signal.client;

import ai.signal.generate.Completion;
import ai.signal.generate.PromptRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples of many callers in few Spark jobs: while {@value #JOBS} are at work, others wait, and the
 * next job takes all of them. No completion depends on its company.
 */
final class SharedSamples {
  private static final int JOBS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(SharedSamples.class);

  private final Function<List<PromptRequest>, List<Completion>> job;
  private final List<Call> waiting = new ArrayList<>();
  private int running;

  /**
   * @param job gives the completions of requests by their places
   */
  SharedSamples(Function<List<PromptRequest>, List<Completion>> job) {
    this.job = job;
  }

  private static final class Call {
    final List<PromptRequest> requests;
    boolean taken; // by a job
    boolean done; // with the job
    List<Completion> completions; // null where the job failed

    Call(List<PromptRequest> requests) {
      this.requests = requests;
    }

    int completions() {
      return requests.stream().mapToInt(PromptRequest::samples).sum();
    }
  }

  /** Completions of requests, whose places begin at 0. */
  List<Completion> sample(List<PromptRequest> requests) {
    Call own = new Call(requests);
    List<Call> taken = taken(own);
    if (taken.isEmpty()) {
      return resultOf(own);
    }
    try {
      run(taken);
    } catch (Throwable e) { // Spark's own, which no method declares, and errors
      if (taken.size() == 1) {
        throw e;
      }
      LOG.warn(
          "{} samples failed together, each is tried by itself: {}", taken.size(), e.toString());
    } finally {
      done(taken);
    }
    return resultOf(own);
  }

  /** Where a job of several fails, each is tried by itself: the failure is then its own. */
  private List<Completion> resultOf(Call own) {
    return own.completions == null ? job.apply(own.requests) : own.completions;
  }

  /** Waits for a job: -> the calls that it takes with it; none where another job took this call. */
  private synchronized List<Call> taken(Call own) {
    waiting.add(own);
    try {
      while (!own.done && (own.taken || running >= JOBS)) {
        wait();
      }
    } catch (InterruptedException e) {
      waiting.remove(own);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sampling", e);
    }
    if (own.done) {
      return List.of();
    }
    List<Call> all = List.copyOf(waiting);
    all.forEach(call -> call.taken = true);
    waiting.clear();
    running++;
    return all;
  }

  private void run(List<Call> calls) {
    List<PromptRequest> all = new ArrayList<>();
    int places = 0;
    for (Call call : calls) {
      for (PromptRequest request : call.requests) {
        all.add(request.behind(places));
      }
      places += call.completions();
    }
    List<Completion> completions = job.apply(all);
    int from = 0;
    for (Call call : calls) {
      call.completions = completions.subList(from, from + call.completions());
      from += call.completions();
    }
  }

  private synchronized void done(List<Call> calls) {
    calls.forEach(call -> call.done = true);
    running--;
    notifyAll();
  }
}
