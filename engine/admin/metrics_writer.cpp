// SPDX-License-Identifier: MIT
#include "admin/metrics_writer.h"

#include "base/escaped_text.h"

namespace reverxy::admin {

namespace {

std::string_view wordOf(MetricsWriter::Type type) {
    switch (type) {
    case MetricsWriter::Type::Counter:
        return "counter";
    case MetricsWriter::Type::Gauge:
        return "gauge";
    case MetricsWriter::Type::Histogram:
        return "histogram";
    case MetricsWriter::Type::Summary:
        break;
    }
    return "summary";
}

} // namespace

void appendLabelValue(std::string& out, std::string_view value) {
    // The format knows three escapes. Others are written as text, with a backslash that is escaped itself.
    std::string safe;
    appendEscaped(safe, value, Escaping::Line);
    for (const char c : safe) {
        if (c == '\\' || c == '"')
            out += '\\';
        out += c;
    }
}

void appendSeconds(std::string& out, uint64_t micros) {
    out += std::to_string(micros / 1'000'000);
    uint64_t rest = micros % 1'000'000;
    if (rest == 0)
        return;
    out += '.';
    for (uint64_t place = 100'000; rest > 0; place /= 10) {
        out += static_cast<char>('0' + rest / place);
        rest %= place;
    }
}

void MetricsWriter::family(std::string_view name, Type type, std::string_view help) {
    m_name = name;
    m_text.append("# HELP ").append(name).append(" ").append(help);
    m_text.append("\n# TYPE ").append(name).append(" ").append(wordOf(type)).append("\n");
}

void MetricsWriter::appendLabel(const Label& label, bool& first) {
    if (label.value.empty())
        return;
    m_text.append(first ? "{" : ",").append(label.name).append("=\"");
    appendLabelValue(m_text, label.value);
    m_text += '"';
    first = false;
}

void MetricsWriter::beginSample(std::string_view suffix, Labels labels, const Label& further) {
    m_text.append(m_name).append(suffix);
    bool first = true;
    for (const Label& label : labels)
        appendLabel(label, first);
    appendLabel(further, first);
    m_text.append(first ? " " : "} ");
}

void MetricsWriter::sample(Labels labels, uint64_t value) {
    beginSample({}, labels);
    m_text.append(std::to_string(value)).append("\n");
}

void MetricsWriter::seconds(Labels labels, uint64_t micros) {
    beginSample({}, labels);
    appendSeconds(m_text, micros);
    m_text += '\n';
}

void MetricsWriter::histogram(Labels labels, const observe::Histogram& histogram) {
    uint64_t below = 0;
    std::string bound;
    for (size_t i = 0; i < observe::latencyBuckets; ++i) {
        below += histogram.counts.buckets[i];
        bound.clear();
        if (i < observe::latencyBounds.size())
            appendSeconds(bound, observe::latencyBounds[i]);
        else
            bound = "+Inf";
        beginSample("_bucket", labels, {"le", bound});
        m_text.append(std::to_string(below)).append("\n");
    }
    summary(labels, below, histogram.sumMicros);
}

void MetricsWriter::summary(Labels labels, uint64_t count, uint64_t sumMicros) {
    beginSample("_sum", labels);
    appendSeconds(m_text, sumMicros);
    m_text += '\n';
    beginSample("_count", labels);
    m_text.append(std::to_string(count)).append("\n");
}

void MetricsWriter::gauge(std::string_view name, std::string_view help, uint64_t value) {
    family(name, Type::Gauge, help);
    sample({}, value);
}

void MetricsWriter::counter(std::string_view name, std::string_view help, uint64_t value) {
    family(name, Type::Counter, help);
    sample({}, value);
}

} // namespace reverxy::admin
