// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::structure {

/// One text file of the project.
struct SourceFile {
    std::string path; ///< relative to the project's root folder, with slashes
    std::vector<std::string> lines;
};

/// Reads every file under `folders` (relative to the root folder of the project, absent ones are skipped) whose
/// path `wanted` accepts, ordered by path.
std::vector<SourceFile> readTree(const std::string& root, const std::vector<std::string>& folders,
                                 const std::function<bool(std::string_view path)>& wanted);

/// Whether the path ends as C++ sources and headers do.
bool isCpp(std::string_view path);
bool isHeader(std::string_view path);

/// The line without its comments of the `//` kind and without what stands in string literals: enough for the house
/// style, which has no block comments and no raw string literals with quotes around names of types.
std::string codeOf(std::string_view line);

/// "path:line: text", as compilers print it; `line` counts from 1.
std::string at(const SourceFile& file, size_t line, std::string_view text);

} // namespace reverxy::structure
