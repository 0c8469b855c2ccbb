// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/waiter.h"
#include "http/field.h"
#include "http/framing.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace reverxy::proxy {

/// A request as it goes to a backend. Whoever writes it to the wire adds the fields of its framing and of its
/// connection to `fields`; the views are valid during the call only.
struct RequestOut {
    std::string_view method;
    std::string_view target;
    http::FieldList& fields;
    http::Framing framing;
    std::string_view upgrade; // protocols to offer; empty: none
    bool offerTrailers = false;
    std::string_view lines{}; // further fields, serialized already
};

/// A response as it goes to the client. BodyKind::Chunked stands for "of unknown length".
struct ResponseOut {
    uint16_t status = 0;
    std::string_view reason;
    http::FieldList& fields;
    http::Framing framing;
    std::string_view upgrade; // of a 101
    std::string_view lines{}; // further fields, serialized already
};

enum class OpenResult : uint8_t {
    Ready,   // a connection is at hand: send
    Pending, // upstreamReady() or upstreamFailed() follows
    NoSlot,  // max_connections reached in the meantime
    Failed,  // at once, `failure` says why
};

struct Opened {
    OpenResult result = OpenResult::Failed;
    Failure failure = Failure::None;
    bool reused = false;
};

/// What an exchange asks of the world: all its I/O. Implemented by net (and by tests). No call calls back into the
/// exchange.
class ExchangePort {
  public:
    virtual ~ExchangePort() = default;

    /// Whether this worker holds an idle connection to the backend.
    virtual bool hasIdleConnection(uint32_t pool, uint32_t backend) const = 0;
    /// Takes an idle connection that is still open, or opens one. `slotHeld`: a slot of the backend was passed on
    /// to this exchange.
    virtual Opened openUpstream(uint32_t pool, uint32_t backend, bool slotHeld) = 0;
    virtual void sendRequestHead(RequestOut& request) = 0;
    /// The bytes are kept by their owner; without an owner they are copied.
    virtual void sendRequestBody(const Piece& piece) = 0;
    virtual void sendRequestEnd(const http::FieldList& trailers) = 0;
    /// The exchange is done with the backend's connection; when not `reusable` it is closed.
    virtual void releaseUpstream(bool reusable) = 0;

    /// Puts the exchange into the pool's list of those who wait for a slot; false when `limit` wait already.
    /// slotGranted() follows, or the deadline's timeout().
    virtual bool waitForSlot(uint32_t pool, uint32_t limit) = 0;
    /// The same for a place in the retry budget; retryAllowed() follows.
    virtual void waitForRetry(uint32_t pool) = 0;
    virtual void stopWaiting() = 0;
    /// A place in the retry budget is free again: wake one who waits.
    virtual void retryPlaceFreed(uint32_t pool) = 0;

    /// What an attempt said about a backend's health: why it failed, or Failure::None where it answered after
    /// others had failed.
    virtual void observeBackend(uint32_t pool, uint32_t backend, Failure failure) = 0;

    /// This exchange as those see it whom it waits for in a fill: the same until stopFollowing(). fillProgressed()
    /// follows whenever it is woken.
    virtual Waiter follower() = 0;
    virtual void stopFollowing() = 0;
    /// Wakes those who wait for a fill, on whichever worker they are.
    virtual void wakeFollowers(const std::vector<Waiter>& followers) = 0;
    /// Begins an exchange without a client that validates the stored response this request was answered with.
    virtual void validateInBackground() = 0;

    /// A 1xx response other than 101.
    virtual void sendInterim(ResponseOut& response) = 0;
    virtual void sendResponseHead(ResponseOut& response) = 0;
    virtual void sendResponseBody(const Piece& piece) = 0;
    virtual void sendResponseEnd(const http::FieldList& trailers) = 0;
    /// The response cannot be completed: the connection ends so that the client sees that something is missing.
    virtual void cutResponse() = 0;
    /// From now on bytes pass both ways as they are.
    virtual void beginTunnel() = 0;

    /// timeout() is called at `deadline` or soon after, unless another deadline is set or none (TimePoint::max()).
    virtual void setDeadline(TimePoint deadline) = 0;
};

} // namespace reverxy::proxy
