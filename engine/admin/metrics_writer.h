// SPDX-License-Identifier: MIT
#pragma once

#include "observe/histogram.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace reverxy::admin {

struct Label {
    std::string_view name;
    std::string_view value; // anything; an empty one counts as none
};

using Labels = std::initializer_list<Label>;

/// Writes Prometheus' text format, version 0.0.4: families, each with HELP and TYPE and then its samples. A
/// family's samples follow family() at once; names and help texts are the caller's to get right.
class MetricsWriter {
  public:
    enum class Type : uint8_t { Counter, Gauge, Histogram, Summary };

    static constexpr std::string_view contentType = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a family. `name` holds until the next one.
    void family(std::string_view name, Type type, std::string_view help);
    void sample(Labels labels, uint64_t value);
    /// A value in seconds, from microseconds.
    void seconds(Labels labels, uint64_t micros);
    /// All samples of one histogram, in seconds.
    void histogram(Labels labels, const observe::Histogram& histogram);
    /// A summary without quantiles, in seconds.
    void summary(Labels labels, uint64_t count, uint64_t sumMicros);

    /// A family of one sample.
    void gauge(std::string_view name, std::string_view help, uint64_t value);
    void counter(std::string_view name, std::string_view help, uint64_t value);

    std::string take() { return std::move(m_text); }

  private:
    void beginSample(std::string_view suffix, Labels labels, const Label& further = {});
    void appendLabel(const Label& label, bool& first);

    std::string m_text;
    std::string_view m_name;
};

/// The value of a label as the format has it: backslash, double quote and line feed are escaped, and so is what is
/// no valid UTF-8 or would disturb a terminal.
void appendLabelValue(std::string& out, std::string_view value);
/// A number of microseconds as seconds, exactly: 0.0025, 10, 1.5.
void appendSeconds(std::string& out, uint64_t micros);

} // namespace reverxy::admin
