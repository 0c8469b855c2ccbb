// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"

#include <vector>

namespace reverxy::balance {

/// Backends in proportion to their weights, spread out evenly: weights 5, 1 and 1 give a a b a c a a. The order is
/// laid down once as a sequence of seats, as long as the sum of the weights after division by their greatest common
/// divisor; ticket t has seat t modulo that length, so that of any so many tickets in a row every backend gets
/// exactly its weight.
///
/// A sequence has at most maxSeats seats and one for each backend. Where the weights' sum is larger, they are
/// scaled down to it (none below 1), and the shares are exact for the scaled weights, which are off by less than
/// one seat.
class WeightedRoundRobin final : public Balancer {
  public:
    static constexpr uint64_t maxSeats = 65536;

    explicit WeightedRoundRobin(std::span<const uint32_t> weights);
    void setAvailable(std::span<const uint32_t> backends) override;
    std::optional<size_t> choose(uint64_t ticket, const LoadView& load) const override;

    /// The backends in the order of their seats; for tests and for display.
    std::span<const uint32_t> seats() const { return m_seats; }

  private:
    std::optional<size_t> nearestEligible(size_t seat, const LoadView& load) const;

    std::vector<uint32_t> m_weights; // by index into the pool, none is 0
    std::vector<uint32_t> m_available;
    std::vector<uint32_t> m_seats;
    // Where each available backend sits: its seats, ascending, are m_positions[m_firsts[i]] to
    // m_positions[m_firsts[i + 1]].
    std::vector<uint32_t> m_positions;
    std::vector<uint32_t> m_firsts;
};

} // namespace reverxy::balance
