// SPDX-License-Identifier: MIT
#pragma once

#include "config/yaml_tree.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace reverxy::config {

/// Translates between the two ways of counting in a UTF-8 text: libyaml's marks count characters, text is cut by
/// bytes.
class CharacterOffsets {
  public:
    /// `text` must outlive the object. Invalid UTF-8 is counted by its lead bytes.
    explicit CharacterOffsets(std::string_view text);

    /// The byte at which the `character`-th character (from 0) begins; the text's length when there are fewer.
    size_t byteOf(size_t character) const;
    /// Line and column of a byte; lines end with LF, CR or CR LF.
    Mark markOfByte(size_t byte) const;

  private:
    static constexpr size_t stride = 256;

    std::string_view m_text;
    /// Where every 256th character begins; empty when the text is ASCII and the two counts are one.
    std::vector<size_t> m_starts;
};

} // namespace reverxy::config
