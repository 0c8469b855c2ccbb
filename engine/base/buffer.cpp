// SPDX-License-Identifier: MIT
#include "base/buffer.h"

#include <new>

namespace reverxy {

namespace {
// What a pool keeps for later: enough for a burst, little enough that an idle worker holds about 2 MB.
constexpr uint32_t smallKept = 64;
constexpr uint32_t largeKept = 8;
} // namespace

BufferPool::~BufferPool() {
    freeUnused();
}

void BufferPool::freeUnused() {
    for (FreeList* list : {&m_small, &m_large}) {
        while (Buffer* buffer = list->head) {
            list->head = buffer->next;
            deallocate(buffer);
        }
        list->count = 0;
    }
}

void BufferPool::setFrugal(bool frugal) {
    m_frugal = frugal;
    if (frugal)
        freeUnused();
}

BufferRef BufferPool::take(FreeList& list, uint32_t capacity) {
    if (Buffer* buffer = list.head) {
        list.head = buffer->next;
        --list.count;
        return BufferRef(buffer);
    }
    return BufferRef(allocate(capacity));
}

BufferRef BufferPool::takeAtLeast(size_t capacity) {
    if (capacity <= smallCapacity)
        return takeSmall();
    if (capacity <= largeCapacity)
        return takeLarge();
    return BufferRef(allocate(capacity));
}

void BufferPool::giveBack(Buffer* buffer) {
    FreeList* list = nullptr;
    if (buffer->capacity == smallCapacity && m_small.count < smallKept)
        list = &m_small;
    else if (buffer->capacity == largeCapacity && m_large.count < largeKept)
        list = &m_large;
    if (!list || m_frugal) {
        deallocate(buffer);
        return;
    }
    buffer->next = list->head;
    list->head = buffer;
    ++list->count;
}

Buffer* BufferPool::allocate(size_t capacity) {
    void* memory = ::operator new(sizeof(Buffer) + capacity);
    m_bytesHeld += sizeof(Buffer) + capacity;
    return new (memory) Buffer{this, nullptr, 0, static_cast<uint32_t>(capacity)};
}

void BufferPool::deallocate(Buffer* buffer) {
    m_bytesHeld -= sizeof(Buffer) + buffer->capacity;
    ::operator delete(buffer);
}

} // namespace reverxy
