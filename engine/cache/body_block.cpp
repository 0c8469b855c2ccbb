// SPDX-License-Identifier: MIT
#include "cache/body_block.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace reverxy::cache {

SharedRef<BodyBlock> BodyBlock::make(uint32_t capacity) {
    void* const memory = ::operator new(sizeof(BodyBlock) + capacity);
    return SharedRef<BodyBlock>(new (memory) BodyBlock(capacity));
}

uint32_t BodyBlock::write(std::string_view bytes) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(bytes.size(), room()));
    if (count > 0)
        std::memcpy(const_cast<char*>(data()) + m_size, bytes.data(), count);
    return count;
}

void BodyBlock::destroy() const {
    // A long body is a long chain: one after the other, not one within the other.
    auto* block = const_cast<BodyBlock*>(this);
    while (block) {
        SharedRef<BodyBlock> next = std::move(block->m_next);
        block->~BodyBlock();
        ::operator delete(block);
        block = next && next->unshared() ? next.detach() : nullptr;
    }
}

} // namespace reverxy::cache
