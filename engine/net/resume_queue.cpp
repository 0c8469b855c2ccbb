// SPDX-License-Identifier: MIT
#include "net/resume_queue.h"

#include <algorithm>

namespace reverxy::net {

void ResumeQueue::add(Resumable& resumable) {
    if (resumable.m_queue)
        return;
    resumable.m_queue = this;
    m_waiting.push_back(&resumable);
}

void ResumeQueue::withdraw(Resumable& resumable) {
    if (!holds(resumable))
        return;
    resumable.m_queue = nullptr;
    std::erase(m_waiting, &resumable);
    std::replace(m_running.begin(), m_running.end(), &resumable, static_cast<Resumable*>(nullptr));
}

void ResumeQueue::keepFrom(size_t next) {
    m_running.erase(m_running.begin(), m_running.begin() + static_cast<std::ptrdiff_t>(next));
    std::erase(m_running, nullptr);
    m_waiting.insert(m_waiting.begin(), m_running.begin(), m_running.end());
    m_running.clear();
}

} // namespace reverxy::net
