// SPDX-License-Identifier: MIT
#pragma once

#include "health/target.h"
#include "net/mailbox.h"
#include "net/wake_channel.h"

#include <memory>
#include <vector>

namespace reverxy::net {

/// What one worker's requests have met at one target since its last report.
struct HealthReport {
    std::shared_ptr<health::Target> target;
    health::TrafficReport traffic;
};

/// The workers' reports on their way to the engine's thread. Outlives both.
struct HealthInbox {
    Mailbox<std::vector<HealthReport>> mailbox;
    WakeChannel wake;

    /// Any thread.
    void post(std::vector<HealthReport> reports) {
        if (mailbox.push(std::move(reports)))
            wake.signal();
    }
};

} // namespace reverxy::net
