// SPDX-License-Identifier: MIT
#include "config/nearest.h"

#include <algorithm>
#include <array>

namespace reverxy::config {

namespace {

constexpr size_t longestCompared = 64;

char folded(char character) {
    if (character >= 'A' && character <= 'Z')
        return static_cast<char>(character - 'A' + 'a');
    return character == '-' ? '_' : character;
}

} // namespace

size_t editDistance(std::string_view a, std::string_view b) {
    a = a.substr(0, longestCompared);
    b = b.substr(0, longestCompared);
    // Three rows of the usual table are enough: a swap of neighbours looks two rows back.
    using Row = std::array<size_t, longestCompared + 1>;
    Row before{}, previous{}, current{};
    for (size_t j = 0; j <= b.size(); ++j)
        previous[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t other = folded(a[i - 1]) == folded(b[j - 1]) ? 0 : 1;
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + other});
            if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]))
                current[j] = std::min(current[j], before[j - 2] + 1);
        }
        before = previous;
        previous = current;
    }
    return previous[b.size()];
}

bool Nearest::isNear() const {
    const size_t longer = std::max(word.size(), written);
    return !word.empty() && distance <= std::max<size_t>(1, longer / 3);
}

Nearest nearestOf(std::string_view text, std::span<const std::string_view> words) {
    Nearest nearest;
    for (const std::string_view word : words) {
        const size_t distance = editDistance(text, word);
        if (nearest.word.empty() || distance < nearest.distance)
            nearest = {word, distance, text.size()};
    }
    return nearest;
}

std::string suggestionOf(const Nearest& nearest) {
    if (nearest.word.empty())
        return {};
    const std::string word = "`" + std::string(nearest.word) + "`";
    return nearest.isNear() ? "did you mean " + word + "?" : "the nearest known one is " + word;
}

} // namespace reverxy::config
