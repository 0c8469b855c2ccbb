// SPDX-License-Identifier: MIT
#include "config/character_offsets.h"

#include <algorithm>

namespace reverxy::config {

namespace {

bool beginsCharacter(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

} // namespace

CharacterOffsets::CharacterOffsets(std::string_view text) : m_text(text) {
    if (std::all_of(text.begin(), text.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }))
        return;
    size_t characters = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (beginsCharacter(text[i]) && characters++ % stride == 0)
            m_starts.push_back(i);
    }
}

size_t CharacterOffsets::byteOf(size_t character) const {
    if (m_starts.empty())
        return std::min(character, m_text.size());
    if (character / stride >= m_starts.size())
        return m_text.size();
    size_t byte = m_starts[character / stride];
    for (size_t left = character % stride; left > 0 && byte < m_text.size(); --left) {
        ++byte;
        while (byte < m_text.size() && !beginsCharacter(m_text[byte]))
            ++byte;
    }
    return byte;
}

Mark CharacterOffsets::markOfByte(size_t byte) const {
    Mark mark;
    mark.offset = std::min(byte, m_text.size());
    for (size_t i = 0; i < mark.offset; ++i) {
        const bool lineEnds =
            m_text[i] == '\n' || (m_text[i] == '\r' && (i + 1 >= m_text.size() || m_text[i + 1] != '\n'));
        if (lineEnds) {
            ++mark.line;
            mark.column = 1;
        } else if (beginsCharacter(m_text[i]) && m_text[i] != '\r') {
            ++mark.column;
        }
    }
    return mark;
}

} // namespace reverxy::config
