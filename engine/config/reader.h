// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"
#include "config/problem.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// From the text of config.yaml, the environment and the flags to a Config. Pure: nothing is read from disk or the
// process here.

namespace reverxy::config {

/// Where a value comes from. The order of the kinds is that of their strength.
struct Source {
    enum class Kind : uint8_t { Default, File, Environment, Flag };

    Kind kind = Kind::Default;
    std::string name;  // of the file, the variable or the flag
    unsigned line = 0; // in a file, from 1
    unsigned column = 0;
    std::string text; // a scalar as it was written; "" for lists and sections

    /// `config.yaml:12`, `environment REVERXY_PROXY__PORT`, `flag --port`, `default`.
    std::string toString() const;
};

/// By path, as `proxy.port` or `pools.orders.backends[0].url`; sections and elements of lists have one too. What is
/// absent is default.
using Sources = std::map<std::string, Source, std::less<>>;

/// Name and value of each variable; only names with the prefix REVERXY_ are looked at.
using Environment = std::map<std::string, std::string>;

/// A value given on the command line.
struct Override {
    std::string path; // `proxy.port`
    std::string value;
    std::string flag; // `--port`, for messages
};

struct Input {
    /// As messages name it.
    std::string fileName;
    /// Absent: there is no file, all is default.
    std::optional<std::string_view> text;
    const Environment* environment = nullptr;
    const std::vector<Override>* overrides = nullptr;
};

/// Either a configuration, or every problem there is, in the order of the file. At most mostProblems of them, with
/// a last one that says how many more there are.
struct Reading {
    std::optional<Config> config;
    Sources sources;
    std::vector<Problem> problems;
};

constexpr size_t mostProblems = 100;

/// Values are taken in the order flag, environment, file, default. Any thread.
Reading readConfiguration(const Input& input);

} // namespace reverxy::config
