// SPDX-License-Identifier: MIT
#pragma once

#include "net/client_connection.h"
#include "net/health_reporter.h"
#include "net/journal.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/services.h"
#include "net/switchboard.h"
#include "net/transfer.h"
#include "net/upstream_pool.h"
#include "net/waiting.h"

#include <functional>
#include <memory>
#include <vector>

namespace reverxy::net {

/// What a worker is given at its start.
struct WorkerSetup {
    uint32_t index = 0;
    Switchboard& switchboard;
    observe::Log& log;
    HealthInbox& health;
    bool portableReactor = false;
    std::vector<int> listeningSockets; // duplicates, taken over
    std::shared_ptr<const proxy::Runtime> runtime;
    /// Called on the worker's thread when it drains and its last client has gone.
    std::function<void()> drained;
};

/// One worker: a thread's reactor with its share of the listening sockets, its clients, its connections to backends
/// and its record of what happened. Made, used and destroyed on that thread; others reach it by its mailbox.
class Worker final : public WorkerHost, public Pollable {
  public:
    explicit Worker(WorkerSetup setup);
    ~Worker() override;

  private:
    // WorkerHost
    Transfer& take() override;
    void give(Transfer& transfer) override;

    void goesOnAlone(Transfer& transfer) override { m_alone.push_back(&transfer); }

    bool mayBeginAlone() const override;
    void clientClosed(ClientConnection& connection) override;

    void onReady(Readiness readiness) override;
    void readMailbox();
    void handle(AdoptClient& message);
    void handle(UseRuntime& message);
    void handle(SlotFreed& message);
    void handle(AvailabilityChanged& message);
    void handle(RetryFreed& message);
    void handle(NameResolved& message);
    void handle(FillProgressed& message);
    void handle(ReclaimIdle& message);
    void handle(ResumeAccepting& message);
    void handle(UseFrugalBuffers& message);
    void handle(Drain& message);
    void handle(CutAll& message);
    void handle(AskDecisions& message);
    void handle(AskReport& message);
    std::vector<observe::Decision> longestRunning(size_t count) const;

    void accepted(const AcceptedSocket& socket);
    bool admit(const AcceptedSocket& socket);
    void pauseAccepting();
    void adopt(const AcceptedSocket& socket);
    void acceptFailed(const std::string& why);
    void useRuntime(std::shared_ptr<const proxy::Runtime> runtime);
    void retireRuntimes();
    void reportWhenDrained();
    void endThoseAlone();
    template <typename Do>
    void forEachClient(Do something);

    WorkerSetup m_setup;
    WorkerAddress& m_address;
    Loop m_loop;
    UpstreamPool m_upstreams;
    Journal m_journal;
    WaitingTable m_waiting;
    HealthReporter m_health;
    Services m_services;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    std::vector<Message> m_messages;
    std::vector<std::unique_ptr<BoundRuntime>> m_runtimes; // the last is the one in use
    std::vector<std::unique_ptr<Transfer>> m_freeTransfers;
    std::vector<Transfer*> m_alone;        // those without a client
    ClientConnection* m_clients = nullptr; // owned, linked by next
    std::vector<AcceptedSocket>
        m_overflow; // accepted when there was no room; at most as many as there are listeners
    bool m_cutting = false;
};

} // namespace reverxy::net
