// SPDX-License-Identifier: MIT
#include "http/list.h"

#include "http/character_table.h"

#include <algorithm>

namespace reverxy::http {

namespace {

/// Where the element at the front of `text` ends: at a comma outside quotes, or at the end of the text. A quoted
/// string that is never closed takes the rest, so that nothing within it is mistaken for an element of its own.
size_t elementEnd(std::string_view text) {
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\')
            ++i;
        else if (!quoted && c == ',')
            return i;
    }
    return text.size();
}

} // namespace

bool isTokenCharacter(unsigned char c) {
    return isIn(static_cast<char>(c), TokenByte);
}

bool isToken(std::string_view text) {
    return !text.empty() && skipWhile(text, 0, TokenByte) == text.size();
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i] != b[i] && lowered(a[i]) != lowered(b[i]))
            return false;
    }
    return true;
}

bool isBeforeIgnoringCase(std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return lowered(x) < lowered(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

bool ListReader::next(std::string_view& element) {
    while (!m_rest.empty()) {
        const size_t end = elementEnd(m_rest);
        element = trimmed(m_rest.substr(0, end));
        m_rest.remove_prefix(end == m_rest.size() ? end : end + 1);
        if (!element.empty())
            return true;
    }
    return false;
}

bool listContains(std::string_view list, std::string_view name) {
    ListReader elements(list);
    std::string_view element;
    while (elements.next(element)) {
        if (equalsIgnoringCase(element, name))
            return true;
    }
    return false;
}

} // namespace reverxy::http
