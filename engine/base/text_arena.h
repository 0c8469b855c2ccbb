// SPDX-License-Identifier: MIT
#pragma once

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

namespace reverxy {

/// Storage for short texts composed while a message is prepared. Views stay valid until clear(), which keeps the
/// first block, so that an arena in steady use does not allocate.
class TextArena {
  public:
    explicit TextArena(size_t blockSize = 1024) : m_blockSize(blockSize) {}

    void clear() {
        if (m_blocks.size() > 1)
            m_blocks.resize(1);
        m_used = 0;
    }

    /// The concatenation of `parts`, held here.
    std::string_view join(std::initializer_list<std::string_view> parts) {
        size_t size = 0;
        for (std::string_view part : parts)
            size += part.size();
        char* const start = reserve(size);
        char* out = start;
        for (std::string_view part : parts) {
            if (!part.empty())
                std::memcpy(out, part.data(), part.size());
            out += part.size();
        }
        return {start, size};
    }

  private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        size_t size;
    };

    char* reserve(size_t size) {
        if (m_blocks.empty() || m_blocks.back().size - m_used < size) {
            const size_t blockSize = size > m_blockSize ? size : m_blockSize;
            m_blocks.push_back({std::make_unique<char[]>(blockSize), blockSize});
            m_used = 0;
        }
        char* const start = m_blocks.back().bytes.get() + m_used;
        m_used += size;
        return start;
    }

    size_t m_blockSize;
    size_t m_used = 0;
    std::vector<Block> m_blocks;
};

} // namespace reverxy
