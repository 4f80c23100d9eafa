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
# A word with an @, a query, a fragment or no port after a colon may carry credentials, which are not repeated.
wrong() { say "$(sed -E 's~//HOST:PORT~//HOST\a~g; s~[^[:space:]]*([:/][^[:space:]]*@|[?&][^[:space:]=]+=|://[^[:space:]]*[?#;]|//[^/,[:space:]]*:[0-9]*[^0-9/,[:space:]])[^[:space:]]*~***~g; s~\a~:PORT~g' <<<"$*")"; exit 2; }

# The java that runs the driver, from its release file where it has one: starting it would take half a second.
check_java() {
  if [[ -n "${JAVA_HOME:-}" ]]; then
    java="$JAVA_HOME/bin/java"
    [[ -x "$java" ]] || wrong "JAVA_HOME=$JAVA_HOME has no bin/java; point it at a JDK 17, or unset it"
  else
    java="$(type -P java)" || wrong "there is no java on PATH; install a JDK 17, or set JAVA_HOME"
  fi
  local settings="${SPARK_CONF_DIR:-${SPARK_HOME:-$home/none}/conf}/spark-env.sh"
  if [[ -f "$settings" ]] && grep -q JAVA_HOME "$settings"; then return; fi # spark-submit takes that one
  local real release version
  real="$(readlink -f "$java")"
  release="${real%/bin/java}/release"
  if [[ -f "$release" ]]; then
    version="$(sed -n 's/^JAVA_VERSION="\([^"]*\)".*/\1/p' "$release")"
  else
    version="$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1)" || true
  fi
  version="${version#1.}" # 1.8 is 8
  local major="${version%%[!0-9]*}"
  if [[ -z "$major" ]] || ((major < 17 || major > 21)); then
    wrong "$java is Java ${version:-of an unknown version}; Spark 3.5 and Signal need Java 17 (to 21): set JAVA_HOME"
  fi
}

check_spark_home() {
  [[ -x "$SPARK_HOME/bin/spark-submit" ]] \
    || wrong "SPARK_HOME=$SPARK_HOME has no bin/spark-submit; point it at an installation of Spark 3.5, or unset it"
  local core
  core="$(compgen -G "$SPARK_HOME/jars/spark-core_*.jar" | head -n 1)" || true
  core="${core##*/}"
  [[ -z "$core" || "$core" == spark-core_2.12-3.5.* ]] \
    || wrong "SPARK_HOME=$SPARK_HOME has ${core%.jar}; Signal needs Spark 3.5 with Scala 2.12"
}

# Prints the file of properties that spark-submit reads; there may be none of that name.
properties_file() {
  local i file="${SPARK_CONF_DIR:-${SPARK_HOME:-$home/none}/conf}/spark-defaults.conf"
  for ((i = 0; i < ${#spark[@]}; i++)); do
    [[ "${spark[i]}" != --properties-file ]] || file="${spark[i + 1]}"
  done
  echo "$file"
}

# setting KEY OPTION: the value that spark-submit takes, empty where it has none; "" where there is no such key or option.
setting() {
  local i value="" written="" file
  file="$(properties_file)"
  for ((i = 0; i < ${#spark[@]}; i++)); do
    [[ "${spark[i]}" != --supervise ]] || continue
    case "${spark[i]}" in
      "$2") value="${spark[i + 1]}" ;;
      --conf | -c) [[ -z "$1" || "${spark[i + 1]}" != "$1="* ]] || written="${spark[i + 1]#*=}" ;;
    esac
    i=$((i + 1)) # every other option has a value
  done
  value="${value:-$written}"
  if [[ -z "$value" && -n "$1" && -f "$file" ]]; then
    value="$(sed -n "s/^[[:space:]]*${1//./\\.}[[:space:]]*[[:space:]=:][[:space:]]*//p" "$file" | tail -n 1)"
    value="${value%"${value##*[![:space:]]}"}"
  fi
  echo "$value"
}

spark_master() {
  local master
  master="$(setting spark.master --master)"
  echo "${master:-${MASTER:-}}" # as spark-submit does
}

check_master() {
  local number='[[:space:]]*[1-9][0-9]*[[:space:]]*'
  local here="local(\[($number|\*)(,$number)?\])?|local-cluster\[$number,$number,$number\]"
  [[ "$1" =~ ^($here|spark://[^/[:space:]]+:[0-9]+|yarn|k8s://.+|mesos://.+)$ ]] \
    || wrong "--master $1 is refused, allowed: local[N], local[*], spark://HOST:PORT, yarn, k8s://https://HOST:PORT"
  [[ -z "${plan:-}" ]] || return 0
  local library
  case "$1" in
    yarn) library=yarn ;;
    k8s:*) library=kubernetes ;;
    mesos:*) library=mesos ;;
    *) return 0 ;;
  esac
  if [[ -z "${SPARK_HOME:-}" ]]; then
    wrong "--master $1 needs an installation of Spark 3.5 that has spark-$library: set SPARK_HOME"
  fi
  compgen -G "$SPARK_HOME/jars/spark-core_*.jar" >/dev/null || return 0 # laid out in its own way
  compgen -G "$SPARK_HOME/jars/spark-${library}_*.jar" >/dev/null \
    || wrong "--master $1 needs spark-$library, which SPARK_HOME=$SPARK_HOME does not have; take Spark's full distribution"
  if [[ "$1" == yarn && -z "${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-}" && ! -f "${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-env.sh" ]]; then
    wrong "--master yarn needs the cluster's configuration: set HADOOP_CONF_DIR to the directory with yarn-site.xml"
  fi
}

# What the JVM and Spark both take; Spark refuses a heap below 450 MiB.
check_driver_memory() {
  [[ "$1" =~ ^([0-9]{1,9})([kmgtKMGT])$ ]] \
    || wrong "driver memory $1 is refused, allowed: a number and m, g or t, such as --driver-memory 3g"
  local mebibytes="${BASH_REMATCH[1]}"
  case "${BASH_REMATCH[2]}" in
    k | K) mebibytes=$((10#$mebibytes / 1024)) ;;
    m | M) mebibytes=$((10#$mebibytes)) ;;
    g | G) mebibytes=$((10#$mebibytes * 1024)) ;;
    t | T) mebibytes=$((10#$mebibytes * 1024 * 1024)) ;;
  esac
  ((mebibytes >= 512)) || wrong "driver memory $1 is refused, allowed: at least 512m, such as --driver-memory 2g"
  [[ "$(setting spark.submit.deployMode --deploy-mode)" != cluster && -r /proc/meminfo ]] || return 0
  local here
  here="$(awk '/^(MemTotal|SwapTotal):/ { sum += $2 } END { print int(sum / 1024) }' /proc/meminfo)"
  ((mebibytes <= here)) || wrong "driver memory $1 is refused, allowed: at most the ${here}m of this machine"
}

check_executor_memory() {
  [[ -n "$1" ]] || return 0
  [[ "$1" =~ ^0*[1-9][0-9]{0,8}([kmgtKMGT][bB]?|[bB])?$ ]] \
    || wrong "executor memory $1 is refused, allowed: a number and m, g or t, such as --executor-memory 3g"
  [[ ! "$1" =~ ^0*([0-9]+)[tT] ]] || ((BASH_REMATCH[1] <= 64)) \
    || wrong "executor memory $1 is refused, allowed: at most 64t, such as --executor-memory 3g"
}

# spark-submit answers each of these with a stack trace, before Signal starts.
check_options() {
  local class
  class="$(setting "" --class)"
  [[ -z "$class" ]] || wrong "--class $class is refused: submit.sh runs Signal's own class; use spark-submit for others"
  check_credentials MASTER MASTER "${MASTER:-}"
  check_properties
  check_addresses
  check_files spark.jars --jars
  check_files spark.files --files
  check_files spark.archives --archives
  check_files spark.submit.pyFiles --py-files
  check_files spark.kerberos.keytab --keytab
  check_files spark.jars.ivySettings ""
  check_packages "$(setting spark.jars.packages --packages)"
  [[ "$(setting spark.dynamicAllocation.enabled "")" == true ]] || check_count spark.executor.instances --num-executors
  check_count spark.executor.cores --executor-cores
  check_count spark.driver.cores --driver-cores
  check_count spark.cores.max --total-executor-cores
  [[ -z "$(setting "" --proxy-user)" || -z "$(setting spark.kerberos.principal --principal)" ]] \
    || wrong "--proxy-user and --principal exclude each other; leave one of them out"
}

check_deploy_mode() {
  local mode
  mode="$(setting spark.submit.deployMode --deploy-mode)"
  [[ -z "$mode" || "$mode" == client || "$mode" == cluster ]] \
    || wrong "--deploy-mode $mode is refused, allowed: client, cluster"
  [[ "$mode" != cluster || -n "$1" && "$1" != local* ]] \
    || wrong "--deploy-mode cluster is refused with --master ${1:-local[*]}, which has no machine but this one"
}

# check_count KEY OPTION: a whole number of at least 1.
check_count() {
  local count
  count="$(setting "$1" "$2")"
  [[ -z "$count" || "$count" =~ ^0*[1-9][0-9]{0,8}$ ]] \
    || wrong "$1=$count is refused, allowed: a whole number of at least 1 ($2)"
}

# check_files KEY OPTION: those on this machine can be read; others are spark-submit's to find.
check_files() {
  local entries entry name="${2:-$1}" value
  value="$(setting "$1" "$2")"
  IFS=, read -r -a entries <<<"$value"
  for entry in ${entries[@]+"${entries[@]}"}; do
    entry="${entry%%#*}"
    if [[ "$entry" =~ ^[A-Za-z][A-Za-z0-9+.-]+: && "$entry" != file:* ]]; then
      remote=1
      [[ "$entry" != s3a:* || -n "${SPARK_HOME:-}" ]] || grep -qs /hadoop-aws- "$home/target/spark-jars.txt" \
        || wrong "$name $entry is refused: S3's library is missing; $s3_library"
      continue
    fi
    [[ "$entry" != *[*?[]* ]] || continue
    check_file "$name" "${entry#file:}"
  done
}

# check_file NAME FILE: a regular file that can be read.
check_file() {
  local kind=""
  [[ -e "$2" ]] || wrong "$1 $2 is refused: there is no such file"
  if [[ -d "$2" ]]; then kind="directory"
  elif [[ -p "$2" ]]; then kind="pipe"
  elif [[ -S "$2" ]]; then kind="socket"
  elif [[ ! -f "$2" ]]; then kind="device"; fi
  [[ -z "$kind" ]] || wrong "$1 $2 is refused: it is a $kind, allowed: a file"
  [[ -r "$2" ]] || wrong "$1 $2 is refused: it cannot be read; change its permissions"
}

# The file of properties, which spark-submit takes from this machine alone.
check_properties() {
  local file line key value
  file="$(properties_file)"
  [[ -z "$(setting "" --properties-file)" ]] || check_file --properties-file "$file"
  [[ -f "$file" && -r "$file" ]] || return 0
  line="$(grep -nE '^[[:space:]]*([^#![:space:]].*[^\\])?(\\\\)*\\u[0-9A-Fa-f]{0,3}([^0-9A-Fa-f]|$)' "$file" | head -n 1)" || true
  [[ -z "$line" ]] || wrong "line ${line%%:*} of $file has \\u without four hexadecimal digits; write \\\\ for a backslash"
  key="$(sed -nE "s/^[[:space:]]*($filled)[[:space:]]*[=:]?[[:space:]]*$/\1/p" "$file" | head -n 1)"
  [[ -z "$key" ]] || wrong "$key in $file is empty; give it a value, or leave it out"
  while read -r key value; do
    check_credentials "$key in $file" "$key" "$value"
  done < <(sed -nE '/@|\?/ s/^[[:space:]]*([^#![:space:]=:]+)[[:space:]]*[=:]?[[:space:]]*(.*)$/\1 \2/p' "$file" | sed 's/\\\([:=@]\)/\1/g')
}

# Spark looks these up before Signal starts.
check_addresses() {
  local name value
  type -P getent >/dev/null || return 0
  for name in SPARK_LOCAL_IP SPARK_LOCAL_HOSTNAME; do
    value="${!name:-}"
    [[ -z "$value" ]] || getent ahosts "$value" >/dev/null \
      || wrong "$name=$value is refused: the host is unknown; name one that this machine can look up"
  done
}

# check_credentials NAME KEY VALUE: Spark prints values and shows them on its pages; it hides those of secret keys.
check_credentials() {
  [[ "$3" == *[@?]* ]] && ! grep -qiE "$secret_keys" <<<"$2" || return 0
  local mend="leave them out"
  if [[ "$2" == --repositories || "$2" == spark.jars.repositories ]]; then
    mend="give them in Ivy's settings, ivysettings.xml: --conf spark.jars.ivySettings=FILE"
  fi
  local value="$3"
  [[ "$2" == *[Jj]ava*ptions ]] || value="${value//[[:space:]]/}" # a password may have some; these are several words
  ! sed -E "s~,([A-Za-z][A-Za-z0-9+.-]*:/)~ \1~g; s~$named~\1://~Ig" <<<"$value" | grep -qiE "$credentials" \
    || wrong "$1 is refused: its URL carries credentials, which Spark would print; $mend"
}

check_packages() {
  local entries entry
  IFS=, read -r -a entries <<<"$1"
  for entry in ${entries[@]+"${entries[@]}"}; do
    [[ "$entry" =~ ^[^:/[:space:]]+[:/][^:/[:space:]]+[:/][^:/[:space:]]+$ ]] \
      || wrong "--packages $entry is refused, allowed: GROUP:ARTIFACT:VERSION, such as org.apache.hadoop:hadoop-aws:3.3.4"
    remote=1
  done
}

# Keys whose values Spark does not show, as Signal sets spark.redaction.regex.
secret_keys='secret|password|token|(access|account|private|encryption)[._-]?key|[.]sas[.]'
# Keys for which spark-submit prints a stack trace when they are empty.
filled='spark\.(jars\.ivySettings|(driver|executor)\.(memory|cores)|executor\.instances|cores\.max)'
# Names before an @ that are no secrets.
named='(abfss?|wasbs?|hdfs|hf)://[^/?#:@[:space:]]+@'
credentials='(^|[^a-z0-9+.-])[a-z][a-z0-9+.-]*:/+[^/?#[:space:]]*:[^[:space:]]*@' # USER:PASSWORD@
credentials+='|://[^/?#[:space:]]*@|(s3[an]?|https?|ftp|gs|spark|mesos|k8s|jdbc):[^/[:space:]][^[:space:]]*@'
credentials+='|://[^[:space:]]*[?&;][^=&;[:space:]]*(signature|sig|token|secret|password|passwd|pwd|credential|key|keyid)='
s3_library="put hadoop-aws-3.3.4.jar and its SDK into the jars/ of an installation of Spark, and set SPARK_HOME"

# Copies what is printed while spark-submit fetches libraries and files: of a failure one line, and nothing of its reports.
brief() {
  local line failed="" said mend
  local report='^(::|Ivy Default Cache|The jars for the packages|downloading |[^ ]+#[^ ]+ added as a dependency$|.* added as a remote repository with the name: |You probably access the destination server|[[:space:]]|$)'
  while IFS= read -r line || [[ -n "$line" ]]; do
    if [[ "$line" =~ ^Exception\ in\ thread\ \"main\"\ [A-Za-z0-9_.$]+:\ (.*) ]]; then
      failed=1 said="${BASH_REMATCH[1]%%; For more details*}" mend="correct the name, or check the network and that a server has it"
      if [[ "$said" =~ ^\[(unresolved\ dependency|download\ failed):\ (.*)\]$ ]]; then
        said="${BASH_REMATCH[2]//[#;]/:}"
        mend="correct --packages, check the network, or name its repository: --repositories URL"
      fi
      if [[ "$said" == *"S3AFileSystem not found" ]]; then
        said="S3's library is missing" mend="$s3_library"
      fi
      echo "Cannot start Spark: $said; $mend"
    elif [[ -z "$failed" && ! "$line" =~ $report ]]; then
      echo "$line"
    fi
  done
}

# Options of spark-submit that take a value.
takes_value=" --master --deploy-mode --class --name --jars --packages --exclude-packages --repositories --py-files --files --archives \
--conf -c --properties-file --driver-memory --driver-java-options --driver-library-path --driver-class-path --executor-memory --proxy-user \
--driver-cores --total-executor-cores --executor-cores --num-executors --principal --keytab --queue "
our_options=" --dry-run --overwrite --help -h --version -V --verbose -v --profile "

# needs_value OPTION VALUE: whether there is none, but perhaps the next option. Options of Java begin with a - themselves.
needs_value() {
  [[ "$2" == *[![:space:]]* ]] || return 0
  if [[ "$1" != --driver-java-options ]]; then [[ "$2" == --* || "$2" == -[A-Za-z]* ]]; return; fi
  [[ "$takes_value$our_options--supervise " == *" ${2%%=*} "* ]]
}

# check_conf OPTION KEY=VALUE: of another form nothing is repeated but a key, since the rest may be a secret.
check_conf() {
  local key="${2%%=*}"
  if [[ "$2" != *=* || -z "$key" || "$key" == *[[:space:]:@?]* ]]; then
    key="${2%%[=:[:space:]]*}"
    [[ "$key" == spark.* || -e "$key" || -z "$key" || -e "$home/$key" ]] || key="***"
    wrong "$1${key:+ $key} is refused, allowed: $1 KEY=VALUE"
  fi
  [[ ! "$2" =~ ^$filled=[[:space:]]*$ ]] || wrong "$1 $key= is empty; give it a value, or leave it out"
  check_credentials "$1 $key" "$key" "${2#*=}"
}

# Our own arguments, and those of spark-submit.
job=()
spark=()
while (($#)); do
  case "$1" in
    --dry-run | --overwrite | --help | -h | --version | -V | --verbose | -v) job+=("$1"); shift ;;
    --profile | --profile=*)
      if [[ "$1" == *=* ]]; then profile="${1#*=}"; shift
      else profile="${2:-}"; shift "$(($# > 1 ? 2 : 1))"; fi
      [[ -n "$profile" && "$profile" != -* ]] || wrong "--profile needs a name"
      if [[ ! -f "$home/conf/$profile.conf" ]]; then
        known="$(cd "$home/conf" && ls -- *.conf 2>/dev/null | sed 's/\.conf$//' | paste -sd' ')"
        wrong "--profile $profile is refused, allowed: a NAME of conf/NAME.conf (there: ${known:-none})"
      fi
      ;;
    --supervise) spark+=("$1"); shift ;;
    --* | -c)
      name="${1%%=*}"
      [[ "$our_options--supervise " != *" $name "* ]] || wrong "$name takes no value"
      [[ "$takes_value" == *" $name "* ]] || wrong "$name is refused, allowed: --dry-run, --overwrite, --verbose, --profile, --master, and options of spark-submit"
      if [[ "$1" == *=* ]]; then value="${1#*=}"; shift
      else value="${2:-}"; shift "$(($# > 1 ? 2 : 1))"; fi
      ! needs_value "$name" "$value" || wrong "$name needs a value"
      if [[ "$name" == --conf || "$name" == -c ]]; then
        check_conf "$name" "$value"
      else
        check_credentials "$name" "$name" "$value"
      fi
      spark+=("$name" "$value")
      ;;
    -*) wrong "$1 is refused, allowed: --dry-run, --overwrite, --verbose, --profile, --master, and options of spark-submit" ;;
    *) break ;;
  esac
done
# Checkpoints: a command of its own, with the settings of a session but no cluster.
if [[ "${1:-}" == checkpoints ]]; then
  here=1
  job+=("$@")
# The spec: a file seen from here, or one of those that come with Signal. Options may follow it.
elif (($#)); then
  file="$1"; shift
  [[ -n "$file" ]] || wrong "the name of the job spec is empty; submit.sh --help shows what is allowed"
  [[ -e "$file" || ! -e "$home/$file" ]] || file="$home/$file"
  job+=("$file" "$@")
fi
((${#job[@]})) || job=(--help)
for argument in "${job[@]}"; do
  case "$argument" in
    --dry-run) plan=1 here=1 ;;
    --verbose | -v) verbose=1 ;;
  esac
done

check_java
[[ -z "${SPARK_HOME:-}" ]] || check_spark_home
# spark-submit reads one file of properties: what the cluster's own says stays, where the profile does not say otherwise.
if [[ -n "${profile:-}" ]]; then
  properties="$home/conf/$profile.conf"
  defaults="${SPARK_CONF_DIR:-${SPARK_HOME:-$home/none}/conf}/spark-defaults.conf"
  if [[ -f "$defaults" ]]; then
    mkdir -p "$home/target"
    both="$(mktemp "$home/target/$profile.XXXXXX")"
    cat "$defaults" <(echo) "$properties" >"$both"
    properties="$home/target/$profile.conf"
    mv "$both" "$properties"
  fi
  spark+=(--properties-file "$properties")
fi

check_options

# Log4j reads its settings before Spark reads its own; --conf spark.driver.extraJavaOptions is left to you.
logging="-Dlog4j2.configurationFile=file:$home/conf/log4j2${verbose:+-verbose}.properties"
if [[ -t 1 ]]; then
  COLUMNS="$(tput cols 2>/dev/null || echo 100)"
  export COLUMNS
fi
# A plan never reaches a cluster, but depends on what the cluster would be.
if [[ -n "${plan:-}" ]]; then
  master="$(spark_master)"
  [[ -z "$master" ]] || check_master "$master"
  [[ -z "$master" ]] || spark+=(--conf "spark.signal.planned.master=$master")
fi
[[ -z "${here:-}" ]] || spark+=(--master "local[*]" --deploy-mode client)
# A profile of a cluster is for that cluster: without its address Spark would run here.
master="$(spark_master)"
if [[ "${profile:-local}" != local && -z "$master" ]]; then
  wrong "--profile $profile needs the cluster's address: --master URL, or spark.master in conf/$profile.conf"
fi
[[ -z "$master" ]] || check_master "$master"
check_deploy_mode "$master"
memory="$(setting spark.driver.memory --driver-memory)"
memory="${memory:-${SPARK_DRIVER_MEMORY:-1g}}"
check_driver_memory "$memory"
check_executor_memory "$(setting spark.executor.memory --executor-memory)"

# Build where there is no jar, or one older than its sources.
if [[ ! -f "$jar" || -n "$(find "$home/src/main" "$home/pom.xml" -newer "$jar" -print -quit)" ]]; then
  command -v mvn >/dev/null || { say "Maven is needed to build $jar"; exit 1; }
  say "building target/signal-spark.jar; the first time Maven fetches libraries"
  started="$(mktemp)" # its time, to the fraction of a second, is that of the build's start
  mvn --quiet --batch-mode --file "$home/pom.xml" -Dmaven.test.skip -Dspotless.check.skip package 2>&1 </dev/null \
    | sed $'s/\e\\[[0-9;]*m//g' >&2 || { rm -f "$started"; say "the build failed"; exit 1; }
  touch -r "$started" "$jar" # Maven leaves a jar alone that would not change
  rm -f "$started"
fi

# Without a locale of UTF-8, Java could not open paths with other letters than those of ASCII.
[[ "$(locale charmap 2>/dev/null || echo UTF-8)" == UTF-8 ]] || export LC_ALL=C.UTF-8

# glibc keeps a heap per thread, and native threads come and go: with two, resident memory stays flat.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
# CUDA then counts GPUs as NVIDIA's driver does, by their place on the bus.
export CUDA_DEVICE_ORDER="${CUDA_DEVICE_ORDER:-PCI_BUS_ID}"
common=(--class ai.signal.job.SignalJob --conf spark.ui.showConsoleProgress=false
  --conf "spark.driver.defaultJavaOptions=$logging")

# Only then can spark-submit fail before Signal starts in ways that are not checked above.
[[ -z "${remote:-}" || -n "${verbose:-}" ]] || exec 2> >(brief >&2)

if [[ -n "${SPARK_HOME:-}" ]]; then
  exec "$SPARK_HOME/bin/spark-submit" "${common[@]}" ${spark[@]+"${spark[@]}"} "$jar" "${job[@]}"
fi

# No Spark here: link the jars that Maven has resolved, as a distribution lays them out.
export SPARK_HOME="$home/target/spark-home"
[[ -f "$home/target/spark-jars.txt" ]] || { say "Cannot find Spark: $home/target/spark-jars.txt is missing; set SPARK_HOME or run mvn package"; exit 1; }
if [[ ! -f "$SPARK_HOME/RELEASE" || ! -e "$(echo "$SPARK_HOME"/jars/spark-core_*.jar)" || "$home/target/spark-jars.txt" -nt "$SPARK_HOME/RELEASE" ]]; then
  rm -rf "$SPARK_HOME"
  mkdir -p "$SPARK_HOME/jars"
  IFS=: read -r -a libraries <"$home/target/spark-jars.txt" || true # no newline at its end
  ln -s "${libraries[@]}" "$SPARK_HOME/jars/"
  echo "Spark, from Maven's jars" >"$SPARK_HOME/RELEASE"
fi
export SPARK_SCALA_VERSION=2.12 SPARK_LOCAL_IP="${SPARK_LOCAL_IP:-127.0.0.1}"

# What bin/spark-submit would add by itself: the driver's heap, and what Spark opens on JDK 17.
opens=(-XX:+IgnoreUnrecognizedVMOptions -Djdk.reflect.useDirectMethodHandle=false)
for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util \
  java.util.concurrent java.util.concurrent.atomic jdk.internal.ref sun.nio.ch sun.nio.cs \
  sun.security.action sun.util.calendar; do
  opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
done
opens+=(--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED)
exec "$java" "-Xmx$memory" "${opens[@]}" "$logging" -cp "$SPARK_HOME/jars/*" \
  org.apache.spark.deploy.SparkSubmit "${common[@]}" ${spark[@]+"${spark[@]}"} "$jar" "${job[@]}"
