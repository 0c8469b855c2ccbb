// SPDX-License-Identifier: MIT
#pragma once

#include "health/target.h"
#include "net/connector.h"
#include "net/upstream_connection.h"
#include "net/upstream_pool.h"

#include <memory>
#include <optional>

namespace reverxy::net {

/// One probe: a connection of its own, and where something is asked for a GET on it. Neither slots nor idle
/// connections of the traffic are touched. Belongs to the thread of its loop.
class Probe final : public Connector::Owner, public UpstreamUser, public Timer {
  public:
    class Owner {
      public:
        /// The verdict; nothing where the probe could not be made for a reason of this machine's (out of sockets).
        virtual void probeDecided(Probe& probe, const std::optional<health::ProbeResult>& result) = 0;
        /// Follows: the connection is closed. The owner may let go of the probe by Loop::discard().
        virtual void probeOver(Probe& probe) = 0;

      protected:
        virtual ~Owner() = default;
    };

    /// The name of `place` has been resolved, or resolving it has failed.
    Probe(Loop& loop, WaitingTable& waiting, Owner& owner, uint32_t id,
          std::shared_ptr<const health::Target> target, std::shared_ptr<proxy::BackendState> place);
    ~Probe() override;

    /// Within a batch of the loop. May be over before it returns.
    void start();

    uint32_t id() const { return m_id; }

  private:
    void connectorEnded(bool succeeded) override;
    void onTimer(TimePoint now) override;

    // UpstreamUser
    void upstreamHead(const http::ResponseHead& head) override;
    void upstreamBody(const Piece& piece) override;
    void upstreamEnd(const http::FieldList& trailers, bool reusable) override;
    void upstreamLost(Failure failure, std::string_view details) override;

    void upstreamTunnelEnded() override {}

    void upstreamPaused() override {}

    bool takesResponse() override { return true; }

    void upstreamDrained() override {}

    void upstreamActive() override {}

    void upstreamHandled() override {}

    void connected();
    void fail(Failure failure, std::string_view details);
    void decide(health::ProbeResult result);
    void end();

    Loop& m_loop;
    Owner& m_owner;
    const uint32_t m_id;
    const std::shared_ptr<const health::Target> m_target;
    const health::ProbeDefinition& m_definition;
    WorkerBackend m_place;
    Connector m_connector;
    http::ResponseHead m_head;
    std::unique_ptr<UpstreamConnection> m_connection;
    TimePoint m_begun{};
    size_t m_bodyBytes = 0;
    bool m_decided = false;
    bool m_over = false;
};

} // namespace reverxy::net
