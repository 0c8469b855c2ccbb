// SPDX-License-Identifier: MIT
#pragma once

#include "source_tree.h"

#include <string>
#include <string_view>
#include <vector>

namespace reverxy::structure {

/// What one folder of the tree may know: the permission that its target has.
struct FolderRule {
    std::string_view folder;             ///< "engine/http", "engine" (the facade), "app", "ui"
    std::vector<std::string_view> known; ///< the folders whose headers it may include and whose targets it may link
    std::vector<std::string_view> linked; ///< targets from outside the project that it may link
    bool qt = false;                      ///< whether it may see Qt
    bool configHeader = false;            ///< whether it may include config/config.h, of all of engine/config
};

/// The design's table of folders (sections 1 and 2), one row for each.
const std::vector<FolderRule>& folderRules();

/// The row for a file or for a folder of the project; nullptr for what no rule covers (tests, resources). What lies
/// deeper than a row's folder belongs to that row.
const FolderRule* ruleFor(std::string_view path);

/// Every #include of the file that breaks its folder's rule, as "path:line: the include: the rule". `exists` tells
/// whether a path relative to the project's root folder is a file.
std::vector<std::string> includeViolations(const SourceFile& file,
                                           const std::function<bool(std::string_view)>& exists);

/// A target of the build, as CMake wrote it down.
struct Target {
    std::string name;
    std::string folder; ///< where it is declared, relative to the project's root folder
    std::vector<std::string> links;
};

/// Every link of a target that its folder's rule does not allow, as "folder: target links X: the rule". Links
/// inside one folder are free; what the build defines for everybody (reverxy_common) is too.
std::vector<std::string> linkViolations(const std::vector<Target>& targets);

} // namespace reverxy::structure
