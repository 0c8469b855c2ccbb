// SPDX-License-Identifier: MIT
#include "admin/metrics.h"

#include "admin/metrics_writer.h"

namespace reverxy::admin {

namespace {

using Type = MetricsWriter::Type;

void gaugeIfKnown(MetricsWriter& writer, std::string_view name, std::string_view help,
                  const std::optional<uint64_t>& value) {
    if (value)
        writer.gauge(name, help, *value);
}

} // namespace

std::string_view labelOf(NameId id, const NameTable& names) {
    if (id == 0)
        return {};
    return id == observe::otherNames ? "(other)" : names.name(id);
}

std::string metricsText(const MetricsFacts& facts) {
    MetricsWriter writer;
    writer.family("reverxy_build_info", Type::Gauge, "Always 1; the version is in the labels.");
    writer.sample({{"version", REVERXY_VERSION}}, 1);
    writer.gauge("reverxy_ready", "1 while /ready answers 200, else 0.", facts.ready ? 1 : 0);
    writer.gauge("reverxy_draining", "1 while what runs is finished and nothing new is taken, else 0.",
                 facts.draining ? 1 : 0);
    writer.gauge("reverxy_workers", "Worker threads.", facts.workers);
    writeTraffic(writer, facts);
    writeCache(writer, facts);
    writeLimiters(writer, facts);
    writePools(writer, facts);
    writeBackends(writer, facts);
    writer.counter("reverxy_log_records_dropped_total",
                   "Records that the log left out because its reader could not keep up.", facts.logRecordsDropped);
    writeProcess(writer, facts);
    return writer.take();
}

/// Named as Prometheus' own client libraries name them.
void writeProcess(MetricsWriter& writer, const MetricsFacts& facts) {
    const ProcessFigures& process = facts.process;
    if (process.cpuMicros) {
        writer.family("process_cpu_seconds_total", Type::Counter, "CPU time spent, user and system.");
        writer.seconds({}, *process.cpuMicros);
    }
    gaugeIfKnown(writer, "process_resident_memory_bytes", "Memory held in RAM.", process.residentBytes);
    gaugeIfKnown(writer, "process_virtual_memory_bytes", "Memory addressed.", process.virtualBytes);
    gaugeIfKnown(writer, "process_open_fds", "Descriptors that are open.", process.openDescriptors);
    gaugeIfKnown(writer, "process_max_fds", "Descriptors that may be open.", process.maxDescriptors);
    gaugeIfKnown(writer, "process_threads", "Threads.", process.threads);
    if (process.startMillis) {
        writer.family("process_start_time_seconds", Type::Gauge, "When the process began, in Unix time.");
        writer.seconds({}, *process.startMillis * 1000);
    }
}

} // namespace reverxy::admin
