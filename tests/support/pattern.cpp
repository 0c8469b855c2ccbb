// SPDX-License-Identifier: MIT
#include "support/pattern.h"

#include <algorithm>

namespace reverxy::test {

namespace {

constexpr size_t period = 65521;

const std::string& twoPeriods() {
    static const std::string bytes = [] {
        std::string text(2 * period, '\0');
        uint32_t state = 12345;
        for (size_t i = 0; i < period; ++i) {
            state = state * 1664525u + 1013904223u;
            text[i] = text[i + period] = static_cast<char>(state >> 24);
        }
        return text;
    }();
    return bytes;
}

} // namespace

std::string_view patternAt(uint64_t offset) {
    return std::string_view(twoPeriods()).substr(offset % period, period);
}

std::string pattern(uint64_t size) {
    std::string bytes;
    bytes.reserve(size);
    while (bytes.size() < size)
        bytes.append(patternAt(bytes.size()).substr(0, size - bytes.size()));
    return bytes;
}

bool PatternCheck::add(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::string_view expected = patternAt(m_offset).substr(0, bytes.size());
        if (bytes.substr(0, expected.size()) != expected)
            m_good = false;
        m_offset += expected.size();
        bytes.remove_prefix(expected.size());
    }
    return m_good;
}

} // namespace reverxy::test
