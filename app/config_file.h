// SPDX-License-Identifier: MIT
#pragma once

#include "app/command_line.h"
#include "app/file_system.h"
#include "config/reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Finds the configuration file and reads it. The program calls loadConfiguration() once at its start and
// reloadConfiguration() for each SIGHUP; both block on the disk and may be called on any thread.

namespace reverxy::app {

enum class Platform : uint8_t { Linux, MacOs, Windows };
Platform currentPlatform();

/// Every variable of the process, from the array that main or the C library has (`NAME=value`, null at the end).
config::Environment environmentOf(const char* const* variables);

struct LoadedConfig {
    /// The file that was read; "" when there is none, and everything is default.
    std::string path;
    /// A sentence worth telling: the file that was made, or why none could be. Often empty.
    std::string notice;
    /// Absent when there are problems.
    std::optional<config::Config> config;
    config::Sources sources;
    std::vector<config::Problem> problems;
};

/// Where to look: --config, CONFIG_PATH, ./config.yaml, /etc/config/config.yaml, the user's configuration folder; a
/// file that is named must be there. When none is found, the user's one is made from the commented default (not for
/// --check and --print-config).
LoadedConfig loadConfiguration(const CommandLine& commandLine, const config::Environment& environment,
                               FileSystem& files, Platform platform);
/// On this machine's disk.
LoadedConfig loadConfiguration(const CommandLine& commandLine, const config::Environment& environment);

/// Reads the file of `loaded` again, under the same flags and environment. Without a file, searches anew, and makes
/// none.
LoadedConfig reloadConfiguration(const LoadedConfig& loaded, const CommandLine& commandLine,
                                 const config::Environment& environment, FileSystem& files, Platform platform);
LoadedConfig reloadConfiguration(const LoadedConfig& loaded, const CommandLine& commandLine,
                                 const config::Environment& environment);

/// The user's own file: under $XDG_CONFIG_HOME or ~/.config, ~/Library/Application Support, or %APPDATA%; "" when
/// the environment names no such folder.
std::string userConfigPath(const config::Environment& environment, Platform platform);

/// resources/config.default.yaml, built into the program.
std::string_view defaultConfigText();

/// What a command prints, and how the process then ends.
struct CommandResult {
    std::string output; // for standard output
    std::string errors; // for standard error
    int exitCode = 0;
};

/// --check: every problem on its line; exit code 1 when there is one.
CommandResult checkCommand(const LoadedConfig& loaded);
/// --print-config: every effective value with its source; a broken configuration gives its problems and exit
/// code 1.
CommandResult printCommand(const LoadedConfig& loaded);
/// Every problem on its line, each with a newline; "" when there is none.
std::string problemLines(const LoadedConfig& loaded);

} // namespace reverxy::app
