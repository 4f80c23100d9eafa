package ai.signal.cluster;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Gauges that come and go with what is known: none of them ever shows a value that is not. */
final class Gauges {
  private final MetricRegistry registry;
  private final Map<String, Value> shown = new HashMap<>();

  Gauges(MetricRegistry registry) {
    this.registry = registry;
  }

  private static final class Value implements Gauge<Double> {
    private volatile double value;

    @Override
    public Double getValue() {
      return value;
    }
  }

  /** Shows these and no others. */
  synchronized void show(Map<String, Double> values) {
    for (Iterator<String> names = shown.keySet().iterator(); names.hasNext(); ) {
      String name = names.next();
      if (!values.containsKey(name)) {
        names.remove();
        registry.remove(name);
      }
    }
    values.forEach(
        (name, value) -> {
          Value gauge = shown.get(name);
          if (gauge != null) {
            gauge.value = value;
            return;
          }
          gauge = new Value();
          gauge.value = value;
          shown.put(name, registry.register(name, gauge));
        });
  }
}
