// SPDX-License-Identifier: MIT
#pragma once

#include "net/upstream_connection.h"
#include "net/upstream_pool.h"
#include "net/waiting.h"

#include <memory>
#include <string>
#include <vector>

namespace reverxy::net {

/// Opens one connection to a backend whose name may stand for several addresses: the one that answered last is
/// tried first, the next after 250 ms or a failure, and the first that stands wins (RFC 8305 section 5). Waits for
/// the name to be resolved where need be. Holds one slot of the backend while it works.
class Connector final : public Timer, public ConnectListener, public Waits {
  public:
    enum class Result : uint8_t { Connected, Pending, Failed };

    /// Told when a Pending start has ended, well or not.
    class Owner {
      public:
        virtual void connectorEnded(bool connected) = 0;

      protected:
        virtual ~Owner() = default;
    };

    Connector(Loop& loop, WaitingTable& waiting, Owner& owner);
    ~Connector() override;

    /// `timeout` is for the whole of it. The slot is the caller's to release after a failure.
    Result start(WorkerBackend& backend, Duration timeout);
    /// Gives up; nothing is told any more.
    void abandon();

    /// After Connected.
    std::unique_ptr<UpstreamConnection> takeConnection() { return std::move(m_winner); }

    /// After Failed.
    Failure failure() const { return m_failure; }

    const std::string& details() const { return m_details; }

    /// After Failed: this machine lacked what a connection takes, and the backend was not asked.
    bool localFault() const { return m_failure == Failure::OutOfSockets; }

    uint32_t connectMicros() const { return m_connectMicros; }

  private:
    void onTimer(TimePoint now) override;
    void connectEnded(UpstreamConnection& connection, int error) override;
    void wokenByName() override;
    Result begin();
    /// Starts the next attempts until one is pending or stands, or none is left.
    Result tryNext();
    Result fail(Failure failure, std::string details);
    void win(std::unique_ptr<UpstreamConnection> connection);
    void scheduleNext();
    void stopResolving();
    void tell(Result result);

    Loop& m_loop;
    WaitingTable& m_waiting;
    Owner& m_owner;
    WorkerBackend* m_backend = nullptr;
    std::shared_ptr<const proxy::ResolvedAddresses> m_addresses;
    std::vector<std::unique_ptr<UpstreamConnection>> m_attempts;
    std::unique_ptr<UpstreamConnection> m_winner;
    TimePoint m_begun{};
    TimePoint m_deadline{};
    size_t m_tried = 0;
    size_t m_first = 0;
    Failure m_failure = Failure::None;
    std::string m_details;
    uint32_t m_connectMicros = 0;
    bool m_resolving = false;
    proxy::Waiter m_waiter;
};

} // namespace reverxy::net
