// SPDX-License-Identifier: MIT
#include "source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace reverxy::structure {

namespace fs = std::filesystem;

static SourceFile readFile(const fs::path& root, const fs::path& path) {
    SourceFile file{path.lexically_relative(root).generic_string(), {}};
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);)
        file.lines.push_back(line);
    return file;
}

std::vector<SourceFile> readTree(const std::string& root, const std::vector<std::string>& folders,
                                 const std::function<bool(std::string_view path)>& wanted) {
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        const fs::path top = fs::path(root) / folder;
        if (!fs::is_directory(top))
            continue;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(top)) {
            if (entry.is_regular_file() && wanted(entry.path().lexically_relative(root).generic_string()))
                files.push_back(readFile(root, entry.path()));
        }
    }
    std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

bool isHeader(std::string_view path) {
    return path.ends_with(".h");
}

bool isCpp(std::string_view path) {
    return path.ends_with(".cpp") || isHeader(path);
}

std::string codeOf(std::string_view line) {
    std::string code;
    bool inString = false;
    for (size_t i = 0; i < line.size(); ++i) {
        if (inString) {
            if (line[i] == '\\')
                ++i;
            else if (line[i] == '"')
                inString = false;
            continue;
        }
        if (line.substr(i).starts_with("//"))
            break;
        inString = line[i] == '"';
        code += line[i];
    }
    return code;
}

std::string at(const SourceFile& file, size_t line, std::string_view text) {
    return file.path + ":" + std::to_string(line) + ": " + std::string(text);
}

} // namespace reverxy::structure
