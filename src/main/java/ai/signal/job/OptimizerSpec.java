package ai.signal.job;

/**
 * How gradients become updates.
 *
 * @param name AdamW: decoupled weight decay
 * @param learningRate the peak, above 0
 * @param beta1 decay of the gradient's mean, in [0, 1)
 * @param beta2 decay of the squared gradient's mean, in [0, 1)
 * @param epsilon added to the denominator, above 0
 * @param weightDecay at least 0
 * @param gradClip the largest global gradient norm; 0 clips nothing
 */
record OptimizerSpec(
    Name name,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double gradClip) {
  enum Name {
    ADAMW
  }

  OptimizerSpec {
    Check.positive("learning_rate", learningRate);
    Check.belowOne("beta1", beta1);
    Check.belowOne("beta2", beta2);
    Check.positive("epsilon", epsilon);
    Check.notNegative("weight_decay", weightDecay);
    Check.notNegative("grad_clip", gradClip);
  }

  OptimizerSpec() {
    this(Name.ADAMW, 3.0e-4, 0.9, 0.999, 1e-8, 0.01, 1.0);
  }
}
