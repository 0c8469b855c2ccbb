// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace reverxy {

/// Memory that several threads refer to at once and nobody changes any more where others look. Counted atomically:
/// unlike a Buffer it belongs to no worker. A new one has no references; whoever makes it puts it into a SharedRef.
class SharedBytes {
  public:
    SharedBytes(const SharedBytes&) = delete;
    SharedBytes& operator=(const SharedBytes&) = delete;

    /// Any thread that holds a reference, or is guarded by somebody who does.
    void retain() const { m_references.fetch_add(1, std::memory_order_relaxed); }

    /// Any thread; the last one destroys it.
    void release() const {
        if (m_references.fetch_sub(1, std::memory_order_acq_rel) == 1)
            destroy();
    }

    /// Whether the caller's reference is the only one.
    bool unshared() const { return m_references.load(std::memory_order_acquire) == 1; }

  protected:
    SharedBytes() = default;
    virtual ~SharedBytes() = default;
    virtual void destroy() const = 0;

  private:
    mutable std::atomic<uint32_t> m_references{0};
};

/// One reference to a T that derives from SharedBytes.
template <typename T>
class SharedRef {
  public:
    SharedRef() = default;

    explicit SharedRef(T* target) : m_target(target) { retain(); }

    SharedRef(const SharedRef& other) : m_target(other.m_target) { retain(); }

    SharedRef(SharedRef&& other) noexcept : m_target(std::exchange(other.m_target, nullptr)) {}

    template <typename U>

    requires std::is_convertible_v<U*, T*> SharedRef(const SharedRef<U>& other) : m_target(other.raw()) {
        retain();
    }

    SharedRef& operator=(SharedRef other) noexcept {
        std::swap(m_target, other.m_target);
        return *this;
    }

    ~SharedRef() { reset(); }

    void reset() {
        if (T* const target = std::exchange(m_target, nullptr))
            target->release();
    }

    T* raw() const { return m_target; }

    T* operator->() const { return m_target; }

    T& operator*() const { return *m_target; }

    explicit operator bool() const { return m_target != nullptr; }

    /// Gives the reference itself away, uncounted.
    T* detach() { return std::exchange(m_target, nullptr); }

    /// Takes over a reference that is counted already.
    static SharedRef adopt(T* target) {
        SharedRef ref;
        ref.m_target = target;
        return ref;
    }

    friend bool operator==(const SharedRef& a, const SharedRef& b) { return a.m_target == b.m_target; }

  private:
    void retain() {
        if (m_target)
            m_target->retain();
    }

    T* m_target = nullptr;
};

} // namespace reverxy
