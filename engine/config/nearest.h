// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace reverxy::config {

/// How many single-character slips (one more, one less, one other, two swapped) lead from `a` to `b`. Letters count
/// as equal in either case, and so do `-` and `_`. Only the first 64 bytes of each are looked at, so that hostile
/// text costs nothing.
size_t editDistance(std::string_view a, std::string_view b);

/// The known word that is most like what was written; the first one of several.
struct Nearest {
    std::string_view word; // empty when there are no words
    size_t distance = 0;
    size_t written = 0; // length of the text that was compared

    /// Close enough to have been meant.
    bool isNear() const;
};

Nearest nearestOf(std::string_view text, std::span<const std::string_view> words);

/// "did you mean `x`?", or, where nothing is close, "the nearest known one is `x`".
std::string suggestionOf(const Nearest& nearest);

} // namespace reverxy::config
