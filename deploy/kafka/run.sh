#!/bin/sh
# Runs Apache Kafka as one process, without Docker and without ZooKeeper: run.sh <data directory> <port>
# Its programs come from Maven, once, into .cache/kafka/libs (`make kafka`). Needs Java 17.
set -eu
data=$1
port=$2
libs=$(cd "$(dirname "$0")/../.." && pwd)/.cache/kafka/libs
[ -d "$libs" ] || { echo "Apache Kafka is not here yet: make kafka" >&2; exit 1; }

mkdir -p "$data"
cat > "$data/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
log.dirs=$data/logs
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# The default is half of the memory below: a broker with something in its log would sometimes not start.
log.cleaner.dedupe.buffer.size=8388608
PROPERTIES

set -- -Xms128m -Xmx256m -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$libs/*"
if [ ! -f "$data/logs/meta.properties" ]; then
    java "$@" kafka.tools.StorageTool format --cluster-id wafaWAFAwafaWAFAwafaWA --config "$data/server.properties" > "$data/format.log" 2>&1
fi
exec java "$@" kafka.Kafka "$data/server.properties"
