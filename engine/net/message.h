// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "net/socket.h"
#include "observe/decision.h"
#include "observe/report.h"
#include "proxy/runtime.h"

#include <functional>
#include <latch>
#include <memory>
#include <variant>
#include <vector>

// What goes from one thread to a worker, by its mailbox. Nothing else does.

namespace reverxy::net {

/// A client's connection, accepted by another worker that has more of them.
struct AdoptClient {
    AcceptedSocket socket;
};

/// The configuration for requests from now on. `taken` is counted down once for the worker.
struct UseRuntime {
    std::shared_ptr<const proxy::Runtime> runtime;
    std::shared_ptr<std::latch> taken;
};

/// A slot of a backend for the exchange that waits under `token`. `slotHeld`: the slot is counted already and goes
/// with the message; otherwise an idle connection of this worker is there for it.
struct SlotFreed {
    uint64_t token;
    std::shared_ptr<proxy::BackendState> backend;
    bool slotHeld;
    /// How many have had no use for it so far: when all who wait have refused it, it goes no further.
    size_t refusals;
};

/// Who is available has changed in the pool where the exchange waits under `token` for a slot. It goes on waiting
/// unless it decides otherwise.
struct AvailabilityChanged {
    uint64_t token;
};

/// There may be a place in the retry budget.
struct RetryFreed {
    uint64_t token;
};

/// A name was looked up, well or not.
struct NameResolved {
    uint64_t token;
};

/// A fill has something new for the exchange with this token.
struct FillProgressed {
    uint64_t token;
};

/// Another worker needs a slot of a backend of which this one may hold an idle connection.
struct ReclaimIdle {
    std::shared_ptr<proxy::BackendState> backend;
};

/// There is room for clients again.
struct ResumeAccepting {};

/// Memory is scarce, or is not any more.
struct UseFrugalBuffers {
    bool frugal;
};

/// Stop accepting, finish what runs.
struct Drain {};

/// End whatever is still open.
struct CutAll {};

/// The last decisions; `answer` is called on the worker's thread.
struct AskDecisions {
    size_t count;
    std::function<void(std::vector<observe::Decision>)> answer;
};

/// What the worker has to tell; `answer` is called on its thread. `second`: the one that runs.
struct AskReport {
    observe::ReportRequest request;
    int64_t second;
    std::function<void(observe::WorkerReport)> answer;
};

using Message =
    std::variant<AdoptClient, UseRuntime, SlotFreed, AvailabilityChanged, RetryFreed, NameResolved, FillProgressed,
                 ReclaimIdle, ResumeAccepting, UseFrugalBuffers, Drain, CutAll, AskDecisions, AskReport>;

} // namespace reverxy::net
