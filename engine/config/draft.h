// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.h"
#include "config/settings.h"
#include "config/value.h"
#include "config/yaml_tree.h"

#include <string>
#include <string_view>

// The parts of reading, in their order: the file (reader.cpp), environment and flags (overrides.cpp), then what
// only the whole can tell (completion.cpp). They work on one Draft. Not for use outside this folder.

namespace reverxy::config {

class Draft {
  public:
    explicit Draft(std::string fileName) : m_fileName(std::move(fileName)) {}

    Config config;
    Sources sources;

    void report(Problem problem);
    /// A problem in the file at `at`.
    void reportInFile(const Mark& at, std::string key, std::string message);
    /// A problem of the value at `path`, placed where `place` (that path, or the nearest one around it) was
    /// written.
    void reportAt(std::string_view place, std::string key, std::string message);

    /// Further problems are only counted, so that their words need not be found.
    bool isFull() const { return m_problems.size() >= mostProblems; }

    bool has(std::string_view path) const { return sources.find(path) != sources.end(); }

    /// `pool`, unless the file has the pool "default" under `pools`; `pools.NAME` for all others.
    std::string pathOfPool(std::string_view name) const;
    Source fileSource(const Mark& at, std::string text = {}) const;

    const std::string& fileName() const { return m_fileName; }

    /// In the order of the file, bounded.
    std::vector<Problem> takeProblems();

  private:
    std::string m_fileName;
    std::vector<Problem> m_problems;
    size_t m_left = 0; // problems beyond the bound
};

/// Reads the document into the draft. `object` is the group's struct, `path` where it stands.
void readGroup(Draft& draft, const Node& node, Group group, void* object, const std::string& path);
/// Applies every REVERXY_ variable, then every flag. `fileIsWhole` false: the file could not be read to its end.
void applyOverrides(Draft& draft, const Input& input, bool fileIsWhole);
/// Fills in what is derived (names, inherited values, the implicit pool and route) and checks what concerns more
/// than one value.
void complete(Draft& draft);

} // namespace reverxy::config
