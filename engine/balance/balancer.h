// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace reverxy::balance {

/// What a policy may ask about the backends of its pool while it chooses. Handed in by the pool, which knows
/// health, slots and what was tried; called on the worker's thread, must not block.
class LoadView {
  public:
    virtual ~LoadView() = default;
    /// Whether this request may go to the backend now: it has a free slot and was not tried for this request.
    virtual bool eligible(size_t backend) const = 0;
    /// Requests in flight to the backend, over all workers.
    virtual uint32_t inFlight(size_t backend) const = 0;
};

/// One algorithm of choosing. An instance belongs to one worker and one pool; instances of several workers that
/// were told the same availability agree, because all that changes from request to request is the pool's shared
/// ticket.
class Balancer {
  public:
    virtual ~Balancer() = default;
    /// Which backends take part, by index into the pool, ascending. Rebuilds whatever the algorithm derives from
    /// it; called when a health state or an operator's switch flips, never per request.
    virtual void setAvailable(std::span<const uint32_t> backends) = 0;
    /// The backend for the request that drew `ticket` (0, 1, 2, … over all workers), or nothing when none is
    /// eligible. Where the ticket's own backend is not eligible, the next one in the algorithm's order is taken.
    /// Allocates nothing.
    virtual std::optional<size_t> choose(uint64_t ticket, const LoadView& load) const = 0;
};

enum class Algorithm : uint8_t { RoundRobin, WeightedRoundRobin, LeastConnections };

/// `weights` has one entry for each backend of the pool, at least 1.
std::unique_ptr<Balancer> makeBalancer(Algorithm algorithm, std::span<const uint32_t> weights);

} // namespace reverxy::balance
