// SPDX-License-Identifier: MIT
#include "app/configuration_source.h"

#include <utility>

namespace reverxy::app {

namespace {

ConfigurationReading readingOf(const LoadedConfig& loaded) {
    ConfigurationReading reading;
    reading.config = loaded.config;
    reading.path = QString::fromStdString(loaded.path);
    reading.notice = QString::fromStdString(loaded.notice);
    for (const config::Problem& problem : loaded.problems)
        reading.problems << QString::fromStdString(problem.toString());
    return reading;
}

} // namespace

ConfigurationSource configurationSource(CommandLine commandLine, config::Environment environment,
                                        LoadedConfig loaded) {
    return [commandLine = std::move(commandLine), environment = std::move(environment), loaded = std::move(loaded),
            first = true]() mutable {
        if (std::exchange(first, false))
            return readingOf(loaded);
        LoadedConfig next = reloadConfiguration(loaded, commandLine, environment);
        ConfigurationReading reading = readingOf(next);
        if (next.config)
            loaded = std::move(next);
        return reading;
    };
}

} // namespace reverxy::app
