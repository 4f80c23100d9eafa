#!/usr/bin/env bash
# Runs a job spec on Spark: ./submit.sh [options] JOB.yaml [key.path=value ...]
# or looks after its checkpoints, without Spark: ./submit.sh [options] checkpoints OUTPUT [command]
# Uses $SPARK_HOME where it is set, otherwise a Spark home made of the jars that Maven has.
set -euo pipefail

script="${BASH_SOURCE[0]}"
while [[ -L "$script" ]]; do
  link="$(readlink "$script")"
  [[ "$link" == /* ]] || link="$(dirname "$script")/$link"
  script="$link"
done
home="$(cd "$(dirname "$script")" && pwd -P)"
jar="$home/target/signal-spark.jar"

say() { echo "submit.sh: $*" >&2; }
# A word with an @ or a query may carry credentials, which are not repeated.
wrong() { say "$(sed -E 's#[^[:space:]]*([:/][^[:space:]]*@|[?&][^[:space:]=]+=)[^[:space:]]*#***#g' <<<"$*")"; exit 2; }

# Options of spark-submit that a value follows.
takes_value=" --master --deploy-mode --class --name --jars --packages --exclude-packages --repositories --py-files --files --archives \
--conf -c --properties-file --driver-memory --driver-java-options --driver-library-path --driver-class-path --executor-memory --proxy-user \
--driver-cores --total-executor-cores --executor-cores --num-executors --principal --keytab --queue "

# Our own arguments, and those of spark-submit.
job=()
spark=()
while (($#)); do
  case "$1" in
    --dry-run | --overwrite | --help | -h | --version | -V) job+=("$1"); shift ;;
    --profile | --profile=*)
      if [[ "$1" == *=* ]]; then profile="${1#*=}"; shift
      else [[ $# -gt 1 ]] || wrong "--profile needs a name"; profile="$2"; shift 2; fi
      if [[ ! -f "$home/conf/$profile.conf" ]]; then
        known="$(cd "$home/conf" && ls -- *.conf 2>/dev/null | sed 's/\.conf$//' | paste -sd' ')"
        wrong "--profile $profile is refused, allowed: a NAME of conf/NAME.conf (there: ${known:-none})"
      fi
      ;;
    --verbose | -v | --supervise) spark+=("$1"); shift ;;
    --* | -c)
      name="${1%%=*}"
      [[ "$takes_value" == *" $name "* ]] || wrong "$name is refused, allowed: --dry-run, --overwrite, --profile, --master, and options of spark-submit"
      if [[ "$1" == *=* ]]; then value="${1#*=}"; shift
      else [[ $# -gt 1 ]] || wrong "$1 needs a value"; value="$2"; shift 2; fi
      [[ "$name" != --conf && "$name" != -c || "$value" == *=* ]] || wrong "$name $value is refused, allowed: $name KEY=VALUE"
      spark+=("$name" "$value")
      ;;
    -*) wrong "$1 is refused, allowed: --dry-run, --overwrite, --profile, --master, and options of spark-submit" ;;
    *) break ;;
  esac
done
# Checkpoints: a command of its own, with a session's settings but no session, wherever jobs run.
if [[ "${1:-}" == checkpoints ]]; then
  here=1
  job+=("$@")
# The spec: seen from here, or one of those that come with Signal. Options may follow it.
elif (($#)); then
  file="$1"; shift
  [[ -e "$file" || ! -e "$home/$file" ]] || file="$home/$file"
  job+=("$file" "$@")
fi
((${#job[@]})) || job=(--help)

# Build where there is no jar, or one older than its sources.
if [[ ! -f "$jar" || -n "$(find "$home/src/main" "$home/pom.xml" -newer "$jar" -print -quit)" ]]; then
  command -v mvn >/dev/null || { say "Maven is needed to build $jar"; exit 1; }
  say "building target/signal-spark.jar; the first time Maven fetches libraries"
  started="$(mktemp)" # its time, to the fraction of a second, is that of the build's start
  mvn --quiet --batch-mode --file "$home/pom.xml" -Dmaven.test.skip -Dspotless.check.skip package 2>&1 \
    | sed $'s/\e\\[[0-9;]*m//g' >&2 || { rm -f "$started"; say "the build failed"; exit 1; }
  touch -r "$started" "$jar" # Maven leaves a jar alone that would not change
  rm -f "$started"
fi

# Log4j reads its settings before Spark reads its own; --conf spark.driver.extraJavaOptions is left to you.
logging="-Dlog4j2.configurationFile=file:$home/conf/log4j2.properties"
if [[ -t 1 ]]; then
  COLUMNS="$(tput cols 2>/dev/null || echo 100)"
  export COLUMNS
fi
# spark-submit reads one file of properties: what the cluster's own says stays, where the profile does not say otherwise.
if [[ -n "${profile:-}" ]]; then
  properties="$home/conf/$profile.conf"
  defaults="${SPARK_CONF_DIR:-${SPARK_HOME:-$home/none}/conf}/spark-defaults.conf"
  if [[ -f "$defaults" ]]; then
    both="$(mktemp "$home/target/$profile.XXXXXX")"
    cat "$defaults" <(echo) "$properties" >"$both"
    properties="$home/target/$profile.conf"
    mv "$both" "$properties"
  fi
  spark+=(--properties-file "$properties")
fi

[[ -z "${here:-}" ]] || spark+=(--master "local[*]" --deploy-mode client)
# A profile of a cluster is for that cluster: without its address Spark would run here.
if [[ "${profile:-local}" != local && " ${spark[*]:-} " != *" --master "* && " ${spark[*]:-} " != *" spark.master="* ]] \
  && ! grep -q '^spark\.master[[:space:]=]' "$properties"; then
  wrong "--profile $profile needs the cluster's address: --master URL, or spark.master in conf/$profile.conf"
fi

# glibc keeps a heap per thread, and native threads come and go: with two, resident memory stays flat.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
# CUDA then counts GPUs as NVIDIA's driver does, by their place on the bus.
export CUDA_DEVICE_ORDER="${CUDA_DEVICE_ORDER:-PCI_BUS_ID}"
common=(--class ai.signal.job.SignalJob --conf spark.ui.showConsoleProgress=false
  --conf "spark.driver.defaultJavaOptions=$logging")

if [[ -n "${SPARK_HOME:-}" ]]; then
  exec "$SPARK_HOME/bin/spark-submit" "${common[@]}" ${spark[@]+"${spark[@]}"} "$jar" "${job[@]}"
fi

# No Spark here: link the jars that Maven has resolved, as a distribution lays them out.
export SPARK_HOME="$home/target/spark-home"
if [[ ! -f "$SPARK_HOME/RELEASE" || "$home/target/spark-jars.txt" -nt "$SPARK_HOME/RELEASE" ]]; then
  rm -rf "$SPARK_HOME"
  mkdir -p "$SPARK_HOME/jars"
  IFS=: read -r -a libraries <"$home/target/spark-jars.txt" || true # no newline at its end
  ln -s "${libraries[@]}" "$SPARK_HOME/jars/"
  echo "Spark, from Maven's jars" >"$SPARK_HOME/RELEASE"
fi
export SPARK_SCALA_VERSION=2.12 SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"

java="java"
[[ -z "${JAVA_HOME:-}" ]] || java="$JAVA_HOME/bin/java"
# What bin/spark-submit would find out for itself: the driver's heap, and what Spark opens on JDK 17.
memory="${SPARK_DRIVER_MEMORY:-1g}"
if [[ -n "${profile:-}" ]]; then
  written="$(sed -n 's/^spark\.driver\.memory[[:space:]=]*//p' "$home/conf/$profile.conf")"
  memory="${written:-$memory}"
fi
for ((i = 0; i < ${#spark[@]}; i++)); do
  case "${spark[i]}${spark[i + 1]:+ ${spark[i + 1]}}" in
    "--driver-memory "*) memory="${spark[i + 1]}" ;;
    "--conf spark.driver.memory="*) memory="${spark[i + 1]#*=}" ;;
  esac
done
opens=(-XX:+IgnoreUnrecognizedVMOptions -Djdk.reflect.useDirectMethodHandle=false)
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util \
  java.util.concurrent java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs \
  sun.security.action sun.util.calendar; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
opens+=(--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED)
exec "$java" "-Xmx$memory" "${opens[@]}" "$logging" -cp "$SPARK_HOME/jars/*" \
  org.apache.spark.deploy.SparkSubmit "${common[@]}" ${spark[@]+"${spark[@]}"} "$jar" "${job[@]}"
