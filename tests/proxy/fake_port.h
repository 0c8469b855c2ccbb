// SPDX-License-Identifier: MIT
#pragma once

#include "proxy/exchange_port.h"
#include "proxy/runtime.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reverxy::proxy {

/// Fields as they were handed to the port, copied: the views end with the call.
struct SentFields {
    std::vector<std::pair<std::string, std::string>> lines;

    SentFields() = default;
    /// `serialized`: further lines, each with its end.
    explicit SentFields(const http::FieldList& fields, std::string_view serialized = {});
    /// The values of all lines of that name (as written here), joined by " | "; "-" when there is none.
    std::string value(std::string_view name) const;
    size_t count(std::string_view name) const;
};

/// What went to a backend on one connection.
struct SentRequest {
    uint32_t backend = 0;
    bool reused = false;
    bool headSent = false;
    bool ended = false;
    std::string method;
    std::string target;
    std::string upgrade;
    std::string body;
    SentFields fields;
    SentFields trailers;
    http::Framing framing;
};

/// What went to the client.
struct SentResponse {
    uint16_t status = 0;
    bool ended = false;
    std::string reason;
    std::string upgrade;
    std::string body;
    SentFields fields;
    SentFields trailers;
    http::Framing framing;
};

/// What the ports of several exchanges share: the runtime, the idle connections of "this worker", and the wake-ups
/// that are on their way. Passes slots on as the workers do.
struct FakeWorld {
    struct Wake {
        uint64_t token;
        std::shared_ptr<BackendState> backend; // null: a place in the retry budget
        bool slotHeld = false;
    };

    explicit FakeWorld(std::shared_ptr<const Runtime> compiled) : worker(std::move(compiled)) {}

    BackendState& state(uint32_t pool, uint32_t backend) {
        return *worker.runtime->pools[pool].backends[backend].state;
    }

    /// Opens `count` connections that nobody uses; false when the slots do not suffice.
    bool addIdle(uint32_t pool, uint32_t backend, int count = 1);
    /// Passes a slot to the first who waits, or gives it up. `except`: who has refused it.
    void releaseSlot(const std::shared_ptr<BackendState>& backend, uint64_t except = 0);

    WorkerRuntime worker;
    std::map<const BackendState*, int> idle;
    std::deque<Wake> wakes;
    std::deque<Waiter> fillWakes; // for those who follow or lead a fill
    uint64_t lastToken = 0;
};

/// The world as an exchange sees it, without sockets: records what it is asked for, and gives the answers that the
/// test put there.
class FakePort final : public ExchangePort {
  public:
    explicit FakePort(FakeWorld& world) : m_world(world) {}

    // Answers.
    std::map<uint32_t, std::deque<Opened>> answers; // by backend; Ready where there is none
    /// Asked instead, if set; `reused`: an idle connection is taken, whatever the answer.
    std::function<Opened(uint32_t backend, bool reused)> onOpen;
    /// Called once the exchange stands in a list: what happens just then on another thread.
    std::function<void()> onWait;

    // Records.
    std::string opened; // backends asked for, in order: "a" is the first one
    std::vector<SentRequest> requests;
    std::vector<SentResponse> interims;
    std::vector<SentResponse> responses;
    TimePoint deadline = TimePoint::max();
    int cuts = 0;
    int tunnels = 0;
    int kept = 0;         // connections released for reuse
    int closed = 0;       // and those that were not
    int validations = 0;  // asked for in the background
    Waiter self{0, 1};    // as others see it in a fill
    std::string observed; // about backends' health: "a-" failed, "a+" answered

    bool connectionOpen() const { return m_open; }

    bool waiting() const { return m_waitList != nullptr; }

    const Waiter& waiter() const { return m_waiter; }

    /// The connection that is being opened is there, or will not be: what net does before it tells the exchange.
    void connectSucceeded();
    void connectFailed();

    /// A wake-up for this port's exchange was taken from its list.
    void woken() { m_waitList = nullptr; }

    bool hasIdleConnection(uint32_t pool, uint32_t backend) const override;
    Opened openUpstream(uint32_t pool, uint32_t backend, bool slotHeld) override;
    void sendRequestHead(RequestOut& request) override;
    void sendRequestBody(const Piece& piece) override;
    void sendRequestEnd(const http::FieldList& trailers) override;
    void releaseUpstream(bool reusable) override;
    bool waitForSlot(uint32_t pool, uint32_t limit) override;
    void waitForRetry(uint32_t pool) override;
    void stopWaiting() override;
    void retryPlaceFreed(uint32_t pool) override;
    void observeBackend(uint32_t pool, uint32_t backend, Failure failure) override;
    void sendInterim(ResponseOut& response) override;
    void sendResponseHead(ResponseOut& response) override;
    void sendResponseBody(const Piece& piece) override;
    void sendResponseEnd(const http::FieldList& trailers) override;
    void cutResponse() override;
    void beginTunnel() override;

    Waiter follower() override { return self; }

    void stopFollowing() override {}

    void wakeFollowers(const std::vector<Waiter>& followers) override;

    void validateInBackground() override { ++validations; }

    void setDeadline(TimePoint at) override;

  private:
    void begin(uint32_t backend, bool reused);

    FakeWorld& m_world;
    std::shared_ptr<BackendState> m_backend; // whose connection is open or opening
    WaitList* m_waitList = nullptr;
    Waiter m_waiter;
    bool m_open = false;
};

} // namespace reverxy::proxy
