package ai.signal.spec;

import ai.signal.train.Adafactor;
import ai.signal.train.Adam;
import ai.signal.train.AdamW;
import ai.signal.train.LoraPlus;
import ai.signal.train.Optimizer;
import ai.signal.train.Sgd;
import java.util.Optional;

/**
 * How gradients become updates. A setting that the optimizer does not have is not looked at.
 *
 * @param name adamw: decoupled weight decay; adam; sgd with momentum; adafactor: the least memory
 * @param learningRate the peak, above 0
 * @param beta1 of adamw and adam: decay of the gradient's mean, in [0, 1)
 * @param beta2 of adamw and adam: decay of the squared gradient's mean, in [0, 1)
 * @param epsilon of adamw and adam: added to the denominator, above 0
 * @param momentum of sgd, in [0, 1)
 * @param weightDecay at least 0
 * @param gradClip the largest global gradient norm; 0 clips nothing
 * @param loraPlusRatio learning rate of the B matrices by that of A (LoRA+), above 0; null: 1
 */
public record OptimizerSpec(
    Name name,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double momentum,
    double weightDecay,
    double gradClip,
    Optional<Double> loraPlusRatio) {
  public enum Name {
    ADAMW,
    ADAM,
    SGD,
    ADAFACTOR
  }

  public OptimizerSpec {
    Check.positive("learning_rate", learningRate);
    Check.belowOne("beta1", beta1);
    Check.belowOne("beta2", beta2);
    Check.positive("epsilon", epsilon);
    Check.belowOne("momentum", momentum);
    Check.notNegative("weight_decay", weightDecay);
    Check.notNegative("grad_clip", gradClip);
    loraPlusRatio.ifPresent(ratio -> Check.positive("lora_plus_ratio", ratio));
  }

  public OptimizerSpec() {
    this(Name.ADAMW, 3.0e-4, 0.9, 0.999, 1e-8, 0.9, 0.01, 1.0, Optional.empty());
  }

  /** The optimizer of a step. */
  public Optimizer optimizer(double rate) {
    double clip = gradClip == 0 ? Double.POSITIVE_INFINITY : gradClip;
    Optimizer plain =
        switch (name) {
          case ADAMW -> new AdamW(rate, beta1, beta2, epsilon, weightDecay, clip);
          case ADAM -> new Adam(rate, beta1, beta2, epsilon, weightDecay, clip);
          case SGD -> new Sgd(rate, momentum, false, weightDecay, clip);
          case ADAFACTOR -> new Adafactor(rate, -0.8, 1e-3, 1, weightDecay, clip);
        };
    return loraPlusRatio.isPresent() ? new LoraPlus(plain, loraPlusRatio.get()) : plain;
  }
}
