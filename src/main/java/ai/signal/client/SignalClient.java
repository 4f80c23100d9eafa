package ai.signal.client;

import ai.signal.train.RunConfig;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The way in: {@link AsyncSignalClient}, awaited. Creates, lists and closes runs on a Spark
 * session, which stays the caller's. An operation that fails throws a {@link SignalException},
 * whose cause says why.
 *
 * <pre>{@code
 * try (SignalClient signal = SignalClient.on(spark)) {
 *   TrainingClient run = signal.createRun(RunConfig.of("builtin:tiny").build());
 *   run.forwardBackward(batch, new CrossEntropy());
 *   run.optimStep(AdamW.of(1e-3));
 * }
 * }</pre>
 */
public final class SignalClient implements AutoCloseable {
  private final AsyncSignalClient async;

  private SignalClient(AsyncSignalClient async) {
    this.async = async;
  }

  /** A client on a session, which stays the caller's. */
  public static SignalClient on(SparkSession spark) {
    return new SignalClient(AsyncSignalClient.on(spark));
  }

  /** The same client, whose operations return futures. */
  public AsyncSignalClient async() {
    return async;
  }

  /** See {@link AsyncSignalClient#createRun}. */
  public TrainingClient createRun(RunConfig config) {
    return new TrainingClient(async.createRun(config).result());
  }

  /** See {@link AsyncSignalClient#inference}. */
  public InferenceClient inference(RunConfig config) {
    return new InferenceClient(async.inference(config).result());
  }

  /** The runs that are open, in the order in which they were created. */
  public List<RunInfo> runs() {
    return async.runs().result();
  }

  /** See {@link AsyncSignalClient#run}. */
  public TrainingClient run(String idOrName) {
    return new TrainingClient(async.run(idOrName).result());
  }

  /** See {@link AsyncSignalClient#closeRun}. */
  public void closeRun(String idOrName) {
    async.closeRun(idOrName).result();
  }

  /** The models that ship with Signal. */
  public List<ModelInfo> models() {
    return async.models().result();
  }

  /** See {@link AsyncSignalClient#modelInfo}. */
  public ModelInfo modelInfo(String base) {
    return async.modelInfo(base).result();
  }

  /** See {@link AsyncSignalClient#close}. */
  @Override
  public void close() {
    async.close();
  }
}
