// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"
#include "net/health_inbox.h"
#include "net/loop.h"

#include <memory>
#include <vector>

namespace reverxy::net {

/// Gathers what one worker's exchanges say about backends' health, one entry a target, and hands it to the engine's
/// thread soon. Costs nothing while all goes well. Belongs to the worker's thread.
class HealthReporter final : public Timer {
  public:
    HealthReporter(Loop& loop, HealthInbox& inbox) : m_loop(loop), m_inbox(inbox) {}

    ~HealthReporter() override { m_loop.cancel(*this); }

    /// `failure`: Failure::None where the backend answered.
    void add(const std::shared_ptr<health::Target>& target, Failure failure);

  private:
    void onTimer(TimePoint now) override;

    Loop& m_loop;
    HealthInbox& m_inbox;
    std::vector<HealthReport> m_gathered;
};

} // namespace reverxy::net
