// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::config {

/// A place in the text. Lines and columns count from 1, columns in characters, offsets in bytes from the start of
/// the text (a byte order mark included), so that text can be cut at them.
struct Mark {
    unsigned line = 1;
    unsigned column = 1;
    size_t offset = 0;
    bool operator==(const Mark&) const = default;
};

/// One value of the document. A value of a mapping carries its key.
struct Node {
    enum class Kind : uint8_t {
        Null, // nothing written, `~` or `null`
        Scalar,
        Sequence,
        Mapping,
        Invalid, // already reported
    };

    Kind kind = Kind::Null;
    bool quotedText = false; // in quotes, as a block scalar or tagged !!str: text, whatever it looks like
    Mark start, end;         // of the value; quotes included
    std::string text;        // of a scalar
    std::string key;
    Mark keyStart, keyEnd;
    std::vector<Node> items; // of a sequence or mapping, in order; keys are unique
};

struct YamlProblem {
    Mark at;
    std::string key; // path, as `pools.web.backends[0]`; empty where the document itself is at fault
    std::string message;
};

struct YamlTree {
    Node root;
    /// In the order of the text.
    std::vector<YamlProblem> problems;
    /// False when the text could not be read to its end: `root` must not be looked at.
    bool complete = false;
};

/// Bounds of what is read at all: longer, deeper or fuller documents are refused with a sentence.
constexpr size_t longestDocument = 4u << 20;
constexpr size_t deepestNesting = 64;
constexpr size_t mostNodes = 100'000;

/// Reads one YAML document in UTF-8. Refused, each with its place: syntax errors, a second document, duplicate
/// keys, keys that are no scalars, anchors and aliases, tags beyond the core schema's. Pure; any thread.
YamlTree parseYaml(std::string_view text);

} // namespace reverxy::config
